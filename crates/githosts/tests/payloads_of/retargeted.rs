//! Requests that go into another branch than before: the same commits, which nobody has run for that branch.

use kraken_githosts::{Event, Follows, GitHost, PullAction, decide, parse, told};
use serde_json::{Value, json};

use crate::deliver::{body, borrowed, headers};

/// A recorded change of a target: where its state and the branch before it stand.
struct Recording {
    host: GitHost,
    event: &'static str,
    body: Value,
    state: &'static str,
    closed: &'static str,
    before: &'static str,
    now: &'static str,
}

fn recordings() -> Vec<Recording> {
    let read = |host, name| serde_json::from_slice::<Value>(&body(host, name)).unwrap();
    // Gitea records none: it is what GitHub sends, but for where the branch before stands.
    let mut gitea = read(GitHost::Gitea, "pull_request_opened_from_fork");
    gitea["action"] = json!("edited");
    gitea["changes"] = json!({"ref": {"from": "develop"}});
    vec![
        Recording {
            host: GitHost::GitHub,
            event: "pull_request",
            body: read(GitHost::GitHub, "pull_request_edited_base"),
            state: "/pull_request/state",
            closed: "closed",
            before: "/changes/base/ref/from",
            now: "/pull_request/base/ref",
        },
        Recording {
            host: GitHost::GitLab,
            event: "Merge Request Hook",
            body: read(GitHost::GitLab, "merge_request_update_target"),
            state: "/object_attributes/state",
            closed: "merged",
            before: "/changes/target_branch/previous",
            now: "/object_attributes/target_branch",
        },
        Recording {
            host: GitHost::Gitea,
            event: "pull_request",
            body: gitea,
            state: "/pull_request/state",
            closed: "closed",
            before: "/changes/ref/from",
            now: "/pull_request/base/ref",
        },
        Recording {
            host: GitHost::BitbucketServer,
            event: "pr:modified",
            body: read(GitHost::BitbucketServer, "pr_modified_target"),
            state: "/pullRequest/state",
            closed: "DECLINED",
            before: "/previousTarget/id",
            now: "/pullRequest/toRef/id",
        },
    ]
}

impl Recording {
    fn at(&mut self, pointer: &str) -> &mut Value {
        self.body.pointer_mut(pointer).unwrap_or_else(|| panic!("{} has no {pointer}", self.host))
    }

    fn event(&self) -> Event {
        let body = serde_json::to_vec(&self.body).unwrap();
        let headers = headers(self.host, self.event, &body);
        let mut delivery = parse(self.host, &borrowed(&headers), &body).unwrap_or_else(|refused| panic!("{}: {refused}", self.host));
        delivery.events.remove(0)
    }

    fn action(&self) -> PullAction {
        match self.event() {
            Event::PullRequest(pull) => pull.action,
            other => panic!("{}: {other:?}", self.host),
        }
    }
}

#[test]
fn a_request_that_turns_to_another_branch_starts_a_flow_there() {
    for recording in recordings() {
        let event = recording.event();
        let Event::PullRequest(pull) = &event else { panic!("{}: {event:?}", recording.host) };
        assert_eq!(pull.action, PullAction::Retargeted, "{}", recording.host);
        let told = told(&event);
        assert_eq!(decide(&told, "develop", &[]), Follows::Unconcerned, "{}: where it went before", recording.host);
        assert!(
            matches!(decide(&told, &pull.target_branch, &[]), Follows::Nothing(why) if why.contains("no root stage")),
            "{}",
            recording.host
        );
    }
}

#[test]
fn one_that_is_over_or_goes_where_it_went_before_was_only_edited() {
    for mut recording in recordings() {
        let (state, before, now, closed) = (recording.state, recording.before, recording.now, recording.closed);
        let open = recording.at(state).take();
        *recording.at(state) = json!(closed);
        assert_eq!(recording.action(), PullAction::Edited, "{}", recording.host);
        *recording.at(state) = open;
        assert_eq!(recording.action(), PullAction::Retargeted, "{}", recording.host);
        let target = recording.at(now).clone();
        *recording.at(before) = target;
        assert_eq!(recording.action(), PullAction::Edited, "{}", recording.host);
    }
}
