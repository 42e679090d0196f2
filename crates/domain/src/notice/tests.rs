//! Which notices are owed, and what becomes of them.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::{
    FlowId, StageId,
    flow::FlowKind,
    run::{Run, RunReason, RunResult, RunState},
};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn run(state: RunState) -> Run {
    Run {
        id: RunId { flow: FlowId::new(1, 1), number: 1 },
        project: ProjectId::new(1, 2),
        branch: BranchId::new(1, 3),
        stage: StageId::new(1, 4),
        stage_name: "build".to_owned(),
        kind: FlowKind::Ci,
        label: "7.".to_owned(),
        sequence: 7,
        own_sequence: 7,
        created_at: at(0),
        args: BTreeMap::new(),
        reason: RunReason::Flow,
        spec: None,
        timeout_s: 1000,
        jobs_made: 1,
        notices: true,
        note: None,
        audience: None,
        source_commit: None,
        ordered: false,
        concurrency: None,
        tally: None,
        covered_by: None,
        released_at: None,
        state,
    }
}

fn open() -> RunState {
    RunState::InProgress { started_at: at(1), stop: None }
}

fn over(result: RunResult) -> RunState {
    RunState::Completed { started_at: Some(at(1)), completed_at: at(9), result }
}

fn started() -> Turn {
    Turn::of(Some(&run(RunState::Creating)), &run(open()), 2).unwrap()
}

fn ended(result: RunResult) -> Turn {
    Turn::of(Some(&run(open())), &run(over(result)), 3).unwrap()
}

fn wanted(channel: Channel, on: &[Occasion]) -> Wanted {
    Wanted { channel, on: on.iter().copied().collect() }
}

fn earlier(result: RunResult) -> LastEnd {
    LastEnd { stage: StageId::new(1, 4), sequence: 6, version: 9, result }
}

fn occasions(turn: &Turn, wanted: &[Wanted], earlier: Option<&LastEnd>) -> Vec<(Channel, Occasion)> {
    owed(turn, wanted, earlier).into_iter().map(|notice| (notice.channel, notice.occasion)).collect()
}

fn notice() -> Notice {
    owed(&ended(RunResult::Ok), &[wanted(Channel::Webhook, &[])], None).remove(0)
}

#[test]
fn a_run_turns_when_it_starts_and_when_it_ends_and_at_nothing_else() {
    assert_eq!(started().happened, Happened::Started);
    assert_eq!(ended(RunResult::Ok).happened, Happened::Ended { result: RunResult::Ok, note: None, took_s: Some(8) });
    assert_eq!(Turn::of(Some(&run(open())), &run(open()), 4), None);
    let processed = RunState::Processed { started_at: None, completed_at: at(9), processed_at: at(10), result: RunResult::Ok };
    assert_eq!(Turn::of(Some(&run(over(RunResult::Ok))), &run(processed), 4), None);
    let nobody = Run { notices: false, ..run(open()) };
    assert_eq!(Turn::of(Some(&run(RunState::Creating)), &nobody, 2), None);
    assert!(Turn::of(Some(&run(over(RunResult::Ok))), &run(open()), 5).is_some(), "a repetition starts it again");
}

#[test]
fn a_channel_that_does_not_say_what_it_wants_gets_the_usual() {
    let all = Channel::ALL.map(|channel| wanted(channel, &[]));
    let hear_of_starts: Vec<Channel> = occasions(&started(), &all, None).into_iter().map(|(channel, _)| channel).collect();
    assert_eq!(hear_of_starts, [Channel::GitHub, Channel::GitLab, Channel::Gitea, Channel::Webhook]);
    let of_ends = occasions(&ended(RunResult::Error), &all, None);
    assert_eq!(of_ends, Channel::ALL.map(|channel| (channel, Occasion::End)));
}

#[test]
fn of_several_occasions_the_one_that_says_most_is_told_once() {
    let on = [Occasion::End, Occasion::Failure, Occasion::Fixed, Occasion::Regression];
    let told = |result, before: Option<LastEnd>| occasions(&ended(result), &[wanted(Channel::Slack, &on)], before.as_ref())[0].1;
    assert_eq!(told(RunResult::Ok, None), Occasion::End);
    assert_eq!(told(RunResult::Error, None), Occasion::Failure);
    assert_eq!(told(RunResult::Error, Some(earlier(RunResult::Error))), Occasion::Failure);
    assert_eq!(told(RunResult::Error, Some(earlier(RunResult::Ok))), Occasion::Regression);
    assert_eq!(told(RunResult::Ok, Some(earlier(RunResult::Error))), Occasion::Fixed);
    assert_eq!(told(RunResult::Cancelled, Some(earlier(RunResult::Error))), Occasion::End);
}

