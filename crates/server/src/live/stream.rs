//! A feed as the body of a response.

use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::feed::{Happening, LiveKind, Subscription};

/// What happens within this time after a happening is sent together with it: a person sees no difference, and the
/// machine wakes a fraction as often.
const GATHER: Duration = Duration::from_millis(50);

/// Silence after which a comment is sent, so that proxies keep the connection and the dead are noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Tells a subscriber to read the state anew.
const RESET: &str = "event: reset\ndata: {\"reason\":\"missed\"}\n\n";

/// What a subscriber wants to hear of.
#[derive(Debug, Clone)]
pub struct Wish {
    /// These markets; all of them where there is none.
    pub market_ids: HashSet<Arc<str>>,
    /// These kinds.
    pub kinds: Vec<LiveKind>,
}

impl Wish {
    fn admits(&self, happening: &Happening) -> bool {
        let is_of_markets = if self.market_ids.is_empty() {
            happening.kind.is_of_all_markets()
        } else {
            self.market_ids.contains(&happening.market_id)
        };
        is_of_markets && self.kinds.contains(&happening.kind)
    }
}

/// Everything of a subscription that `wish` admits, as server-sent events after `first`. `guard` lives as long as
/// the response.
pub fn respond<G: Send + 'static>(
    subscription: Subscription,
    wish: Wish,
    first: Vec<Bytes>,
    guard: G,
    stopping: CancellationToken,
) -> Response {
    let Subscription { missed, is_broken, place, mut next } = subscription;
    let body = async_stream::stream! {
        let _guard = guard;
        let mut begin = format!("id: {place}\nevent: hello\ndata: {{}}\n\n");
        if is_broken {
            begin.push_str(RESET);
        }
        let mut begin = begin.into_bytes();
        for happening in missed.iter().filter(|happening| wish.admits(happening)) {
            begin.extend_from_slice(&happening.frame);
        }
        for frame in &first {
            begin.extend_from_slice(frame);
        }
        yield Ok::<_, Infallible>(Bytes::from(begin));
        loop {
            let gathered = tokio::select! {
                gathered = gather(&mut next, &wish) => gathered,
                () = stopping.cancelled() => break,
            };
            match gathered {
                Some(bytes) => yield Ok(bytes),
                None => break,
            }
        }
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, Body::from_stream(body)).into_response()
}

/// The next happenings, or a comment after a long silence; `None` when the feed has ended.
async fn gather(next: &mut Receiver<Arc<Happening>>, wish: &Wish) -> Option<Bytes> {
    let silent = sleep_until(Instant::now() + KEEP_ALIVE);
    tokio::pin!(silent);
    let first = loop {
        tokio::select! {
            heard = next.recv() => match heard {
                Ok(happening) if wish.admits(&happening) => break happening,
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => return Some(Bytes::from_static(RESET.as_bytes())),
                Err(RecvError::Closed) => return None,
            },
            () = &mut silent => return Some(Bytes::from_static(b": \n\n")),
        }
    };
    sleep(GATHER).await;
    let mut gathered = vec![first];
    let mut is_broken = false;
    loop {
        match next.try_recv() {
            Ok(happening) if wish.admits(&happening) => supersede(&mut gathered, happening),
            Ok(_) => {}
            Err(TryRecvError::Lagged(_)) => is_broken = true,
            Err(TryRecvError::Empty | TryRecvError::Closed) => break,
        }
    }
    if let ([only], false) = (gathered.as_slice(), is_broken) {
        return Some(only.frame.clone());
    }
    let mut bytes =
        Vec::with_capacity(gathered.iter().map(|happening| happening.frame.len()).sum());
    for happening in &gathered {
        bytes.extend_from_slice(&happening.frame);
    }
    if is_broken {
        bytes.extend_from_slice(RESET.as_bytes());
    }
    Some(bytes.into())
}

/// Adds a happening; a book or price takes the place of an older one of its market.
fn supersede(gathered: &mut Vec<Arc<Happening>>, happening: Arc<Happening>) {
    if matches!(happening.kind, LiveKind::Book | LiveKind::Price) {
        gathered
            .retain(|older| older.kind != happening.kind || older.market_id != happening.market_id);
    }
    gathered.push(happening);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::feed::LiveFeed;

    #[tokio::test(start_paused = true)]
    async fn the_newest_of_each_state_is_sent_with_every_trade() {
        let feed = LiveFeed::default();
        let mut next = feed.subscribe(None).next;
        let (one, other): (Arc<str>, Arc<str>) = ("1".into(), "2".into());
        let wish = Wish {
            market_ids: HashSet::from([one.clone()]),
            kinds: vec![LiveKind::Price, LiveKind::Trade],
        };
        for number in 0..3 {
            feed.publish(LiveKind::Price, &one, &number);
            feed.publish(LiveKind::Trade, &one, &number);
            feed.publish(LiveKind::Price, &other, &number);
            feed.publish(LiveKind::Book, &one, &number);
        }
        let bytes = gather(&mut next, &wish).await.expect("something");
        let text = std::str::from_utf8(&bytes).expect("text");
        let told: Vec<_> = text.lines().filter(|line| line.starts_with("data")).collect();
        // The first trade, then the second, then the newest price, which came before the third.
        assert_eq!(told, ["data: 0", "data: 1", "data: 2", "data: 2"]);
        assert_eq!(text.matches("event: price").count(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_broken_by_a_comment() {
        let feed = LiveFeed::default();
        let mut next = feed.subscribe(None).next;
        let wish = Wish { market_ids: HashSet::new(), kinds: LiveKind::ALL.to_vec() };
        assert_eq!(gather(&mut next, &wish).await.as_deref(), Some(b": \n\n".as_slice()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_subscriber_that_is_too_slow_is_told_so() {
        let feed = LiveFeed::default();
        let mut next = feed.subscribe(None).next;
        let wish = Wish { market_ids: HashSet::from(["1".into()]), kinds: vec![LiveKind::Trade] };
        for _ in 0..5_000 {
            feed.publish(LiveKind::Trade, &"1".into(), &());
        }
        assert_eq!(gather(&mut next, &wish).await.as_deref(), Some(RESET.as_bytes()));
    }
}
