//! `kraken agent`.

use clap::Subcommand;
use kraken_domain::AgentId;
use kraken_protocol::api::{AgentGroups, AgentView};

use crate::{
    client::{Client, Pages, api},
    failure::Outcome,
    look::{Details, Look, Table, Text, other_state, size},
    names::AgentRef,
    screen::Screen,
    session::Session,
};

/// Agents: the programs on build hosts
#[derive(Debug, Subcommand)]
pub enum AgentCommand {
    /// List agents
    List {
        /// How much of the list.
        #[command(flatten)]
        pages: Pages,
    },
    /// Show an agent
    Show {
        /// Its name or id
        agent: AgentRef,
    },
    /// Let an agent that showed up take jobs
    #[command(visible_alias = "authorize")]
    Authorise {
        /// Its name or id
        agent: AgentRef,
    },
    /// Give an agent jobs again
    Enable {
        /// Its name or id
        agent: AgentRef,
    },
    /// Let an agent finish its job and give it no other
    Disable {
        /// Its name or id
        agent: AgentRef,
    },
    /// Delete an agent; its token and queue go with it
    Delete {
        /// Its name or id
        agent: AgentRef,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
    /// Show the groups of an agent, or put it into these and no others
    Groups {
        /// Its name or id
        agent: AgentRef,
        /// The groups it is in from now on, besides `all`
        groups: Vec<String>,
        /// Take it out of all groups
        #[arg(long, conflicts_with = "groups")]
        none: bool,
    },
}

/// Does it.
pub async fn run(command: AgentCommand, session: &mut Session) -> Outcome {
    let client = session.client()?;
    let screen = &mut session.screen;
    match command {
        AgentCommand::List { pages } => {
            let agents = client.list::<AgentView>("/api/agents", &[], pages).await?;
            screen
                .rows(&agents.rows, "no agents yet; `kraken enrolment-token create` helps one to join", |look| table(&agents.rows, look))?;
            agents.note_more(screen)
        }
        AgentCommand::Show { agent } => {
            let agent = client.agent_id(&agent).await?;
            show(&client, agent, screen).await
        }
        AgentCommand::Authorise { agent } => act(&client, &agent, "authorise", screen).await,
        AgentCommand::Enable { agent } => act(&client, &agent, "enable", screen).await,
        AgentCommand::Disable { agent } => act(&client, &agent, "disable", screen).await,
        AgentCommand::Delete { agent, yes } => {
            let path = api(&["agents", &client.agent_id(&agent).await?.to_string()])?;
            let agent: AgentView = client.get(&path).await?;
            screen.confirm(yes, &format!("Delete agent {:?}?", agent.name))?;
            client.delete(&path).await?;
            super::deleted(screen, "agent", &agent.id, &agent.name)
        }
        AgentCommand::Groups { agent, groups, none } => {
            let agent = client.agent_id(&agent).await?;
            if none || !groups.is_empty() {
                let _: serde_json::Value = client.put(&api(&["agents", &agent.to_string(), "groups"])?, &AgentGroups { groups }).await?;
            }
            let agent: AgentView = client.get(&api(&["agents", &agent.to_string()])?).await?;
            screen.answer(&agent.groups, |look| {
                agent.groups.iter().map(|group| format!("{}\n", Text::plain(group).painted(look.paint))).collect()
            })
        }
    }
}

async fn act(client: &Client, agent: &AgentRef, verb: &str, screen: &mut Screen) -> Outcome {
    let agent = client.agent_id(agent).await?;
    client.act(&api(&["agents", &agent.to_string(), verb])?).await?;
    show(client, agent, screen).await
}

async fn show(client: &Client, agent: AgentId, screen: &mut Screen) -> Outcome {
    let agent: AgentView = client.get(&api(&["agents", &agent.to_string()])?).await?;
    screen.details(&agent, |look| details(&agent, look))
}

fn table(agents: &[AgentView], look: &Look) -> Table {
    let mut table = Table::new(&["NAME", "STATE", "SYSTEM", "CPUS", "MEMORY", "GROUPS", "LAST SEEN", "ID", "JOB"]);
    for agent in agents {
        table.row([
            Text::plain(&agent.name),
            other_state(&agent.state),
            Text::plain(&agent.system),
            Text::plain(agent.cpus),
            Text::plain(size(agent.memory_bytes)),
            Text::plain(agent.groups.join(",")),
            look.maybe_time(agent.last_seen_at),
            Text::plain(agent.id),
            agent.job.map_or_else(Text::none, Text::plain),
        ]);
    }
    table
}

fn details(agent: &AgentView, look: &Look) -> Details {
    let pairs = |map: &std::collections::BTreeMap<String, String>, sign: &str| {
        Text::plain(map.iter().map(|(name, value)| format!("{name}{sign}{value}")).collect::<Vec<_>>().join(", "))
    };
    Details::new()
        .with("agent", Text::plain(&agent.name))
        .with("id", Text::plain(agent.id))
        .with("state", other_state(&agent.state))
        .with("job", agent.job.map_or_else(Text::none, Text::plain))
        .with("groups", Text::plain(agent.groups.join(", ")))
        .with("host", Text::plain(&agent.host))
        .with("system", Text::plain(format!("{}, {}", agent.system, agent.architecture)))
        .with("cpus", Text::plain(agent.cpus))
        .with("memory", Text::plain(size(agent.memory_bytes)))
        .with("free disk", Text::plain(size(agent.disk_free_bytes)))
        .with("executors", pairs(&agent.executors, " "))
        .with("labels", pairs(&agent.labels, "="))
        .with("version", Text::plain(&agent.version))
        .with("joined", look.time(agent.created_at))
        .with("last seen", look.maybe_time(agent.last_seen_at))
}