#[test]
fn who_wants_failures_hears_of_nothing_else() {
    let failures = [wanted(Channel::Email, &[Occasion::Failure])];
    assert_eq!(owed(&ended(RunResult::Ok), &failures, Some(&earlier(RunResult::Error))), []);
    assert_eq!(owed(&started(), &failures, None), []);
    assert_eq!(occasions(&ended(RunResult::Error), &failures, Some(&earlier(RunResult::Ok))), [(Channel::Email, Occasion::Failure)]);
}

#[test]
fn a_run_is_compared_with_an_older_one_only() {
    let newer = LastEnd { sequence: 8, ..earlier(RunResult::Error) };
    let fixed = [wanted(Channel::Slack, &[Occasion::Fixed])];
    assert_eq!(owed(&ended(RunResult::Ok), &fixed, Some(&newer)), []);
    assert_eq!(LastEnd::after(Some(&newer), &ended(RunResult::Ok)), None);
    let itself = LastEnd { sequence: 7, version: 1, ..earlier(RunResult::Error) };
    assert_eq!(occasions(&ended(RunResult::Ok), &fixed, Some(&itself)), [(Channel::Slack, Occasion::Fixed)], "its repetition mended it");
}

#[test]
fn only_ci_runs_that_came_to_something_make_history() {
    assert_eq!(LastEnd::after(None, &started()), None);
    assert_eq!(LastEnd::after(None, &ended(RunResult::Cancelled)), None);
    assert_eq!(LastEnd::after(None, &Turn { kind: FlowKind::Dev, ..ended(RunResult::Ok) }), None);
    assert_eq!(LastEnd::after(Some(&earlier(RunResult::Ok)), &ended(RunResult::Error)).unwrap().result, RunResult::Error);
}

#[test]
fn the_same_turn_gives_the_same_keys_and_no_two_notices_share_one() {
    let all = Channel::ALL.map(|channel| wanted(channel, &[Occasion::Start, Occasion::End]));
    let keys = |turn: &Turn| owed(turn, &all, None).iter().map(Notice::key).collect::<Vec<_>>();
    assert_eq!(keys(&started()), keys(&started()));
    let both: BTreeSet<String> = keys(&started()).into_iter().chain(keys(&ended(RunResult::Ok))).collect();
    assert_eq!(both.len(), 2 * Channel::ALL.len());
}

#[test]
fn an_attempt_is_made_by_who_began_it_and_again_when_nothing_is_heard_of_it() {
    let begun = notice().begin(at(10)).unwrap();
    assert_eq!(begun.begin(at(11)), Err(NoticeRefusal::NotYet(at(10 + ATTEMPT_S))));
    let again = begun.begin(at(10 + ATTEMPT_S)).unwrap();
    assert_eq!((again.attempts(), again.key()), (2, notice().key()));
}

#[test]
fn what_is_answered_for_good_never_changes_again() {
    let begun = notice().begin(at(10)).unwrap();
    let sent = begun.answered(Answer::Taken("200".to_owned()), at(11)).unwrap();
    let refused = begun.answered(Answer::Never("401".to_owned()), at(11)).unwrap();
    for settled in [sent, refused, begun.overtaken(at(11)).unwrap()] {
        assert_eq!((settled.due(), settled.settled_at()), (None, Some(at(11))));
        assert_eq!(settled.begin(at(99)), Err(NoticeRefusal::Settled));
        assert_eq!(settled.answered(Answer::Taken(String::new()), at(99)), Err(NoticeRefusal::Settled));
        assert_eq!(settled.overtaken(at(99)), Err(NoticeRefusal::Settled));
    }
}

