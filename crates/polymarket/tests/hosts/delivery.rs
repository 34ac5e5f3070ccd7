//! What an answer's head says about where it has been.

use std::time::Duration;

use polymarket::{Delivery, Host, Request};

use crate::fake::{Fake, json, reply, with_header};

async fn delivery(fake: &Fake) -> Delivery {
    let request = Request::new(Host::Data, "/v2/trades", ["v2", "trades"]);
    let answer = fake.upstream().answer(&request, |body: &[u8]| Ok(body.len())).await.unwrap();
    assert_eq!(answer.value, 2);
    answer.delivery
}

#[tokio::test]
async fn an_answer_tells_its_trace_id_and_its_age() {
    let fake = Fake::serve(|_, _| {
        with_header(with_header(json("{}"), "x-trace-id", "cdee1c859c8d8dad"), "age", "271")
    })
    .await;
    let expected = Delivery {
        trace_id: Some("cdee1c859c8d8dad".to_owned()),
        age: Some(Duration::from_secs(271)),
    };
    assert_eq!(delivery(&fake).await, expected);
}

#[tokio::test]
async fn what_is_not_said_is_unknown() {
    let silent = Fake::says("{}").await;
    assert_eq!(delivery(&silent).await, Delivery::default());
    let garbled =
        Fake::serve(|_, _| with_header(with_header(json("{}"), "x-trace-id", " "), "age", "old"))
            .await;
    assert_eq!(delivery(&garbled).await, Delivery::default());
}

#[tokio::test]
async fn after_a_retry_it_is_the_last_answer_that_tells() {
    let fake = Fake::serve(|number, _| match number {
        0 => with_header(reply(503, "{}"), "x-trace-id", "first"),
        _ => with_header(json("{}"), "x-trace-id", "second"),
    })
    .await;
    assert_eq!(delivery(&fake).await.trace_id.as_deref(), Some("second"));
}
