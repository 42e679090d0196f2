//! The sentence that says why a job waits.

use super::*;

#[test]
fn its_place_and_who_would_take_it() {
    let agents = [in_state(agent(ALDER), busy())];
    assert_eq!(explain_waiting(&anywhere(), 0, &agents), "it is next; 1 agent fits (alder is busy)");
    assert_eq!(explain_waiting(&anywhere(), 1, &agents), "1 job is before it; 1 agent fits (alder is busy)");
    assert_eq!(explain_waiting(&anywhere(), 12, &agents), "12 jobs are before it; 1 agent fits (alder is busy)");
}

#[test]
fn what_those_do_who_would_take_it() {
    let agents = [
        in_state(agent(ALDER), AgentState::Discovered),
        in_state(agent(BIRCH), AgentState::Offline { since: at(0), left: false }),
        in_state(agent(CEDAR), AgentState::Disabled { job: None }),
    ];
    assert_eq!(
        explain_waiting(&anywhere(), 0, &agents),
        "it is next; 3 agents fit (alder is not yet authorised, birch is offline, cedar is disabled)"
    );
}

#[test]
fn many_agents_are_told_in_numbers() {
    let mut agents: Vec<Agent> = (1..=40).map(|number| in_state(agent((number, "oak")), busy())).collect();
    agents[0].state = AgentState::Idle { since: at(0) };
    agents[1].state = AgentState::Offline { since: at(0), left: false };
    agents[2].state = AgentState::Discovered;
    assert_eq!(
        explain_waiting(&anywhere(), 2, &agents),
        "2 jobs are before it; 40 agents fit (1 idle, 37 busy, 1 offline, 1 not yet authorised)"
    );
}

#[test]
fn what_excludes_the_others() {
    let agents = [with_docker(in_state(agent(ALDER), busy())), agent(BIRCH)];
    assert_eq!(explain_waiting(&docker(), 0, &agents), "it is next; 1 agent fits (alder is busy); birch has no working docker executor");
}

#[test]
fn no_agent_can_run_it() {
    let agents = [agent(ALDER), agent(BIRCH)];
    assert_eq!(
        explain_waiting(&on("ubuntu-22.04"), 3, &agents),
        "no agent can run it: alder runs debian-12, not ubuntu-22.04, birch runs debian-12, not ubuntu-22.04"
    );
}

#[test]
fn those_nearest_to_fitting_are_named_first() {
    let mut agents: Vec<Agent> = (1..=5).map(|number| agent((number, "oak"))).collect();
    agents[4] = in_group(agent(CEDAR), "gpu");
    let lane = Lane { executor: Executor::Lxd, ..of_group("gpu") };
    assert_eq!(
        explain_waiting(&lane, 0, &agents),
        "no agent can run it: cedar has no working lxd executor, oak is not in the group \"gpu\", \
         oak is not in the group \"gpu\", and so on for 2 more"
    );
}

#[test]
fn a_group_without_agents_says_so() {
    let nobody = "no agent is in the group \"gpu\" yet: enrol one";
    assert_eq!(explain_waiting(&of_group("gpu"), 0, &[]), nobody);
    assert_eq!(explain_waiting(&of_group("gpu"), 0, &[agent(ALDER), in_group(agent(BIRCH), "arm")]), nobody);
    assert_eq!(explain_waiting(&anywhere(), 0, &[]), "no agent is in the group \"all\" yet: enrol one");
}

#[test]
fn deleted_agents_are_not_spoken_of() {
    let agents = [in_state(in_group(agent(ALDER), "gpu"), AgentState::Deleted)];
    assert_eq!(explain_waiting(&of_group("gpu"), 0, &agents), "no agent is in the group \"gpu\" yet: enrol one");
}

#[test]
fn one_outlook_explains_all_jobs_of_a_lane() {
    let agents = [in_state(agent(ALDER), busy()), agent(BIRCH)];
    let outlook = Outlook::of(&docker(), &agents);
    assert_eq!(outlook.explain(0), outlook.explain(7), "nobody can run any of them");
    let outlook = Outlook::of(&anywhere(), &agents);
    assert_eq!(outlook.explain(7), explain_waiting(&anywhere(), 7, &agents));
}

#[test]
fn what_the_agents_of_a_group_do_is_counted() {
    let agents = [
        in_state(agent(ALDER), AgentState::Discovered),
        in_state(agent(BIRCH), AgentState::Offline { since: at(0), left: false }),
        in_state(in_group(agent(CEDAR), "gpu"), AgentState::Disabled { job: None }),
        in_state(in_group(agent((4, "oak")), "gpu"), busy()),
        agent((5, "elm")),
        in_state(agent((6, "gone")), AgentState::Deleted),
    ];
    assert_eq!(Capacity::of("all", &agents), Capacity { idle: 1, busy: 1, offline: 1, disabled: 1 });
    assert_eq!(Capacity::of("gpu", &agents), Capacity { busy: 1, disabled: 1, ..Capacity::default() });
    assert_eq!(Capacity::of("none", &agents), Capacity::default());
}