#[test]
fn waits_grow_to_an_hour_and_end_after_a_day() {
    let waits: Vec<i64> = (1..=8).map(patience_s).collect();
    assert_eq!(waits, [10, 30, 90, 270, 810, 2430, 3600, 3600]);
    assert_eq!(patience_s(u32::MAX), 3600);

    let (mut notice, mut now) = (notice(), at(9));
    let busy = || Answer::Later { after_s: None, why: "busy".to_owned() };
    while let Some(due) = notice.due() {
        now = due;
        notice = notice.begin(now).unwrap().answered(busy(), now).unwrap();
    }
    assert_eq!(notice.state.as_str(), "given_up");
    assert_eq!(notice.answer(), Some("busy"));
    let tried_for = now.duration_since(notice.at).as_secs();
    assert!(tried_for > NOTICE_TRIED_FOR_S - 3600 && tried_for <= NOTICE_TRIED_FOR_S, "{tried_for}");
}

#[test]
fn what_nobody_sent_within_a_day_is_not_begun_any_more() {
    let (day, notice) = (NOTICE_TRIED_FOR_S, notice());
    assert!(notice.begin(at(9 + day)).is_ok() && notice.outlived(at(9 + day)).is_none());
    assert_eq!(notice.begin(at(10 + day)), Err(NoticeRefusal::TooOld));
    let given_up = notice.outlived(at(10 + day)).unwrap();
    assert_eq!((given_up.state.as_str(), given_up.due(), given_up.outlived(at(11 + day))), ("given_up", None, None));
    // An attempt that is under way may still be answered.
    let begun = notice.begin(at(9 + day)).unwrap();
    assert_eq!(begun.outlived(at(10 + day)), None);
    assert!(begun.outlived(at(9 + day + ATTEMPT_S)).is_some());
}

#[test]
fn a_newer_status_that_never_arrives_overtakes_an_older_one_too() {
    let begun = notice().begin(at(10)).unwrap();
    let refused = begun.answered(Answer::Never("401".to_owned()), at(11)).unwrap();
    let given_up = begun.given_up("why", at(11)).unwrap();
    assert!(!notice().was_begun());
    assert!([begun, refused, given_up].iter().all(Notice::was_begun));
}

#[test]
fn a_far_side_that_wants_to_be_left_alone_is() {
    let asked = Answer::Later { after_s: Some(120), why: "429".to_owned() };
    let notice = notice().begin(at(10)).unwrap().answered(asked, at(12)).unwrap();
    assert_eq!(notice.due(), Some(at(132)));
    let soon = Answer::Later { after_s: Some(1), why: "429".to_owned() };
    let notice = super::tests::notice().begin(at(10)).unwrap().answered(soon, at(12)).unwrap();
    assert_eq!(notice.due(), Some(at(22)), "never sooner than one's own patience");
}

#[test]
fn long_answers_are_cut() {
    let notice = notice().begin(at(10)).unwrap().answered(Answer::Never("é".repeat(5000)), at(11)).unwrap();
    assert!(notice.answer().unwrap().len() <= 510);
}

#[test]
fn a_newer_status_waits_for_an_older_one_only_while_that_is_under_way() {
    let both = [wanted(Channel::GitHub, &[])];
    let (older, newer) = (owed(&started(), &both, None).remove(0), owed(&ended(RunResult::Ok), &both, None).remove(0));
    assert!(newer.is_newer_of(&older) && !older.is_newer_of(&newer));
    assert!(!newer.waits_for(&older, at(9)));
    let begun = older.begin(at(10)).unwrap();
    assert!(newer.waits_for(&begun, at(11)));
    assert!(!newer.waits_for(&begun, at(10 + ATTEMPT_S)), "whoever made it has died");
    let chat = |notice: &Notice| Notice { channel: Channel::Slack, ..notice.clone() };
    assert!(!chat(&newer).is_newer_of(&chat(&older)), "a chat keeps both");
}

#[test]
fn every_state_survives_the_store() {
    let begun = notice().begin(at(10)).unwrap();
    let later = begun.answered(Answer::Later { after_s: None, why: "busy".to_owned() }, at(11)).unwrap();
    let sent = begun.answered(Answer::Taken("200".to_owned()), at(11)).unwrap();
    for notice in [notice(), begun.clone(), later, sent, begun.overtaken(at(11)).unwrap()] {
        let text = serde_json::to_string(&notice).unwrap();
        assert!(text.contains(&format!(r#""state":"{}""#, notice.state.as_str())), "{text}");
        assert_eq!(serde_json::from_str::<Notice>(&text).unwrap(), notice);
    }
}
