use super::*;
use crate::FlowId;

mod random;

fn run() -> RunId {
    RunId { flow: FlowId::new(1, 1), number: 1 }
}

/// `(name, how many jobs come of it, what it needs)` each.
fn graph(jobs: &[(&str, u32, &[&str])]) -> Graph {
    Graph::new(&named(jobs)).expect("an order")
}

fn named(jobs: &[(&str, u32, &[&str])]) -> Vec<GraphJob> {
    let job = |(name, slots, needs): &(&str, u32, &[&str])| GraphJob {
        name: (*name).to_owned(),
        slots: *slots,
        needs: needs.iter().map(|need| (*need).to_owned()).collect(),
    };
    jobs.iter().map(job).collect()
}

fn letters(progress: &Progress) -> String {
    serde_json::to_value(progress).expect("JSON")["slots"].as_str().expect("a text").to_owned()
}

#[test]
fn a_diamond_opens_from_above() {
    let graph = graph(&[("end", 1, &["left", "right"]), ("left", 1, &["start"]), ("right", 1, &["start"]), ("start", 1, &[])]);
    let progress = Progress::begin(run(), &graph);
    assert_eq!(letters(&progress), "hhh.");

    let begun = progress.settle(&graph, &[(4, Outcome::Ok)]);
    assert_eq!((begun.release, begun.end), (vec![2, 3], vec![]));
    let half = begun.next.settle(&graph, &[(2, Outcome::Ok)]);
    assert_eq!((half.release, half.end, letters(&half.next).as_str()), (vec![], vec![], "h+.+"));
    assert_eq!(half.next.open_needs(&graph, 1).collect::<Vec<_>>(), [3]);
    let whole = half.next.settle(&graph, &[(3, Outcome::Ok)]);
    assert_eq!((whole.release, letters(&whole.next).as_str()), (vec![1], ".+++"));
    let again = whole.next.settle(&graph, &[(3, Outcome::Ok), (4, Outcome::Ok)]);
    assert_eq!((again.release, again.end, again.next), (vec![], vec![], whole.next), "told twice, it is the same");
}

#[test]
fn a_need_waits_for_every_environment_and_system() {
    let graph = graph(&[("build", 3, &[]), ("test", 2, &["build"])]);
    let progress = Progress::begin(run(), &graph).settle(&graph, &[(1, Outcome::Ok), (3, Outcome::Ok)]);
    assert_eq!((progress.release, letters(&progress.next).as_str()), (vec![], "+.+hh"));
    assert_eq!(progress.next.settle(&graph, &[(2, Outcome::Ok)]).release, [4, 5]);
}

#[test]
fn an_end_in_error_ends_all_that_wait_for_it() {
    let graph = graph(&[("a", 1, &[]), ("b", 1, &["a"]), ("c", 1, &["b"]), ("other", 1, &[]), ("d", 1, &["other"])]);
    let settled = Progress::begin(run(), &graph).settle(&graph, &[(1, Outcome::StepError)]);
    assert_eq!((settled.release, letters(&settled.next).as_str()), (vec![], "scc.h"));
    let end = [Unmet { slot: 2, need: 1, outcome: Outcome::StepError }, Unmet { slot: 3, need: 2, outcome: Outcome::Cancelled }];
    assert_eq!(settled.end, end, "and each is ended because of what it needs itself");
    assert_eq!(unmet_because("a", Outcome::StepError), "needs a, which ended with step_error");
}

#[test]
fn what_began_before_goes_on_when_its_need_breaks_later() {
    let graph = graph(&[("a", 1, &[]), ("b", 1, &["a"])]);
    let begun = Progress::begin(run(), &graph).settle(&graph, &[(1, Outcome::Ok)]).next;
    let repeat = begun.repeat(&graph, &[1], &[]).expect("it needs nothing");
    assert_eq!((repeat.jobs, letters(&repeat.next).as_str()), (vec![(1, false)], ".."));
    let broken = repeat.next.settle(&graph, &[(1, Outcome::AgentLost)]);
    assert_eq!((broken.release, broken.end), (vec![], vec![]));
}

#[test]
fn a_repetition_takes_those_along_that_could_not_run() {
    let graph = graph(&[("a", 1, &[]), ("x", 1, &[]), ("b", 1, &["a"]), ("c", 1, &["b"]), ("d", 1, &["a", "x"])]);
    let broken = Progress::begin(run(), &graph).settle(&graph, &[(1, Outcome::StepError), (2, Outcome::StepError)]).next;
    assert_eq!(letters(&broken), "ssccc");
    assert_eq!(graph.after([1]), [5, 3, 4], "each after what it needs");
    let repeat = broken.repeat(&graph, &[1], &graph.after([1])).expect("it needs nothing");
    assert_eq!((repeat.jobs, letters(&repeat.next).as_str()), (vec![(1, false), (3, true), (4, true)], ".shhc"));
    let refused = broken.repeat(&graph, &[4], &[]).expect_err("what it needs is over");
    assert_eq!(refused, Unrepeatable { slot: 4, need: 3, outcome: Outcome::Cancelled });
    let all = broken.repeat(&graph, &[5, 4, 3, 2, 1], &[]).expect("all at once");
    assert_eq!(letters(&all.next), "..hhh");
}

#[test]
fn what_was_never_made_keeps_others_from_running() {
    let graph = graph(&[("b", 1, &["a"]), ("a", 1, &[])]);
    let progress = Progress::begin(run(), &graph).settle(&graph, &[(1, Outcome::Cancelled)]).next.half_made(1);
    assert!(progress.repeat(&graph, &[1], &[]).is_err());
}

#[test]
fn needs_on_names_of_which_no_job_comes_are_met() {
    let graph = graph(&[("none", 0, &["first"]), ("first", 1, &[]), ("b", 1, &["none"])]);
    assert_eq!(letters(&Progress::begin(run(), &graph)), "..");
    assert_eq!((graph.job_of(1), graph.job_of(2), graph.job_of(3), graph.job_of(0)), (Some(1), Some(2), None, None));
}

#[test]
fn circles_and_strangers_are_no_order() {
    let circle = Graph::new(&named(&[("a", 1, &["b"]), ("b", 1, &["a"])]));
    assert!(matches!(circle, Err(GraphError::Circle(_))), "{circle:?}");
    let itself = Graph::new(&named(&[("a", 1, &["a"])]));
    assert!(matches!(itself, Err(GraphError::Circle(_))), "{itself:?}");
    assert!(matches!(Graph::new(&named(&[("a", 1, &["z"])])), Err(GraphError::Unknown { .. })));
}

#[test]
fn ten_thousand_jobs_are_one_small_record() {
    let mut jobs = vec![GraphJob { name: "first".into(), slots: 1, needs: Vec::new() }];
    let later = |at| GraphJob { name: format!("job {at}"), slots: 1, needs: vec!["first".into()] };
    jobs.extend((1..10_000).map(later));
    let graph = Graph::new(&jobs).expect("an order");
    let settled = Progress::begin(run(), &graph).settle(&graph, &[(1, Outcome::Ok)]);
    assert_eq!(settled.release.len(), 9_999);
    let text = serde_json::to_string(&settled.next).expect("JSON");
    assert!(text.len() < 11_000, "{}", text.len());
    assert_eq!(serde_json::from_str::<Progress>(&text).expect("read back"), settled.next);
}
