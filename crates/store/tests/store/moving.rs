//! Everything out of one table and into another.

use kraken_domain::{
    agent::AgentState,
    job::Job,
    run::RunCounts,
    sealed::Sealed,
    settings::{SlackSettings, SmtpSecurity, SmtpSettings, SystemSettings},
};
use kraken_store::{Commit, Store, StoreError, Webhook, WebhookKey};
use serde_json::Value;

use crate::records::{agent, at, flow, job, project, run, run_id, table};

#[tokio::test]
async fn facts_move_and_what_held_for_the_old_place_does_not() {
    let (old, _old_dir) = table().await;
    let mut commit = Commit::new();
    commit.create(&flow(1)).unwrap().create(&run(1)).unwrap().create(&job(1, 1)).unwrap().create(&job(1, 2)).unwrap();
    commit.create(&agent(1, AgentState::Idle { since: at(1) })).unwrap();
    // As if a job had moved between the export of the counts and that of the jobs.
    commit.add_counts(run_id(1), RunCounts { total: 7, executing: 3, completed: 1, error: 1 }, at(1));
    old.commit(commit).await.unwrap();
    assert!(!old.is_new().await.unwrap());

    let (new, _new_dir) = table().await;
    assert!(new.is_new().await.unwrap());
    new.begin_import(at(50)).await.unwrap();
    assert!(new.is_importing().await.unwrap());
    for page in pages(&old, 2).await {
        new.import(&page, at(50)).await.unwrap();
    }
    new.end_import().await.unwrap();
    assert!(!new.is_importing().await.unwrap());

    assert_eq!(new.flow(flow(1).id).await.unwrap().unwrap().value, flow(1));
    assert_eq!(new.job(job(1, 2).id).await.unwrap().unwrap().value, job(1, 2));
    assert_eq!(new.counts(run_id(1)).await.unwrap(), RunCounts { total: 2, ..RunCounts::default() });
    assert_eq!(new.agents(10, None).await.unwrap().items[0].state, AgentState::Offline { since: at(50), left: false });
    assert!(new.idle_agents(10, None).await.unwrap().items.is_empty());
    assert_eq!(new.lane_head(&job(1, 1).place.lane(), 10).await.unwrap().len(), 2);
}

/// All items, so many on each page.
pub(crate) async fn pages(store: &Store, most: usize) -> Vec<Vec<Value>> {
    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let mut room = most;
        let fits = |_: &Value| room.checked_sub(1).map(|left| room = left).is_some();
        let page = store.export(after.as_ref(), fits).await.unwrap();
        assert!(page.items.len() <= most);
        pages.push(page.items);
        after = page.next;
        if after.is_none() {
            return pages;
        }
    }
}

#[tokio::test]
async fn pages_may_come_twice_and_jobs_may_move_meanwhile() {
    let (old, _old_dir) = table().await;
    let mut commit = Commit::new();
    commit.create(&flow(1)).unwrap().create(&run(1)).unwrap().create(&job(1, 1)).unwrap().create(&job(1, 2)).unwrap();
    old.commit(commit).await.unwrap();
    let (new, _new_dir) = table().await;
    let pages = pages(&old, 3).await;
    for page in pages.iter().chain(&pages) {
        new.import(page, at(50)).await.unwrap();
    }
    assert_eq!(new.counts(run_id(1)).await.unwrap().total, 2);

    // One is covered here before the page comes once more, which takes that back.
    let read = new.job(job(1, 1).id).await.unwrap().unwrap();
    let covered = Job { covered_by: Some(job(1, 2).id), ..read.value.clone() };
    let mut commit = Commit::new();
    commit.replace(&read, &covered).unwrap();
    commit.add_counts(run_id(1), RunCounts::change(Some(&read.value), &covered), at(51));
    new.commit(commit).await.unwrap();
    assert_eq!(new.counts(run_id(1)).await.unwrap().total, 1);
    for page in &pages {
        new.import(page, at(52)).await.unwrap();
    }
    assert_eq!(new.counts(run_id(1)).await.unwrap().total, 2);
    assert_eq!(new.job(job(1, 1).id).await.unwrap().unwrap().value, job(1, 1));
}

