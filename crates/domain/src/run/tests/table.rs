//! Every state against every event. The stories say why; this says that nothing was forgotten.

use super::*;

/// What becomes of a run, in a word: the next state, or the kind of refusal.
fn answer(run: &Run, event: RunEvent, second: i64) -> &'static str {
    match run.on(event, at(second)) {
        Ok(moved) => moved.next.state.as_str(),
        Err(RunRefusal::NotNow { .. }) => "NOT NOW",
        Err(RunRefusal::Already { .. }) => "ALREADY",
    }
}

#[test]
fn every_event_has_its_answer_in_every_state() {
    let states = [creating(), manual(), in_progress(), completed(), processed()];
    let (early, late) = (60, 5_000);
    #[rustfmt::skip]
    let table: [(&str, RunEvent, i64, [&str; 5]); 14] = [
        //                                                              creating       manual       in_progress    completed      processed
        ("created",          created(2),                        early, ["in_progress", "ALREADY",   "ALREADY",     "ALREADY",     "ALREADY"]),
        ("created, no jobs", created(0),                        early, ["completed",   "ALREADY",   "ALREADY",     "ALREADY",     "ALREADY"]),
        ("invalid",          RunEvent::Invalid { note: String::new() }, early, ["completed", "ALREADY", "ALREADY", "ALREADY",     "ALREADY"]),
        ("hold",             RunEvent::Hold,                    early, ["manual",      "ALREADY",   "ALREADY",     "ALREADY",     "ALREADY"]),
        ("release",          RunEvent::Release,                 early, ["NOT NOW",     "creating",  "NOT NOW",     "NOT NOW",     "NOT NOW"]),
        ("counted, open",    counted(2, 1, 0),                  early, ["ALREADY",     "ALREADY",   "ALREADY",     "ALREADY",     "ALREADY"]),
        ("counted, over",    counted(2, 2, 0),                  early, ["ALREADY",     "ALREADY",   "completed",   "ALREADY",     "ALREADY"]),
        ("tick, early",      RunEvent::Tick,                    early, ["ALREADY",     "ALREADY",   "ALREADY",     "ALREADY",     "ALREADY"]),
        ("tick, late",       RunEvent::Tick,                    late,  ["ALREADY",     "ALREADY",   "in_progress", "ALREADY",     "ALREADY"]),
        ("processed",        RunEvent::Processed,               early, ["NOT NOW",     "NOT NOW",   "NOT NOW",     "processed",   "ALREADY"]),
        ("cancel",           RunEvent::Cancel,                  early, ["completed",   "completed", "in_progress", "ALREADY",     "ALREADY"]),
        ("told",             RunEvent::Told,                    early, ["ALREADY",     "ALREADY",   "ALREADY",     "ALREADY",     "ALREADY"]),
        ("rerun",            RunEvent::Rerun { jobs: 1 },       early, ["NOT NOW",     "NOT NOW",   "in_progress", "in_progress", "in_progress"]),
        ("rerun of nothing", RunEvent::Rerun { jobs: 0 },       early, ["NOT NOW",     "NOT NOW",   "ALREADY",     "ALREADY",     "ALREADY"]),
    ];
    for (name, event, second, expected) in table {
        let answers = states.each_ref().map(|run| answer(run, event.clone(), second));
        assert_eq!(answers, expected, "{name}");
    }
}

#[test]
fn every_state_survives_the_store() {
    let late = after(&in_progress(), RunEvent::Tick, 1001);
    for run in [creating(), manual(), in_progress(), late, completed(), processed()] {
        let text = serde_json::to_string(&run).unwrap();
        assert!(text.contains(&format!(r#""state":"{}""#, run.state.as_str())), "{text}");
        assert_eq!(serde_json::from_str::<Run>(&text).unwrap(), run);
    }
}
