//! The working life of an authorised agent: waits for news, claims, holds one job at a time, and beats its heart while it waits.

use std::time::Duration;

use kraken_protocol::agent::{AbandonRequest, ClaimRequest, JobOrder};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout},
};
use tracing::Instrument;

use super::{AgentError, authorised};
use crate::{
    api::{ApiError, luck},
    memory,
    session::{Cloud, Sessions},
    signals::Wish,
    work::{self, Claim, Desk, Next},
};

/// Claims and holds one job after the other.
pub(super) async fn serve(
    desk: &Desk,
    sessions: &Sessions,
    newest: &watch::Sender<Cloud>,
    mut news: watch::Receiver<u64>,
    wishes: &mut watch::Receiver<Wish>,
    once: bool,
) -> Result<(), AgentError> {
    // A job may have been promised before anybody listened.
    let (mut look, mut next) = (true, None);
    loop {
        if !look && next.is_none() {
            desk.warm_up();
            desk.manager.status("waits for a job");
            match wait(desk, newest, &mut news, wishes).await? {
                Woken::Look => {}
                Woken::End => break,
                Woken::NotAuthorised => {
                    let Some(cloud) = authorised(sessions, wishes, &desk.manager).await? else { break };
                    newest.send_replace(cloud);
                }
            }
        }
        let ends = || *wishes.borrow() > Wish::Work;
        if next.is_none() && !ends() {
            next = claim(desk, &mut news).await?;
            look = false;
        }
        if ends() {
            if let Some(late) = next {
                give_back(desk, &late.order).await;
            }
            break;
        }
        let Some(Next { order, since }) = next.take() else { continue };
        let id = order.job;
        tracing::info!(job.id = %id, name = order.name, "job begins");
        desk.manager.status(&format!("works on {id}"));
        let intervals = newest.borrow().session().intervals;
        let claim = Claim { order: *order, since, intervals, news: news.clone(), wishes: wishes.clone(), more: !once };
        next = work::hold(desk, claim).instrument(tracing::info_span!("job", job.id = %id)).await?;
        tracing::info!(job.id = %id, "job over");
        if once {
            break;
        }
        look = news.has_changed().unwrap_or(false);
    }
    desk.manager.stopping();
    Ok(())
}

/// Takes the job that is promised to this agent, if one is.
async fn claim(desk: &Desk, news: &mut watch::Receiver<u64>) -> Result<Option<Next>, ApiError> {
    // News from here on is about what comes after this claim.
    news.mark_unchanged();
    match desk.api.call_timed(&ClaimRequest { installation: desk.state.installation().to_owned() }).await {
        Ok((claimed, since)) => Ok(claimed.job.map(|order| Next { order, since })),
        Err(error) if error.is_final() => Err(error),
        Err(error) => {
            tracing::warn!(%error, "no job can be claimed");
            Ok(None)
        }
    }
}

/// Gives back a job that came when the agent was about to end: nothing of it has begun. Where the server does not hear it, the job goes back
/// when its lease ends.
async fn give_back(desk: &Desk, order: &JobOrder) {
    let request = AbandonRequest { job: order.job, generation: order.generation, untouched: true };
    match timeout(GIVE_BACK_WITHIN, desk.api.call(&request)).await {
        Ok(Ok(_)) => tracing::info!(job.id = %order.job, "a job that came too late was given back"),
        Ok(Err(error)) => tracing::warn!(job.id = %order.job, %error, "a job that came too late could not be given back; its lease ends"),
        Err(_) => tracing::warn!(job.id = %order.job, "a job that came too late could not be given back; its lease ends"),
    }
}

/// An agent that shall end does not wait longer for an answer.
const GIVE_BACK_WITHIN: Duration = Duration::from_secs(5);

enum Woken {
    Look,
    NotAuthorised,
    End,
}

/// Waits until there may be a job, beating the heart.
async fn wait(
    desk: &Desk,
    newest: &watch::Sender<Cloud>,
    news: &mut watch::Receiver<u64>,
    wishes: &mut watch::Receiver<Wish>,
) -> Result<Woken, ApiError> {
    let every = || Duration::from_secs(u64::from(newest.borrow().session().intervals.idle_heartbeat_s.max(1)));
    // Agents that started together need not beat together.
    let mut due = Instant::now() + every().mul_f64(0.5 + luck() / 2.0);
    loop {
        tokio::select! {
            _ = news.changed() => return Ok(Woken::Look),
            _ = wishes.wait_for(|wish| *wish > Wish::Work) => return Ok(Woken::End),
            () = sleep_until(due) => {}
        }
        // Nothing was wanted for a while: now it costs nobody's time.
        memory::give_back();
        due = Instant::now() + every();
        match desk.api.call(&desk.heartbeat(None)).await {
            Ok(answer) => {
                desk.manager.alive();
                if !answer.authorised {
                    return Ok(Woken::NotAuthorised);
                }
                if answer.claim {
                    return Ok(Woken::Look);
                }
            }
            Err(error) if error.is_final() => return Err(error),
            Err(error) => tracing::warn!(%error, "no heartbeat gets through"),
        }
    }
}
