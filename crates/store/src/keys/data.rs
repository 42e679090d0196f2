//! The keys of user data: in the partition of what it is of, so that it goes with it.

use kraken_domain::data::DataOwner;

use super::Key;

const DATA: &str = "DATA";

pub(crate) fn data(owner: DataOwner) -> Key {
    match owner {
        DataOwner::Flow(flow) => Key::new(format!("FLOW#{flow}"), DATA),
        DataOwner::Branch(branch) => Key::new(format!("BRANCH#{branch}"), DATA),
        DataOwner::BranchCi(branch) => Key::new(format!("BRANCH#{branch}"), format!("{DATA}#ci")),
        DataOwner::BranchDev(branch) => Key::new(format!("BRANCH#{branch}"), format!("{DATA}#dev")),
        DataOwner::Project(project) => Key::new(format!("PROJECT#{project}"), DATA),
    }
}
