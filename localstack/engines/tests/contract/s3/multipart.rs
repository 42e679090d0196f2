//! Uploads in parts.

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;
use md5::{Digest, Md5};

use super::store::{BUCKET, code, eventually, fixture, pattern, status};

/// S3's least size of a part that is not the last.
const PART: usize = 5 * 1024 * 1024;

async fn begin(client: &Client, key: &str) -> String {
    let begun = client.create_multipart_upload().bucket(BUCKET).key(key).content_type("text/x").metadata("m", "1");
    begun.send().await.unwrap().upload_id().unwrap().to_owned()
}

async fn part(client: &Client, key: &str, upload: &str, number: i32, body: Bytes) -> CompletedPart {
    let request = client.upload_part().bucket(BUCKET).key(key).upload_id(upload).part_number(number);
    let done = request.body(ByteStream::from(body.clone())).send().await.unwrap();
    assert_eq!(done.e_tag(), Some(format!("\"{}\"", hex::encode(Md5::digest(&body))).as_str()));
    CompletedPart::builder().part_number(number).e_tag(done.e_tag().unwrap()).build()
}

fn list(parts: &[CompletedPart]) -> CompletedMultipartUpload {
    CompletedMultipartUpload::builder().set_parts(Some(parts.to_vec())).build()
}

#[tokio::test]
async fn parts_become_one_object() {
    let fixture = fixture().await;
    let over_http = fixture.serve().await.owner();
    for client in [&fixture.client, &over_http] {
        let upload = begin(client, "k").await;
        // In any order, with a gap, one of them twice and one that is not used.
        let third = part(client, "k", &upload, 30, pattern(3, 1000)).await;
        part(client, "k", &upload, 1, pattern(9, PART)).await;
        let first = part(client, "k", &upload, 1, pattern(1, PART)).await;
        let second = part(client, "k", &upload, 2, pattern(2, PART + 5)).await;
        part(client, "k", &upload, 40, pattern(4, 1000)).await;

        let parts = client.list_parts().bucket(BUCKET).key("k").upload_id(&upload).max_parts(3).send().await.unwrap();
        let numbers: Vec<_> = parts.parts().iter().map(|part| part.part_number().unwrap()).collect();
        assert_eq!((numbers, parts.is_truncated()), (vec![1, 2, 30], Some(true)));
        let rest = client.list_parts().bucket(BUCKET).key("k").upload_id(&upload).part_number_marker("30").send().await.unwrap();
        assert_eq!(rest.parts().iter().map(|part| part.part_number().unwrap()).collect::<Vec<_>>(), [40]);
        assert!(fixture.keys().await.is_empty(), "nothing is visible before it is whole");

        let chosen = [first, second, third];
        let complete = || client.complete_multipart_upload().bucket(BUCKET).key("k").upload_id(&upload);
        let done = complete().multipart_upload(list(&chosen)).send().await.unwrap();
        let digests = [pattern(1, PART), pattern(2, PART + 5), pattern(3, 1000)].map(|body| Md5::digest(&body).to_vec());
        let etag = format!("\"{}-3\"", hex::encode(Md5::digest(digests.concat())));
        assert_eq!(done.e_tag(), Some(etag.as_str()));

        let whole = [pattern(1, PART), pattern(2, PART + 5), pattern(3, 1000)].concat();
        let got = client.get_object().bucket(BUCKET).key("k").send().await.unwrap();
        assert_eq!((got.content_type(), got.e_tag()), (Some("text/x"), Some(etag.as_str())));
        assert_eq!(got.metadata().unwrap()["m"], "1");
        assert_eq!(got.body.collect().await.unwrap().into_bytes(), whole);
        let (from, to) = (PART - 3, 2 * PART + 8);
        let range = format!("bytes={from}-{}", to - 1);
        let got = client.get_object().bucket(BUCKET).key("k").range(range).send().await.unwrap();
        assert_eq!(got.body.collect().await.unwrap().into_bytes(), whole[from..to], "a range over three parts");

        // The answer may get lost: asked again, it is the same.
        let again = complete().multipart_upload(list(&chosen)).send().await.unwrap();
        assert_eq!(again.e_tag(), Some(etag.as_str()));
        eventually("only the chosen parts are left", || fixture.files() == 3).await;
        client.delete_object().bucket(BUCKET).key("k").send().await.unwrap();
        eventually("no file is left", || fixture.files() == 0).await;
    }
}

#[tokio::test]
async fn a_reader_of_parts_is_not_cut_off() {
    let fixture = fixture().await;
    let client = &fixture.client;
    let upload = begin(client, "k").await;
    let parts = [part(client, "k", &upload, 1, pattern(1, PART)).await, part(client, "k", &upload, 2, pattern(2, PART)).await];
    client.complete_multipart_upload().bucket(BUCKET).key("k").upload_id(&upload).multipart_upload(list(&parts)).send().await.unwrap();

    let mut body = client.get_object().bucket(BUCKET).key("k").send().await.unwrap().body;
    let first = body.next().await.unwrap().unwrap();
    fixture.put("k", "replaced").await;
    let rest = body.collect().await.unwrap().into_bytes();
    assert!([first, rest].concat() == [pattern(1, PART), pattern(2, PART)].concat());
    eventually("the parts are gone after the last reader", || fixture.files() == 0).await;
}

