//! End-to-end stories, told once and heard twice: by the local process and by the deployment on an emulated AWS, with policies enforced.
//!
//! Three parts, one after the other: the stories, side by side on places that they share; faults of the deployment, which everybody on it
//! would feel; and the proof that no function has a right that nothing needs. `KRAKEN_E2E_DEPLOYMENT=<deployment.json>` uses a deployment
//! that is there, instead of bringing one up. Nothing goes on when this program ends, however it ends.
#![allow(clippy::unwrap_used, missing_docs)]

mod aws;
mod faults;
mod places;
mod rights;
mod search;
mod stories;
mod story;

use std::{process::ExitCode, sync::Arc};

use anyhow::Result;
use futures::future::LocalBoxFuture;
use libtest_mimic::{Arguments, Failed, Trial};

use crate::{
    places::{Kind, Places},
    story::Story,
};

/// How many stories are told at a time: most of the time they wait.
const AT_A_TIME: usize = 10;

/// A story: it is given what it has to itself, and fails with what went wrong.
pub(crate) type Tell = fn(Story) -> LocalBoxFuture<'static, Result<()>>;

/// Stories by name.
macro_rules! told {
    ($part:literal: $($module:ident :: $story:ident),* $(,)?) => {
        &[$((concat!($part, "::", stringify!($module), "::", stringify!($story)), |story| Box::pin($module::$story(story)))),*]
    };
}
pub(crate) use told;

/// Runs what the command line asks for, which is that of any other test.
pub fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a machine that runs tests has threads");
    let places = Arc::new(Places::new().expect("a machine that runs tests has a folder for temporary files and python3"));
    let alone = arguments.test_threads.unwrap_or(1);
    arguments.test_threads.get_or_insert(AT_A_TIME);
    // It takes a while: the stories on the local process are told meanwhile. What goes wrong is said by the first story that needs it.
    let deploying = (arguments.filter.is_none() && !arguments.list).then(|| {
        let (handle, places) = (runtime.handle().clone(), Arc::clone(&places));
        std::thread::spawn(move || handle.block_on(places.get(Kind::Deployment)).is_ok())
    });
    let trials = |kinds: &[Kind], stories: &[(&'static str, Tell)]| -> Vec<Trial> {
        let all = kinds.iter().flat_map(|kind| stories.iter().map(move |story| (*kind, *story)));
        all.map(|(kind, (name, tell))| trial(&runtime, &places, kind, name, tell)).collect()
    };
    let both = [Kind::Local, Kind::Deployment];
    let mut told = trials(&both, stories::LONGEST);
    told.extend(trials(&both, stories::OTHERS));
    let mut well = !libtest_mimic::run(&arguments, told).has_failed();
    arguments.test_threads = Some(alone);
    for stories in [faults::ALL, rights::ALL] {
        well &= !libtest_mimic::run(&arguments, trials(&[Kind::Deployment], stories)).has_failed();
    }
    if let Some(deploying) = deploying {
        let _said_already = deploying.join();
    }
    drop(runtime);
    if let Ok(places) = Arc::try_unwrap(places) {
        places.end(well || arguments.list);
    }
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn trial(runtime: &tokio::runtime::Runtime, places: &Arc<Places>, kind: Kind, name: &'static str, tell: Tell) -> Trial {
    let (runtime, places) = (runtime.handle().clone(), Arc::clone(places));
    let story = move || -> Result<(), Failed> {
        let told = runtime.block_on(async {
            let last = name.rsplit("::").next().unwrap_or(name);
            tell(Story::begin(&places, kind, last).await?).await
        });
        told.map_err(|error| format!("{error:#}").into())
    };
    Trial::test(format!("{}::{name}", format!("{kind:?}").to_lowercase()), story)
}
