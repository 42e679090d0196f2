#![allow(clippy::unwrap_used)]

use std::sync::Mutex;

use super::*;

fn delivery(body: &str, receipt: &str) -> Delivery {
    Delivery { body: body.to_owned(), receipt: receipt.to_owned() }
}

#[test]
fn messages_that_say_the_same_are_one() {
    let messages = vec![delivery("a", "1"), delivery("b", "2"), delivery("a", "3")];
    assert_eq!(alike(messages), [("a".to_owned(), vec!["1".to_owned(), "3".to_owned()]), ("b".to_owned(), vec!["2".to_owned()])]);
}

#[tokio::test]
async fn a_message_whose_handler_failed_stays_on_its_queue() {
    let stop = CancellationToken::new();
    let batches = Arc::new(Mutex::new(vec![vec![delivery("good", "1"), delivery("bad", "2")]]));
    let deleted: Arc<Mutex<Vec<String>>> = Arc::default();
    let (gone, end) = (Arc::clone(&deleted), stop.clone());
    let consumer = Consumer::<String> {
        name: "test",
        receive: Box::new(move || {
            let next = batches.lock().unwrap().pop();
            let end = end.clone();
            Box::pin(async move {
                if next.is_none() {
                    end.cancel();
                }
                Ok(next.unwrap_or_default())
            })
        }),
        handle: Arc::new(|body| Box::pin(async move { if body == "bad" { Err("no".to_owned()) } else { Ok(()) } })),
        delete: Arc::new(move |receipts| {
            gone.lock().unwrap().extend(receipts);
            Box::pin(async { Ok(()) })
        }),
        at_once: 2,
    };
    consume(consumer, stop).await;
    assert_eq!(*deleted.lock().unwrap(), ["1"]);
}