#[tokio::test]
async fn a_list_of_parts_that_is_wrong_is_refused_and_can_be_corrected() {
    let fixture = fixture().await;
    let client = &fixture.client;
    let upload = begin(client, "k").await;
    let small = part(client, "k", &upload, 1, pattern(1, 1000)).await;
    let last = part(client, "k", &upload, 2, pattern(2, 1000)).await;
    let complete = |parts: &[CompletedPart]| {
        let request = client.complete_multipart_upload().bucket(BUCKET).key("k").upload_id(&upload);
        request.multipart_upload(list(parts)).send()
    };
    let other = CompletedPart::builder().part_number(1).e_tag("\"0cc175b9c0f1b6a831c399e269772661\"").build();
    let missing = CompletedPart::builder().part_number(3).e_tag("\"0cc175b9c0f1b6a831c399e269772661\"").build();
    for (parts, expected) in [
        (vec![small.clone(), last.clone()], "EntityTooSmall"),
        (vec![last.clone(), small.clone()], "InvalidPartOrder"),
        (vec![small.clone(), small.clone()], "InvalidPartOrder"),
        (vec![other], "InvalidPart"),
        (vec![missing], "InvalidPart"),
        (vec![], "MalformedXML"),
    ] {
        assert_eq!(code(&complete(&parts).await.unwrap_err()), expected, "{parts:?}");
    }
    complete(&[last]).await.unwrap();
    assert_eq!(fixture.get("k").await, pattern(2, 1000));
}

#[tokio::test]
async fn an_aborted_upload_leaves_nothing() {
    let fixture = fixture().await;
    let client = &fixture.client;
    let upload = begin(client, "k").await;
    let done = part(client, "k", &upload, 1, pattern(1, 1000)).await;
    assert_eq!(fixture.files(), 1);
    client.abort_multipart_upload().bucket(BUCKET).key("k").upload_id(&upload).send().await.unwrap();
    eventually("the part is gone", || fixture.files() == 0).await;

    let late = client.upload_part().bucket(BUCKET).key("k").upload_id(&upload).part_number(2).send().await.unwrap_err();
    assert_eq!((code(&late).as_str(), status(&late)), ("NoSuchUpload", 404));
    let complete = client.complete_multipart_upload().bucket(BUCKET).key("k").upload_id(&upload);
    let late = complete.multipart_upload(list(&[done])).send().await.unwrap_err();
    assert_eq!(code(&late), "NoSuchUpload");
    let late = client.abort_multipart_upload().bucket(BUCKET).key("k").upload_id(&upload).send().await.unwrap_err();
    assert_eq!(code(&late), "NoSuchUpload");
}

#[tokio::test]
async fn an_upload_belongs_to_its_key() {
    let fixture = fixture().await;
    let upload = begin(&fixture.client, "mine").await;
    let request = fixture.client.upload_part().bucket(BUCKET).key("yours").upload_id(&upload).part_number(1);
    assert_eq!(code(&request.send().await.unwrap_err()), "NoSuchUpload");
    for number in [0, 10_001] {
        let request = fixture.client.upload_part().bucket(BUCKET).key("mine").upload_id(&upload).part_number(number);
        assert_eq!(code(&request.send().await.unwrap_err()), "InvalidArgument");
    }
}

#[tokio::test]
async fn completing_may_be_conditional() {
    let fixture = fixture().await;
    let client = &fixture.client;
    fixture.put("k", "first").await;
    let upload = begin(client, "k").await;
    let done = part(client, "k", &upload, 1, pattern(1, 1000)).await;
    let complete = || {
        let request = client.complete_multipart_upload().bucket(BUCKET).key("k").upload_id(&upload);
        request.multipart_upload(list(std::slice::from_ref(&done)))
    };
    let late = complete().if_none_match("*").send().await.unwrap_err();
    assert_eq!(code(&late), "PreconditionFailed");
    assert_eq!(fixture.get("k").await, "first");
    complete().send().await.unwrap();
    assert_eq!(fixture.get("k").await, pattern(1, 1000));
}

#[tokio::test]
async fn a_part_may_be_copied_from_an_object() {
    let fixture = fixture().await;
    let client = &fixture.client;
    let source = pattern(5, PART + 1000);
    fixture.put("source", source.clone()).await;
    fixture.put("tiny", "0123456789").await;
    let upload = begin(client, "k").await;
    let copy = |number, from: &str| {
        let request = client.upload_part_copy().bucket(BUCKET).key("k").upload_id(&upload).part_number(number);
        request.copy_source(format!("{BUCKET}/{from}"))
    };
    let done = |number, output: &aws_sdk_s3::operation::upload_part_copy::UploadPartCopyOutput| {
        let etag = output.copy_part_result().unwrap().e_tag().unwrap();
        CompletedPart::builder().part_number(number).e_tag(etag).build()
    };
    let whole = copy(1, "source").send().await.unwrap();
    let range = copy(2, "tiny").copy_source_range("bytes=2-5").send().await.unwrap();
    assert_eq!(code(&copy(3, "tiny").copy_source_range("bytes=2-10").send().await.unwrap_err()), "InvalidRange");
    assert_eq!(code(&copy(3, "absent").send().await.unwrap_err()), "NoSuchKey");
    let parts = [done(1, &whole), done(2, &range)];
    client.complete_multipart_upload().bucket(BUCKET).key("k").upload_id(&upload).multipart_upload(list(&parts)).send().await.unwrap();
    assert!(fixture.get("k").await == [source, Bytes::from("2345")].concat());
}
