//! Random lives of records: every completion is told, exactly once for each time, and no two events have one id.

use std::collections::BTreeSet;

use kraken_domain::{
    StageId,
    agent::AgentEvent,
    job::{Generation, Job, JobEvent, Outcome, Verdict},
    news::{Event, News, of_agent, of_flow, of_job, of_run},
    place::Executor,
    run::{Run, RunCounts, RunEvent, RunReason},
};
use proptest::prelude::*;

use crate::{Make, cases, children, random, records};

/// What can happen to a run, its flow looking at it each time.
const OF_A_RUN: [(u16, Make<RunEvent>); 10] = [
    (20, |n, _| RunEvent::Created { spec: records::spec(), jobs: u32::from(n % 3) }),
    (3, |_, _| RunEvent::Invalid { note: "line 1".to_owned() }),
    (2, |_, _| RunEvent::Hold),
    (5, |_, _| RunEvent::Release),
    (30, |n, _| RunEvent::Counted(RunCounts { total: 3, executing: 0, completed: 3, error: i64::from(n % 2) })),
    (5, |_, _| RunEvent::Tick),
    (15, |_, _| RunEvent::Processed),
    (3, |_, _| RunEvent::Cancel),
    (5, |_, _| RunEvent::Told),
    (12, |_, _| RunEvent::Rerun { jobs: 1 }),
];

/// What can happen to a job.
const OF_A_JOB: [(u16, Make<JobEvent>); 9] = [
    (30, |n, _| JobEvent::Assign { agent: records::agent_id(usize::from(n % 2) + 1) }),
    (30, |n, _| JobEvent::Claim {
        agent: records::agent_id(usize::from(n % 2) + 1),
        lease_until: records::at(60),
        log_prefix: String::new(),
    }),
    (10, |n, _| JobEvent::Finish { generation: Generation(u32::from(n % 4)), verdict: Verdict::plain(Outcome::Ok), steps: Vec::new() }),
    (20, |_, _| JobEvent::Complete),
    (3, |_, _| JobEvent::Cancel),
    (3, |n, _| JobEvent::Abandon { generation: Generation(u32::from(n % 4)), untouched: n % 8 < 4 }),
    (10, |_, _| JobEvent::Tick),
    (5, |n, _| JobEvent::Decline { agent: records::agent_id(usize::from(n % 2) + 1) }),
    (5, |n, _| JobEvent::Cover { by: records::job_id(u32::from(n % 3) + 2) }),
];

/// What can happen to an agent.
const OF_AN_AGENT: [(u16, Make<AgentEvent>); 8] = [
    (20, |_, _| AgentEvent::Seen),
    (10, |n, _| AgentEvent::Assign { job: records::job_id(u32::from(n % 2) + 1) }),
    (10, |n, _| AgentEvent::Release { job: records::job_id(u32::from(n % 2) + 1) }),
    (8, |_, _| AgentEvent::Silent),
    (4, |_, _| AgentEvent::Leave),
    (4, |n, _| AgentEvent::Enable { alive: n % 2 == 0 }),
    (2, |_, _| AgentEvent::Disable),
    (1, |_, _| AgentEvent::Delete),
];

/// What was told of one record in its life.
#[derive(Default)]
struct Told(Vec<Event>);

impl Told {
    fn hear(&mut self, news: News, again: &News) {
        assert_eq!(news, *again, "the same write, decided again");
        self.0.extend(news.events);
    }

    fn count(&self, kind: &str) -> usize {
        self.0.iter().filter(|event| event.what.kind() == kind).count()
    }

