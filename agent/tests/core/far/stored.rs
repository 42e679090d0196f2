//! What lies in the store, read the way a viewer would.

use std::io::Read;

use flate2::read::{GzDecoder, MultiGzDecoder};
use kraken_engines::s3::DATA_BUCKET;
use kraken_protocol::{agent::JobOrder, log::LogIndex};

use super::Far;

impl Far {
    pub async fn object(&self, key: &str) -> Option<Vec<u8>> {
        let got = self.store.get_object().bucket(DATA_BUCKET).key(key).send().await.ok()?;
        Some(got.body.collect().await.unwrap().to_vec())
    }

    pub async fn index(&self, order: &JobOrder) -> Option<LogIndex> {
        let bytes = self.object(&format!("{}index.json", order.log_prefix)).await?;
        Some(serde_json::from_slice(&bytes).unwrap())
    }

    /// The log as its index says, member by member; the whole object must say the same.
    pub async fn log(&self, order: &JobOrder) -> String {
        let index = self.index(order).await.expect("an index");
        assert!(index.complete);
        let whole = self.object(&format!("{}log.gz", order.log_prefix)).await.expect("a log");
        let mut text = Vec::new();
        for member in &index.members {
            assert_eq!(member.object, "log.gz");
            let range = usize::try_from(member.offset).unwrap()..usize::try_from(member.offset + member.length).unwrap();
            GzDecoder::new(&whole[range]).read_to_end(&mut text).unwrap();
        }
        let mut again = Vec::new();
        MultiGzDecoder::new(&whole[..]).read_to_end(&mut again).unwrap();
        assert_eq!(text, again);
        assert_eq!(index.bytes, text.len() as u64);
        String::from_utf8_lossy(&text).into_owned()
    }

    /// What can be read of a log that still grows.
    pub async fn live_log(&self, order: &JobOrder) -> Option<String> {
        let index = self.index(order).await?;
        let mut text = Vec::new();
        for member in &index.members {
            let object = self.object(&format!("{}{}", order.log_prefix, member.object)).await?;
            let range = usize::try_from(member.offset).unwrap()..usize::try_from(member.offset + member.length).unwrap();
            // The tail may be newer than the index.
            GzDecoder::new(object.get(range)?).read_to_end(&mut text).ok()?;
        }
        Some(String::from_utf8_lossy(&text).into_owned())
    }
}
