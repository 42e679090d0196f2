//! The queue as people see it: what waits in each lane, from a place on.
//!
//! Jobs of all lanes are served in one order, that of their places; so a place says where the whole queue goes on.

use std::{fmt, str::FromStr};

use aws_sdk_dynamodb::types::AttributeValue;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kraken_domain::{JobId, place::Lane};

use crate::{
    Key, Store, StoreError,
    cursor::PLACE_MAX,
    entity::text,
    keys::{self, attribute},
    read::{Order, Slice},
    table::queue_index,
};

/// Where in the order of service a job waits. Written, it is opaque: a cursor.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct QueuePlace(String);

impl fmt::Display for QueuePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl FromStr for QueuePlace {
    type Err = StoreError;

    fn from_str(written: &str) -> Result<Self, StoreError> {
        let place = URL_SAFE_NO_PAD.decode(written).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let place = place.filter(|place| place.len() <= PLACE_MAX && keys::queued_run_created_at(place).is_some());
        place.map(Self).ok_or_else(|| StoreError::Cursor(written.chars().take(60).collect()))
    }
}

/// What waits in a lane.
#[derive(Clone, Debug, Default)]
pub struct LanePart {
    /// The jobs, oldest first.
    pub jobs: Vec<(QueuePlace, JobId)>,
    /// Whether more wait after them.
    pub more: bool,
}

impl Store {
    /// The oldest `limit` jobs of a lane that wait after that place.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed; so for every read here.
    pub async fn waiting_after(&self, lane: &Lane, after: Option<&QueuePlace>, limit: u32) -> Result<LanePart, StoreError> {
        let partition = keys::lane_queue(lane);
        let range = after.map(|place| ("#sort > :after", vec![(":after", AttributeValue::S(place.0.clone()))]));
        let slice = Slice { index: queue_index(), partition: &partition, range, order: Order::Ascending };
        let page = self.slice(slice, limit, None).await?;
        let jobs = page.items.iter().filter_map(|item| {
            let place = QueuePlace(text(item, attribute::QUEUED).to_owned());
            Some((place, Key::of_item(item).job_id()?))
        });
        Ok(LanePart { jobs: jobs.collect(), more: page.next.is_some() })
    }

    /// How many jobs of a lane wait before that place, or in all of it; counts no further than `up_to`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn waiting_before(&self, lane: &Lane, place: Option<&QueuePlace>, up_to: u32) -> Result<u32, StoreError> {
        let partition = keys::lane_queue(lane);
        let range = place.map(|place| ("#sort < :before", vec![(":before", AttributeValue::S(place.0.clone()))]));
        let slice = Slice { index: queue_index(), partition: &partition, range, order: Order::Ascending };
        Ok(u32::try_from(self.slice(slice, up_to, None).await?.items.len()).unwrap_or(u32::MAX))
    }
}
