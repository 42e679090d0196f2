//! User data: one record for each document, below what it is of.

use kraken_domain::{
    BranchId, FlowId,
    data::{DATA_BYTES_MAX, DataDocument, DataOwner},
};

use crate::{Entity, Key, Store, StoreError, Versioned, keys};

/// What is in the record beside the document itself.
const BESIDES_BYTES: usize = 16 << 10;

impl Entity for DataDocument {
    const KIND: &'static str = "user data";
    /// Larger than other records: nothing lists them, and only what names them reads them.
    const BYTES_MAX: usize = DATA_BYTES_MAX + BESIDES_BYTES;

    fn key(&self) -> Key {
        keys::data(self.owner)
    }
}

impl Store {
    /// A document; `None` as long as nobody has written it.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed; so for every read here.
    pub async fn data(&self, owner: DataOwner) -> Result<Option<Versioned<DataDocument>>, StoreError> {
        self.record(&keys::data(owner)).await
    }

    /// Several documents at once, in the order of `owners`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn data_of(&self, owners: &[DataOwner]) -> Result<Vec<Option<Versioned<DataDocument>>>, StoreError> {
        self.records(&owners.iter().map(|owner| keys::data(*owner)).collect::<Vec<_>>()).await
    }
}

/// The documents of a branch, which go when it goes.
pub fn data_of_branch(branch: BranchId) -> [DataOwner; 3] {
    [DataOwner::Branch(branch), DataOwner::BranchCi(branch), DataOwner::BranchDev(branch)]
}

/// Where the data of a flow is, for who removes the flow.
pub fn data_keys_of_flow(flow: FlowId) -> Vec<Key> {
    vec![keys::data(DataOwner::Flow(flow))]
}
