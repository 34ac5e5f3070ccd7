//! Charts and streams: the bars of a month by the hour, and word of what happens to two thousand subscribers.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use domain::bars::Interval;
use domain::{MarketId, Price};
use futures_util::StreamExt as _;
use rust_decimal::Decimal;
use serde_json::json;
use server::live::{LiveFeed, LiveKind, Wish, stream};
use store::Database;
use store::bars::{self, Grain, HistoryDetail};
use tokio_util::sync::CancellationToken;

use crate::findings::{Finding, Target, median, milliseconds};
use crate::setup::empty;

/// Markets whose months are held.
const MARKETS: usize = 60;
const DAYS: i64 = 30;
const QUERIES: usize = 200;

/// Measures the statement behind a chart of thirty days by the hour.
pub(crate) async fn compare_charts(database: &Database) -> anyhow::Result<()> {
    empty(database).await?;
    let now = Interval::Hour.bucket(Utc::now());
    let mut connection = database.service().acquire().await?.detach();
    for market in 0..MARKETS {
        let points = (0..DAYS * 24 * 12).map(|n| {
            let at = now - TimeDelta::minutes(5 * n);
            let price =
                Decimal::new(3_000 + (n * 7 + i64::try_from(market).unwrap_or(0)) % 4_000, 4);
            Price::new(price).map(|price| (at, price))
        });
        let points = points.collect::<Result<Vec<_>, _>>()?;
        let id = id(market)?;
        bars::backfill(&mut connection, &id, points, HistoryDetail::Fine, Utc::now()).await?;
    }
    let mut owner = database.owner().await?;
    sqlx::query("ANALYZE").execute(&mut owner).await?;
    let from = now - TimeDelta::days(DAYS);
    let chart = time(database, Grain::Hour, from, now).await?;
    let one = time(database, Grain::Hour, now - TimeDelta::hours(1), now).await?;
    Finding {
        what: "chart of 30 days by the hour".to_owned(),
        figure: milliseconds(chart),
        baseline: format!("one bar: {}", milliseconds(one)),
        value: chart.as_secs_f64() * 1e3,
        unit: "ms",
        target: Some(Target::AtMost(5.0)),
    }
    .print()
}

/// The median time of a chart, over markets in turn.
async fn time(
    database: &Database,
    grain: Grain,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> anyhow::Result<Duration> {
    let mut times = Vec::new();
    for query in 0..QUERIES {
        let id = id(query % MARKETS)?;
        let began = Instant::now();
        let bars = bars::of_market(database.public(), &id, grain, from, to).await?;
        times.push(began.elapsed().as_secs_f64());
        ensure!(!bars.is_empty(), "no bars of {id}");
    }
    Ok(Duration::from_secs_f64(median(times)))
}

fn id(market: usize) -> anyhow::Result<MarketId> {
    Ok(MarketId::parse(&(1_000 + market).to_string())?)
}

const SUBSCRIBERS: usize = 2_000;
const PER_SECOND: u32 = 50;
const PERIOD: Duration = Duration::from_secs(10);

/// Measures how late two thousand subscribers hear of fifty trades a second in the market that all of them watch.
///
/// They read the bodies of their responses within this process: what the kernel's sockets add is not in it.
pub(crate) async fn compare_streams() -> anyhow::Result<()> {
    let feed = LiveFeed::default();
    let market: Arc<str> = "1000".into();
    let began = Instant::now();
    let stop = CancellationToken::new();
    let mut listeners = Vec::new();
    for _ in 0..SUBSCRIBERS {
        let wish =
            Wish { market_ids: HashSet::from([Arc::clone(&market)]), kinds: vec![LiveKind::Trade] };
        let response = stream::respond(feed.subscribe(None), wish, Vec::new(), (), stop.clone());
        listeners.push(tokio::spawn(listen(response, began)));
    }
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / PER_SECOND);
    let told = PER_SECOND * u32::try_from(PERIOD.as_secs())?;
    for number in 0..told {
        ticks.tick().await;
        let at_us = u64::try_from(began.elapsed().as_micros())?;
        // As long as a trade's row is.
        let body = json!({ "at_us": at_us, "number": number, "row": "x".repeat(400) });
        feed.publish(LiveKind::Trade, &market, &body);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    stop.cancel();
    let mut late = Vec::new();
    for listener in listeners {
        let heard = listener.await?.context("a stream broke")?;
        ensure!(heard.len() == told as usize, "{} of {told} were heard", heard.len());
        late.extend(heard);
    }
    late.sort_by(f64::total_cmp);
    let quantile = |part: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a place within the list"
        )]
        let place = (late.len() as f64 * part) as usize;
        late.get(place).copied().unwrap_or_default()
    };
    let (half, most) = (quantile(0.5), quantile(0.99));
    Finding {
        what: format!("{SUBSCRIBERS} subscribers, {PER_SECOND} updates a second: 99 of 100"),
        figure: format!("{:.0} ms", most * 1e3),
        baseline: format!("half of them: {:.0} ms", half * 1e3),
        value: most * 1e3,
        unit: "ms",
        target: Some(Target::AtMost(250.0)),
    }
    .print()
}

/// Reads a stream to its end; how many seconds after it happened each thing was heard.
async fn listen(response: axum::response::Response, began: Instant) -> anyhow::Result<Vec<f64>> {
    let mut body = response.into_body().into_data_stream();
    let mut late = Vec::new();
    let mut rest = String::new();
    while let Some(chunk) = body.next().await {
        let heard = began.elapsed().as_secs_f64();
        rest.push_str(std::str::from_utf8(&chunk?)?);
        while let Some((event, after)) = rest.split_once("\n\n") {
            let data = event.lines().find_map(|line| line.strip_prefix("data: {\"at_us\":"));
            if let Some(told) = data.and_then(|data| data.split(',').next()?.parse::<f64>().ok()) {
                late.push(heard - told / 1e6);
            }
            rest = after.to_owned();
        }
    }
    Ok(late)
}
