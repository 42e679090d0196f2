//! CopyObject and deletes.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, MetadataDirective, ObjectIdentifier};

use super::store::{BUCKET, code, eventually, fixture, pattern, status};

#[tokio::test]
async fn copies_share_the_body_and_outlive_each_other() {
    let fixture = fixture().await;
    let client = &fixture.client;
    let put = client.put_object().bucket(BUCKET).key("a ü/1").content_type("text/x").metadata("m", "1");
    let put = put.body(ByteStream::from(pattern(1, 100_000))).send().await.unwrap();
    let source = format!("{BUCKET}/a%20%C3%BC/1");
    let copy = client.copy_object().bucket(BUCKET).key("b").copy_source(&source).send().await.unwrap();
    assert_eq!(copy.copy_object_result().unwrap().e_tag(), put.e_tag());
    assert_eq!(fixture.files(), 1, "nothing was copied");

    client.delete_object().bucket(BUCKET).key("a ü/1").send().await.unwrap();
    let head = client.head_object().bucket(BUCKET).key("b").send().await.unwrap();
    assert_eq!((head.content_type(), head.e_tag()), (Some("text/x"), put.e_tag()));
    assert_eq!(fixture.get("b").await, pattern(1, 100_000));
    client.delete_object().bucket(BUCKET).key("b").send().await.unwrap();
    eventually("the last copy takes the file with it", || fixture.files() == 0).await;
}

#[tokio::test]
async fn a_copy_may_change_what_is_said_about_the_body() {
    let fixture = fixture().await;
    let client = &fixture.client;
    for size in [10, 100_000] {
        fixture.put("k", pattern(2, size)).await;
        let onto_itself = || client.copy_object().bucket(BUCKET).key("k").copy_source(format!("{BUCKET}/k"));
        assert_eq!(code(&onto_itself().send().await.unwrap_err()), "InvalidRequest");
        let replace = onto_itself().metadata_directive(MetadataDirective::Replace).content_type("text/y").metadata("m", "2");
        replace.send().await.unwrap();
        let got = client.get_object().bucket(BUCKET).key("k").send().await.unwrap();
        assert_eq!((got.content_type(), got.metadata().unwrap()["m"].as_str()), (Some("text/y"), "2"));
        assert_eq!(got.body.collect().await.unwrap().into_bytes(), pattern(2, size));
    }
    assert_eq!(fixture.files(), 1);
}

#[tokio::test]
async fn a_copy_may_be_conditional() {
    let fixture = fixture().await;
    fixture.put("a", "x").await;
    let copy = || fixture.client.copy_object().bucket(BUCKET).key("b").copy_source(format!("{BUCKET}/a"));
    let e = copy().copy_source_if_match("\"other\"").send().await.unwrap_err();
    assert_eq!((code(&e).as_str(), status(&e)), ("PreconditionFailed", 412));
    let absent = fixture.client.copy_object().bucket(BUCKET).key("b").copy_source(format!("{BUCKET}/absent"));
    assert_eq!(code(&absent.send().await.unwrap_err()), "NoSuchKey");
    assert_eq!(fixture.keys().await, ["a"]);
}

#[tokio::test]
async fn deleting_what_is_not_there_succeeds() {
    let fixture = fixture().await;
    fixture.client.delete_object().bucket(BUCKET).key("absent").send().await.unwrap();
    let e = fixture.client.delete_object().bucket("elsewhere").key("absent").send().await.unwrap_err();
    assert_eq!(code(&e), "NoSuchBucket");
}

#[tokio::test]
async fn many_keys_go_at_once() {
    let fixture = fixture().await;
    let keys = ["a", "b/<1>&", "c", "d"];
    for key in keys {
        fixture.put(key, pattern(1, 20_000)).await;
    }
    let delete = |keys: &[&str], quiet| {
        let objects = keys.iter().map(|key| ObjectIdentifier::builder().key(*key).build().unwrap());
        let delete = Delete::builder().set_objects(Some(objects.collect())).quiet(quiet).build().unwrap();
        fixture.client.delete_objects().bucket(BUCKET).delete(delete).send()
    };
    let said = delete(&["a", "b/<1>&", "absent"], false).await.unwrap();
    let deleted: Vec<_> = said.deleted().iter().map(|d| d.key().unwrap()).collect();
    assert_eq!(deleted, ["a", "b/<1>&", "absent"]);
    assert!(said.errors().is_empty());
    let quiet = delete(&["c"], true).await.unwrap();
    assert!(quiet.deleted().is_empty() && quiet.errors().is_empty());
    assert_eq!(fixture.keys().await, ["d"]);
    eventually("their files are gone", || fixture.files() == 1).await;
}
