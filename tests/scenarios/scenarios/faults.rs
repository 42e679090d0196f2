//! Parts that fail, at every moment: nothing is lost, nothing runs twice, nothing is left running.

mod agent_lost;
mod clock;
mod crowd;
mod cut_off;
mod data;
mod events;
mod forks;
mod indexing;
mod killed;
mod leaving;
mod needs;
mod next_job;
mod notices;
mod other_project;
mod removed;
mod restart;
mod retention;
mod start;
mod two_agents;
mod wakeups;
