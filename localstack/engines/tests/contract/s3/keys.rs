//! Keys are opaque: any text of up to 1,024 bytes, in any company.

use aws_sdk_s3::Client;

use super::store::{BUCKET, fixture, get, put, sizes};

fn awkward() -> Vec<String> {
    let mut keys: Vec<String> = [
        "a",
        "a/b",
        "a/b/c",
        "a/",
        "/leading",
        "//",
        "double//slash///s",
        "..",
        "../../etc/passwd",
        "./x/../y",
        "with space and + plus",
        "100%",
        "%2e%2e%2f",
        "ünïcödé/日本語/🦑",
        "quote\"and'and<tag>&amp;",
        "back\\slash",
        "query?and#fragment",
        "colon:star*pipe|tilde~",
        "CON",
        "Case",
        "case",
        "tab\tand\nnewline",
    ]
    .map(str::to_owned)
    .into();
    keys.push("k".repeat(1000));
    keys.push(format!("{}/{}", "f".repeat(500), "ü".repeat(260)));
    keys
}

async fn keep_apart(client: &Client) {
    for key in awkward() {
        put(client, &key, key.clone().into_bytes()).await;
    }
    for key in awkward() {
        assert_eq!(get(client, &key).await, key.as_bytes(), "{key:?}");
        let head = client.head_object().bucket(BUCKET).key(&key).send().await.unwrap();
        assert_eq!(head.content_length(), Some(i64::try_from(key.len()).unwrap()), "{key:?}");
    }
    let mut expected = awkward();
    expected.sort();
    assert_eq!(sizes(client).await.into_keys().collect::<Vec<_>>(), expected);

    for key in awkward() {
        client.delete_object().bucket(BUCKET).key(&key).send().await.unwrap();
        let gone = client.head_object().bucket(BUCKET).key(&key).send().await.unwrap_err();
        assert!(gone.into_service_error().is_not_found(), "{key:?}");
    }
    assert!(sizes(client).await.is_empty());
}

#[tokio::test]
async fn any_keys_live_side_by_side_in_process() {
    keep_apart(&fixture().await.client).await;
}

#[tokio::test]
async fn any_keys_live_side_by_side_over_http() {
    let fixture = fixture().await;
    keep_apart(&fixture.serve().await.owner()).await;
}

/// Large bodies are files; their names come from no key.
#[tokio::test]
async fn a_key_may_be_the_folder_of_another_with_large_bodies_too() {
    let fixture = fixture().await;
    for (at, key) in ["a", "a/b", "a/b/../c", "a/b/"].into_iter().enumerate() {
        fixture.put(key, super::store::pattern(at, 50_000)).await;
    }
    for (at, key) in ["a", "a/b", "a/b/../c", "a/b/"].into_iter().enumerate() {
        assert_eq!(fixture.get(key).await, super::store::pattern(at, 50_000), "{key}");
    }
    assert_eq!(fixture.files(), 4);
}

#[tokio::test]
async fn a_key_over_1024_bytes_is_refused() {
    let fixture = fixture().await;
    let refused = fixture.client.put_object().bucket(BUCKET).key("k".repeat(1025)).send().await.unwrap_err();
    assert_eq!(super::store::code(&refused), "KeyTooLongError");
}
