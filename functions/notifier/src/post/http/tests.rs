//! What becomes of requests whose far side does not do as it should.
#![allow(clippy::unwrap_used)]

use kraken_githosts::Auth;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

fn request(url: String) -> Request {
    Request {
        method: "POST".to_owned(),
        url,
        headers: vec![("x-key".to_owned(), "1".to_owned())],
        auth: Auth::Bearer,
        body: "{}".to_owned(),
    }
}

async fn sent(reach: Reach, url: String) -> Answer {
    let client = client(reach, Duration::from_millis(300)).unwrap();
    send(&client, reach, request(url), Some("t0ken".to_owned()), FarSide::Other).await
}

fn later(answer: &Answer) -> &str {
    let Answer::Later { why, .. } = answer else { panic!("{answer:?}") };
    why
}

#[tokio::test]
async fn a_far_side_that_says_nothing_is_given_up_in_time() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let answer = sent(Reach::Anywhere, format!("http://{}/secret-path", silent.local_addr().unwrap())).await;
    assert_eq!(later(&answer), "no answer in time");
}

#[tokio::test]
async fn a_far_side_that_is_not_there_may_come_back() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let answer = sent(Reach::Anywhere, format!("http://{gone}/secret-path")).await;
    assert!(later(&answer).starts_with("the far side cannot be reached") && !later(&answer).contains("secret-path"), "{answer:?}");
}

#[tokio::test]
async fn a_function_sends_nothing_to_its_own_machine() {
    for url in ["http://127.0.0.1:9001/2018-06-01/runtime/", "http://[::1]/", "http://169.254.169.254/latest/", "https://localhost:1/"] {
        let answer = sent(Reach::Outside, url.to_owned()).await;
        assert!(matches!(&answer, Answer::Never(why) if why.contains("never called")), "{url}: {answer:?}");
    }
}

#[tokio::test]
async fn a_function_sends_no_credentials_that_can_be_read_on_the_way() {
    let answer = sent(Reach::Outside, "http://192.0.2.7/".to_owned()).await;
    assert!(matches!(&answer, Answer::Never(why) if why.contains("by https alone") && !why.contains("t0ken")), "{answer:?}");
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_an_endless_answer_not_read() {
    let far = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = far.local_addr().unwrap();
    let serving = tokio::spawn(async move {
        for head in ["HTTP/1.1 307 Moved\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n", "HTTP/1.1 200 Yes\r\n\r\n"] {
            let (mut stream, _) = far.accept().await.unwrap();
            let mut asked = [0; 4096];
            let _asked = stream.read(&mut asked).await.unwrap();
            stream.write_all(head.as_bytes()).await.unwrap();
            // Until nobody listens any more.
            while head.contains("200") && stream.write_all(&[b'x'; 4096]).await.is_ok() {}
        }
    });
    let moved = sent(Reach::Anywhere, format!("http://{address}/")).await;
    assert!(matches!(&moved, Answer::Never(why) if why.contains("307")), "{moved:?}");
    assert_eq!(sent(Reach::Anywhere, format!("http://{address}/")).await, Answer::Taken("200 OK".to_owned()));
    serving.await.unwrap();
}
