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

/// A consumer of endless messages, ten at a time, whose handler never ends: gives how many it received, and began.
fn stuck(at_once: usize) -> (Consumer<String>, Arc<Mutex<(usize, usize)>>) {
    let counts: Arc<Mutex<(usize, usize)>> = Arc::default();
    let (received, begun) = (Arc::clone(&counts), Arc::clone(&counts));
    let consumer = Consumer::<String> {
        name: "test",
        receive: Box::new(move || {
            received.lock().unwrap().0 += 10;
            Box::pin(async { Ok((0..10).map(|n| delivery(&n.to_string(), &n.to_string())).collect()) })
        }),
        handle: Arc::new(move |_| {
            begun.lock().unwrap().1 += 1;
            Box::pin(async {
                tokio::task::yield_now().await;
                Ok(())
            })
        }),
        delete: Arc::new(|_| Box::pin(async { Ok(()) })),
        at_once,
    };
    (consumer, counts)
}

#[tokio::test]
async fn a_stop_waits_for_what_was_begun_and_for_nothing_that_was_only_received() {
    let (consumer, counts) = stuck(1);
    let stop = CancellationToken::new();
    let (end, begun) = (stop.clone(), Arc::clone(&counts));
    let handle = Arc::clone(&consumer.handle);
    let stopping = Consumer {
        handle: Arc::new(move |body| {
            end.cancel();
            handle(body)
        }),
        ..consumer
    };
    consume(stopping, stop).await;
    assert_eq!(*begun.lock().unwrap(), (10, 1));
}

#[tokio::test]
async fn nothing_is_received_before_there_is_a_place_for_it() {
    let (consumer, counts) = stuck(1);
    let stop = CancellationToken::new();
    let never = Consumer {
        handle: Arc::new({
            let (counts, stop) = (Arc::clone(&counts), stop.clone());
            move |_| {
                counts.lock().unwrap().1 += 1;
                let stop = stop.clone();
                Box::pin(async move {
                    stop.cancelled().await;
                    Ok(())
                })
            }
        }),
        receive: Box::new({
            let counts = Arc::clone(&counts);
            move || {
                counts.lock().unwrap().0 += 1;
                Box::pin(async { Ok(vec![delivery("a", "1")]) })
            }
        }),
        ..consumer
    };
    let consuming = tokio::spawn(consume(never, stop.clone()));
    while counts.lock().unwrap().1 == 0 {
        tokio::task::yield_now().await;
    }
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(*counts.lock().unwrap(), (1, 1));
    stop.cancel();
    consuming.await.unwrap();
}

/// A log that a test can read.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Said {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What is said of a message that fails when the stop has come, or before it.
async fn said_of_failing(stopped: bool) -> String {
    let said = Said::default();
    let log = said.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || log.clone()).finish();
    let _until_the_end = tracing::subscriber::set_default(subscriber);
    let (stop, handle) = (CancellationToken::new(), |_| -> Boxed<(), String> { Box::pin(async { Err("broken off".to_owned()) }) });
    if stopped {
        stop.cancel();
    }
    deal_with("test", "all of it".to_owned(), vec!["1".to_owned()], &handle, &|_| Box::pin(async { Ok(()) }), &stop).await;
    let said = said.0.lock().unwrap().clone();
    String::from_utf8(said).unwrap()
}

#[tokio::test]
async fn what_a_stop_breaks_off_is_no_warning_and_quotes_no_message() {
    let said = said_of_failing(true).await;
    assert!(said.contains("INFO") && said.contains("broken off") && !said.contains("all of it"), "{said}");
    let said = said_of_failing(false).await;
    assert!(said.contains("WARN") && said.contains("all of it"), "{said}");
}
