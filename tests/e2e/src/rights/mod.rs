//! No role has a right that nothing needs: each statement of each function's policy is taken away once, and then something must be refused
//! that the statement allows. A statement that nobody has thought of fails the proof, and so does one that nothing asks for.

mod needs;
mod policies;
mod world;

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail, ensure};

use crate::{
    Tell,
    aws::Aws,
    rights::{
        needs::{NEEDS, Need},
        policies::{Policy, Right},
        world::World,
    },
    story::Story,
};

/// The proof takes rights away, so nothing else may be at work.
pub(crate) const ALL: &[(&str, Tell)] = &[("rights::every_right_is_needed", |story| Box::pin(every_right_is_needed(story)))];

async fn every_right_is_needed(story: Story) -> Result<()> {
    let place = story.place.clone();
    let deployment = place.deployment().context("a deployment")?;
    let account = Aws::account(deployment);
    let policies = Policy::all(&account).await?;
    unknown_or_gone(&policies)?;
    let mut world = World::begin(story, account.clone()).await?;
    let told = prove(&account, &policies, &mut world).await;
    // Whatever went wrong, the deployment is left as it was.
    for policy in &policies {
        policy.restore(&account).await?;
    }
    world.end().await?;
    told
}

/// Every statement must have its line in the table, and every line its statement.
fn unknown_or_gone(policies: &[Policy]) -> Result<()> {
    let there: BTreeSet<(&str, &str)> =
        policies.iter().flat_map(|policy| policy.rights().map(|right| (policy.of.as_str(), right.sid))).collect();
    let known: BTreeSet<(&str, &str)> = NEEDS.iter().map(|(of, sid, _)| (*of, *sid)).collect();
    let unknown: Vec<_> = there.difference(&known).collect();
    ensure!(unknown.is_empty(), "nothing is known that needs these rights, add them to the table or take them away: {unknown:?}");
    let gone: Vec<_> = known.difference(&there).collect();
    ensure!(gone.is_empty(), "nobody has these rights any more, take them from the table: {gone:?}");
    Ok(())
}

async fn prove(account: &Aws, policies: &[Policy], world: &mut World) -> Result<()> {
    // With all rights nothing is refused: a denial that comes later is of the right that was taken away.
    account.forget_denials().await?;
    let mut tried = BTreeSet::new();
    for (_, _, need) in NEEDS {
        if let Need::Asked(errand) = need
            && tried.insert(*errand)
        {
            world.run(*errand).await.with_context(|| format!("{errand:?}, with all rights"))?;
            world.tidy().await?;
        }
    }
    let refused: Vec<_> =
        account.denials().await?.into_iter().filter(|denial| policies.iter().any(|policy| policy.is_of(denial))).collect();
    ensure!(refused.is_empty(), "a right is missing: {refused:?}");

    let mut needless = Vec::new();
    for (of, sid, need) in NEEDS {
        let errand = match need {
            Need::Asked(errand) => errand,
            Need::NotEnforced(why) => {
                eprintln!("not tried: {sid} of {of}: {why}");
                continue;
            }
        };
        let policy = policies.iter().find(|policy| policy.of == *of).context("looked for before")?;
        let right = policy.rights().find(|right| right.sid == *sid).context("looked for before")?;
        policy.restore_without(account, sid).await?;
        account.forget_denials().await?;
        let denied = tokio::select! {
            denied = is_denied(account, policy, &right) => denied,
            // It may fail, or go another way; what was refused by then is known.
            _ended = world.run(*errand) => was_denied(account, policy, &right).await?,
        };
        policy.restore(account).await?;
        world.tidy().await?;
        if !denied {
            needless.push(format!("{of} {sid}, with {errand:?}"));
        }
    }
    if !needless.is_empty() {
        bail!("nothing was refused without these rights: {needless:#?}");
    }
    Ok(())
}

async fn was_denied(account: &Aws, policy: &Policy, right: &Right<'_>) -> Result<bool> {
    Ok(account.denials().await?.iter().any(|denial| policy.is_of(denial) && right.allows(denial)))
}

/// Waits for the refusal, for so long that there will be none any more.
async fn is_denied(account: &Aws, policy: &Policy, right: &Right<'_>) -> bool {
    kraken_harness::wait_until("a refusal", async || was_denied(account, policy, right).await).await.is_ok()
}
