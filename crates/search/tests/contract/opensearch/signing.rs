//! What is asked of Amazon's services is signed for them, and nobody's secret is sent.

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use kraken_search::{Access, LogSearch, OpenSearch, OpenSearchConfig, Query};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// The head of the request that a search makes.
async fn request(access: Access) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = OpenSearchConfig::new(format!("http://{}", listener.local_addr().unwrap()), access);
    let answer = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            let mut part = [0; 1024];
            let length = stream.read(&mut part).await.unwrap();
            assert!(length > 0, "the request ends in its head");
            head.extend_from_slice(&part[..length]);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}").await.unwrap();
        String::from_utf8_lossy(&head).to_ascii_lowercase()
    });
    let page = OpenSearch::new(&config).unwrap().search(Query::default()).await.unwrap();
    assert!(page.entries.is_empty() && page.cursor.is_none());
    answer.await.unwrap()
}

#[tokio::test]
async fn a_domain_and_a_collection_are_asked_with_signed_requests() {
    let credentials =
        || SharedCredentialsProvider::new(Credentials::new("AKIDEXAMPLE", "the-secret", Some("the-token".into()), None, "test"));
    let region = || "eu-west-1".to_owned();
    let domain = request(Access::Domain { credentials: credentials(), region: region() }).await;
    let collection = request(Access::Collection { credentials: credentials(), region: region() }).await;
    for (head, service) in [(&domain, "es"), (&collection, "aoss")] {
        assert!(head.contains("authorization: aws4-hmac-sha256 credential=akidexample/"), "{head}");
        assert!(head.contains(&format!("/eu-west-1/{service}/aws4_request")), "{head}");
        // Collections refuse requests without the hash of their body.
        assert!(head.contains("x-amz-content-sha256: ") && head.contains("x-amz-security-token: the-token"), "{head}");
        assert!(!head.contains("the-secret"), "{head}");
    }
    let open = request(Access::Open).await;
    assert!(!open.contains("authorization"), "{open}");
}
