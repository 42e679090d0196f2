//! ListObjectsV2: order, prefixes, delimiters, pages.

use aws_sdk_s3::types::EncodingType;
use futures::future::join_all;

use super::store::{BUCKET, Fixture, code, fixture};

async fn filled(keys: &[&str]) -> Fixture {
    let fixture = fixture().await;
    join_all(keys.iter().map(|key| fixture.put(key, "x"))).await;
    fixture
}

/// All keys and common prefixes in pages of `page`, and the number of pages.
async fn list(fixture: &Fixture, prefix: &str, delimiter: Option<&str>, page: i32) -> (Vec<String>, Vec<String>, usize) {
    let (mut keys, mut prefixes, mut pages) = (Vec::new(), Vec::new(), 0);
    let mut token = None;
    loop {
        let request = fixture.client.list_objects_v2().bucket(BUCKET).prefix(prefix).max_keys(page);
        let got = request.set_delimiter(delimiter.map(str::to_owned)).set_continuation_token(token).send().await.unwrap();
        pages += 1;
        let count = got.contents().len() + got.common_prefixes().len();
        assert_eq!(got.key_count(), Some(i32::try_from(count).unwrap()));
        assert!(count <= usize::try_from(page).unwrap());
        keys.extend(got.contents().iter().map(|object| object.key().unwrap().to_owned()));
        prefixes.extend(got.common_prefixes().iter().map(|prefix| prefix.prefix().unwrap().to_owned()));
        token = got.next_continuation_token().map(str::to_owned);
        assert_eq!(got.is_truncated(), Some(token.is_some()));
        if token.is_none() {
            return (keys, prefixes, pages);
        }
    }
}

#[tokio::test]
async fn folders_and_pages() {
    let fixture = filled(&["a", "a/1", "a/2", "a/x/1", "a0", "b/1", "b/2", "c", "ü/1", "ü/2"]).await;
    for page in [1, 2, 3, 1000] {
        let (keys, prefixes, _) = list(&fixture, "", Some("/"), page).await;
        assert_eq!(keys, ["a", "a0", "c"], "page of {page}");
        assert_eq!(prefixes, ["a/", "b/", "ü/"], "page of {page}");

        let (keys, prefixes, _) = list(&fixture, "a/", Some("/"), page).await;
        assert_eq!((keys, prefixes), (vec!["a/1".to_owned(), "a/2".to_owned()], vec!["a/x/".to_owned()]));

        let (keys, prefixes, _) = list(&fixture, "a", None, page).await;
        assert_eq!(keys, ["a", "a/1", "a/2", "a/x/1", "a0"]);
        assert!(prefixes.is_empty());
    }
    let (_, _, pages) = list(&fixture, "", None, 3).await;
    assert_eq!(pages, 4, "10 keys in pages of 3");
    let (_, _, pages) = list(&fixture, "", None, 5).await;
    assert_eq!(pages, 2, "no empty page at the end");
    assert_eq!(list(&fixture, "nothing", Some("/"), 10).await, (vec![], vec![], 1));
}

#[tokio::test]
async fn a_delimiter_may_be_any_text() {
    let fixture = filled(&["2026-01-02", "2026-01-03", "2026-02-01", "none"]).await;
    let (keys, prefixes, _) = list(&fixture, "", Some("-0"), 10).await;
    assert_eq!((keys, prefixes), (vec!["none".to_owned()], vec!["2026-0".to_owned()]));
    let (_, prefixes, _) = list(&fixture, "2026-", Some("-"), 10).await;
    assert_eq!(prefixes, ["2026-01-", "2026-02-"]);
}

#[tokio::test]
async fn start_after_a_key() {
    let fixture = filled(&["a", "b/1", "b/2", "c"]).await;
    let list = |after: &'static str| fixture.client.list_objects_v2().bucket(BUCKET).start_after(after).send();
    let keys = |output: aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output| {
        output.contents().iter().map(|object| object.key().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(keys(list("a").await.unwrap()), ["b/1", "b/2", "c"]);
    assert_eq!(keys(list("b").await.unwrap()), ["b/1", "b/2", "c"], "the key need not exist");
    assert_eq!(keys(list("c").await.unwrap()), [""; 0]);
}

#[tokio::test]
async fn entries_carry_etag_size_and_time() {
    let fixture = filled(&["a"]).await;
    let put = fixture.client.put_object().bucket(BUCKET).key("b").body(super::store::pattern(0, 20_000).into()).send().await.unwrap();
    let got = fixture.client.list_objects_v2().bucket(BUCKET).prefix("b").send().await.unwrap();
    let entry = &got.contents()[0];
    assert_eq!(entry.e_tag(), put.e_tag());
    assert_eq!(entry.size(), Some(20_000));
    let head = fixture.client.head_object().bucket(BUCKET).key("b").send().await.unwrap();
    assert_eq!(entry.last_modified().unwrap().secs(), head.last_modified().unwrap().secs());
}

/// Characters that XML cannot carry are listed encoded, on request.
#[tokio::test]
async fn encoded_keys() {
    let fixture = filled(&["a b/\u{1}+%", "ü"]).await;
    let got = fixture.client.list_objects_v2().bucket(BUCKET).encoding_type(EncodingType::Url).send().await.unwrap();
    let keys: Vec<_> = got.contents().iter().map(|object| object.key().unwrap()).collect();
    assert_eq!(keys, ["a%20b/%01%2B%25", "%C3%BC"]);
}

#[tokio::test]
async fn nonsense_is_refused() {
    let fixture = filled(&["a"]).await;
    let list = || fixture.client.list_objects_v2().bucket(BUCKET);
    assert_eq!(code(&list().continuation_token("?").send().await.unwrap_err()), "InvalidArgument");
    assert_eq!(code(&list().max_keys(-1).send().await.unwrap_err()), "InvalidArgument");
    assert_eq!(list().max_keys(0).send().await.unwrap().key_count(), Some(0));
    let elsewhere = fixture.client.list_objects_v2().bucket("elsewhere").send().await.unwrap_err();
    assert_eq!(code(&elsewhere), "NoSuchBucket");
}
