//! What people and machines do with Kraken, and what they then see: the same wherever it runs.

mod access;
mod agents;
mod artifacts;
mod chain;
mod credentials;
mod data;
mod demo;
mod ends;
mod logs;
mod lost_agent;
mod moving;
mod notices;
mod order;
mod planned;
mod repositories;
pub(crate) mod search;
mod secrets;
mod seen;
mod stages;
mod webhooks;

use crate::{Tell, told};

/// Those that take longest: they begin first, in both places.
pub(crate) const LONGEST: &[(&str, Tell)] = told!["stories":
    lost_agent::a_killed_agent_loses_its_job,
    moving::a_system_moves_and_back,
    credentials::they_end_and_are_renewed,
    stages::every_stage_is_taken_or_refused_as_it_should_be,
];

/// The others.
pub(crate) const OTHERS: &[(&str, Tell)] = told!["stories":
    search::a_line_is_found_by_what_it_says_and_where_it_comes_from,
    logs::a_big_log_is_read_in_parts,
    demo::the_demo_flow_runs,
    seen::code_and_texts_see_all_that_there_is,
    agents::two_agents_share_the_jobs,
    artifacts::files_go_from_stage_to_stage,
    chain::a_manual_stage_waits,
    planned::a_stage_starts_when_its_time_comes,
    planned::an_interval_starts_one_flow_each_time,
    chain::jobs_are_repeated,
    notices::a_failing_run_is_told_to_everybody_who_wants_to_know,
    notices::a_commit_is_judged_once,
    webhooks::a_push_starts_a_flow_once,
    repositories::a_stage_follows_its_file_and_keeps_what_was_right,
    order::a_job_of_a_child_stage_waits_for_the_one_that_it_needs,
    order::a_newer_run_takes_the_place_of_an_older_one,
    secrets::a_step_has_the_secret_and_its_log_has_not,
    data::a_stage_is_made_from_what_another_kept,
    ends::a_failing_step_fails_the_flow,
    ends::a_running_job_is_cancelled,
    logs::a_log_is_followed_and_searched,
    access::roles_may_do_their_part,
    credentials::they_reach_nothing_of_others,
    agents::an_agent_joins_and_is_deleted,
];