#[tokio::test]
async fn even_what_does_not_fit_gets_on() {
    let (old, _old_dir) = table().await;
    let mut commit = Commit::new();
    commit.create(&flow(1)).unwrap().create(&run(1)).unwrap();
    old.commit(commit).await.unwrap();
    let all = pages(&old, 100).await.concat();
    let (mut one_by_one, mut after) = (Vec::new(), None);
    loop {
        let page = old.export(after.as_ref(), |_| false).await.unwrap();
        assert!(page.items.len() <= 1);
        one_by_one.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(one_by_one, all);
}

#[tokio::test]
async fn what_is_no_item_is_refused() {
    let (store, _dir) = table().await;
    for wrong in [serde_json::json!(3), serde_json::json!({"pk": "x"}), serde_json::json!({"pk": "x", "sk": ["y"]})] {
        let refused = store.import(&[wrong], at(0)).await.unwrap_err();
        assert!(matches!(refused, StoreError::Unreadable { .. }), "{refused}");
    }
}

#[tokio::test]
async fn giving_up_takes_some_agents_at_a_time_and_goes_on_behind_them() {
    let (old, _old_dir) = table().await;
    for some in (1..=350).collect::<Vec<u128>>().chunks(50) {
        let mut commit = Commit::new();
        for n in some {
            commit.create(&agent(*n, AgentState::Discovered)).unwrap();
        }
        old.commit(commit).await.unwrap();
    }
    let (new, _new_dir) = table().await;
    new.begin_import(at(50)).await.unwrap();
    for page in pages(&old, 100).await {
        new.import(&page, at(50)).await.unwrap();
    }
    let (mut after, mut agents) = (None, Vec::new());
    loop {
        let page = new.imported(after.as_ref()).await.unwrap();
        let here = page.items.iter().filter(|item| item.agent().is_some()).count();
        new.remove_imported(&page.items).await.unwrap();
        agents.push(here);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(agents, [160, 160, 30]);
    new.end_import().await.unwrap();
    assert!(new.is_new().await.unwrap());
}

/// Settings with all that is sealed in them.
fn settings(url: &str) -> SystemSettings {
    let smtp = SmtpSettings {
        server: "mail.example".to_owned(),
        port: 587,
        security: SmtpSecurity::Starttls,
        user: Some("ci".to_owned()),
        password: Some(Sealed::new("sealed-1")),
        from: "ci@example.com".to_owned(),
    };
    let slack = SlackSettings { api: None, token: Some(Sealed::new("sealed-2")), webhook: Some(Sealed::new("sealed-3")) };
    SystemSettings { public_url: Some(url.to_owned()), smtp: Some(smtp), slack: Some(slack) }
}

#[tokio::test]
async fn nothing_sealed_leaves_and_what_is_here_already_stays() {
    let (old, _old_dir) = table().await;
    let key = |n: u32| WebhookKey { id: n.to_string(), sealed: Some(Sealed::new(format!("sealed-{n}"))), created_at: at(1), ends_at: None };
    let webhook =
        Webhook { project: project(), host: "github".to_owned(), created_at: at(1), created_by: None, keys: vec![key(4), key(5)] };
    let mut commit = Commit::new();
    commit.create(&settings("https://old.example")).unwrap().create(&webhook).unwrap();
    old.commit(commit).await.unwrap();
    let exported = pages(&old, 100).await.concat();
    let text = serde_json::to_string(&exported).unwrap();
    assert!(!text.contains("sealed"), "{text}");

    // Into a system without settings they come, and go again; where there are some, those stay.
    for own in [None, Some(settings("https://new.example"))] {
        let (new, _new_dir) = table().await;
        if let Some(own) = &own {
            let mut commit = Commit::new();
            commit.create(own).unwrap();
            new.commit(commit).await.unwrap();
        }
        new.begin_import(at(50)).await.unwrap();
        for _ in 0..2 {
            new.import(&exported, at(50)).await.unwrap();
        }
        let keys = new.webhook(project(), "github").await.unwrap().unwrap().value.keys;
        assert!(keys.len() == 2 && keys.iter().all(|key| key.sealed.is_none()));
        let brought = new.settings().await.unwrap().unwrap().value;
        let smtp = brought.smtp.as_ref().unwrap();
        assert_eq!(
            (brought.public_url.as_deref(), smtp.password.is_some()),
            match &own {
                Some(_) => (Some("https://new.example"), true),
                None => (Some("https://old.example"), false),
            }
        );
        new.remove_imported(&new.imported(None).await.unwrap().items).await.unwrap();
        assert_eq!(new.settings().await.unwrap().map(|read| read.value), own);
    }
}
