//! Deliveries of each host, in the shape in which its documentation records them: signed, verified, understood.
#![allow(clippy::unwrap_used)]

#[path = "payloads_of/bitbucket.rs"]
mod bitbucket;
#[path = "payloads_of/deliver.rs"]
mod deliver;
#[path = "payloads_of/gitea.rs"]
mod gitea;
#[path = "payloads_of/github.rs"]
mod github;
#[path = "payloads_of/gitlab.rs"]
mod gitlab;
#[path = "payloads_of/mutated.rs"]
mod mutated;
#[path = "payloads_of/refused.rs"]
mod refused;
#[path = "payloads_of/retargeted.rs"]
mod retargeted;