    fn check_ids(&self) {
        let ids: BTreeSet<&str> = self.0.iter().map(|event| event.id.as_str()).collect();
        assert_eq!(ids.len(), self.0.len(), "{:?}", self.0);
    }
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn runs_and_flows_tell_every_completion_once(happenings in random(&OF_A_RUN, 0..80)) {
        let mut run = records::run(1, StageId::new(1, 4), "build", 100, RunReason::Flow);
        let mut flow = children::flow();
        let (mut of_the_run, mut of_the_flow) = (Told::default(), Told::default());
        let (mut run_version, mut flow_version, mut completions, mut ends, mut starts) = (1, 1, 0, 0, 0);
        of_the_flow.hear(of_flow(None, &flow, 1), &of_flow(None, &flow, 1));
        for (second, happening) in (0..).zip(happenings) {
            let reopens = matches!(happening, RunEvent::Rerun { .. });
            // All in one second: nothing may depend on the clock.
            let Ok(moved) = run.on(happening, records::at(second / 50)) else { continue };
            run_version += 1;
            let next = moved.next;
            of_the_run.hear(of_run(Some(&run), &next, run_version), &of_run(Some(&run), &next, run_version));
            completions += usize::from(!run.is_completed() && next.is_completed());
            starts += usize::from(run.state.as_str() != "in_progress" && next.state.as_str() == "in_progress");
            run = next;
            let settled = if reopens { Some(flow.with_runs(0)) } else { flow.settle(std::slice::from_ref(&run), records::at(0)) };
            if let Some(next) = settled {
                flow_version += 1;
                of_the_flow.hear(of_flow(Some(&flow), &next, flow_version), &of_flow(Some(&flow), &next, flow_version));
                ends += usize::from(flow.state.as_str() == "in_progress" && next.state.as_str() == "completed");
                flow = next;
            }
        }
        assert_eq!((of_the_run.count("run.completed"), of_the_run.count("run.started")), (completions, starts));
        assert_eq!((of_the_flow.count("flow.completed"), of_the_flow.count("flow.started")), (ends, 1));
        of_the_run.check_ids();
        of_the_flow.check_ids();
    }

    #[test]
    fn a_job_tells_its_end_once(happenings in random(&OF_A_JOB, 0..60)) {
        let mut job: Job = records::job(1, Executor::Local, 100, true);
        let (mut told, mut version) = (Told::default(), 1);
        for (step, happening) in (0..).zip(happenings) {
            let Ok(moved) = job.on(happening, records::at(step * 10)) else { continue };
            version += 1;
            told.hear(of_job(Some(&job), &moved.next, version), &of_job(Some(&job), &moved.next, version));
            job = moved.next;
        }
        assert_eq!(told.0.len(), usize::from(job.is_completed()), "{:?}", told.0);
    }

    #[test]
    fn between_two_losses_an_agent_was_ready(happenings in random(&OF_AN_AGENT, 0..60)) {
        let mut agent = records::agent(1, &[Executor::Local]);
        let (mut told, mut version) = (Told::default(), 1);
        for happening in happenings {
            let Ok(moved) = agent.on(happening, records::at(0)) else { continue };
            version += 1;
            told.hear(of_agent(Some(&agent), &moved.next, version), &of_agent(Some(&agent), &moved.next, version));
            agent = moved.next;
        }
        told.check_ids();
        let is_gone = |event: &Event| ["agent.lost", "agent.left"].contains(&event.what.kind());
        assert!(!told.0.windows(2).any(|pair| is_gone(&pair[0]) && is_gone(&pair[1])), "{:?}", told.0);
    }
}

/// Guards the property of runs against becoming empty.
#[test]
fn runs_complete_more_than_once() {
    let run = records::run(1, StageId::new(1, 4), "build", 100, RunReason::Flow);
    let over = RunCounts { total: 1, executing: 0, completed: 1, error: 0 };
    let life = [
        RunEvent::Created { spec: records::spec(), jobs: 1 },
        RunEvent::Counted(over),
        RunEvent::Processed,
        RunEvent::Rerun { jobs: 1 },
        RunEvent::Counted(over),
    ];
    let (_, completed) = life.into_iter().fold((run, 0), |(run, completed): (Run, usize), event| {
        let next = run.on(event, records::at(0)).unwrap().next;
        let told = of_run(Some(&run), &next, 1).events.iter().filter(|event| event.what.kind() == "run.completed").count();
        (next, completed + told)
    });
    assert_eq!(completed, 2);
}
