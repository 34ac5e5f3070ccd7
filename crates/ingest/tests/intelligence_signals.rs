//! Signals of the tape, the books and the consensus: each appears where the exchange tells of what it is about, none
//! where it is quiet, and each is settled by the exchange's own books.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

mod support;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use domain::Side;
use domain::bars::Interval;
use ingest::live::{LiveBook, snapshot_of_rest};
use rust_decimal::dec;
use store::intelligence::notable;
use store::intelligence::signals::{self, End, SignalFilter, Told};
use store::streaming::{self, TradedMarket};
use store::testing::eventually;
use support::books::{Followed, stream_only};
use support::exchange::Exchange;
use support::jobs::{Jobs, flows_are_made};
use support::looks::look;
use support::planted::{Garden, Planted};
use support::record::{Recorder, readings};
use support::truth;

/// How far back the feed is read, and things are planted.
const BACK: TimeDelta = TimeDelta::hours(34);

async fn signals_of(exchange: &Exchange, kind: &str, market: &TradedMarket) -> Vec<Told> {
    let filter = SignalFilter {
        kind: Some(kind.to_owned()),
        market_id: Some(market.market_id.clone()),
        ..SignalFilter::default()
    };
    signals::list(exchange.database.service(), &filter, 100).await.unwrap()
}

/// Open markets that nobody trades to speak of, and that go on for days, with the middle of each; the quietest first.
async fn quiet(exchange: &Exchange, count: usize) -> Vec<(TradedMarket, f64)> {
    let (_, mids) = look(exchange).await;
    let pool = exchange.database.service();
    let mut traded: HashMap<String, usize> = HashMap::new();
    for trade in truth::trades(exchange, exchange.now() - BACK).await {
        *traded.entry(trade.market_id.to_string()).or_default() += 1;
    }
    let long: Vec<String> = sqlx::query_scalar("SELECT market_id FROM markets WHERE end_date > $1")
        .bind(exchange.now() + TimeDelta::days(4))
        .fetch_all(pool)
        .await
        .unwrap();
    let busiest = streaming::busiest(pool, 200).await.unwrap();
    let mut found: Vec<(TradedMarket, f64)> = busiest
        .into_iter()
        .filter(|market| long.iter().any(|id| id == market.market_id.as_str()))
        .filter_map(|market| mids.get(market.market_id.as_str()).map(|mid| (market, *mid)))
        .filter(|(_, mid)| (0.2..=0.8).contains(mid))
        .collect();
    found.sort_by_key(|(market, _)| traded.get(market.market_id.as_str()).copied().unwrap_or(0));
    found.truncate(count);
    assert_eq!(found.len(), count, "markets enough");
    found
}

fn cents(mid: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1")]
    let cents = (mid * 100.0).round() as u32;
    cents.clamp(15, 85)
}

fn bought(at: DateTime<Utc>, who: u8, cents: u32, usdc: f64) -> Planted {
    Planted { at, who, side: Side::Buy, cents, usdc }
}

/// One purchase a minute, the last one two minutes ago.
fn by_minutes(
    now: DateTime<Utc>,
    count: u32,
    trade: impl Fn(u32, DateTime<Utc>) -> Planted,
) -> Vec<Planted> {
    let at = |number: u32| now - TimeDelta::minutes(i64::from(count - number) + 1);
    (0..count).map(|number| trade(number, at(number))).collect()
}

/// The trades of an ordinary day: each hour about as much as the one before.
fn by_hours(now: DateTime<Utc>, cents: u32, last_usdc: f64) -> Vec<Planted> {
    let hour = Interval::Hour.bucket(now);
    (1u8..=30)
        .map(|back| {
            let at = hour - TimeDelta::hours(i64::from(back)) + TimeDelta::minutes(20);
            let usdc = if back == 1 { last_usdc } else { 100.0 + 8.0 * f64::from(back % 7) };
            bought(at, 100 + back, cents, usdc)
        })
        .collect()
}

/// Small trades of one day, and a last one of so many dollars.
fn small_and(now: DateTime<Utc>, cents: u32, last_usdc: f64) -> Vec<Planted> {
    let small = |number: u32, at| {
        let number = u8::try_from(number).unwrap();
        bought(at, 140 + number, cents, 15.0 + f64::from(number % 9))
    };
    let mut all = by_minutes(now - TimeDelta::minutes(3), 40, small);
    all.push(bought(now - TimeDelta::minutes(3), 200, cents, last_usdc));
    all
}

/// A market for each thing that is planted, and one beside it in which nearly the same happens.
struct Beds {
    gathered: [(TradedMarket, f64); 3],
    moved: [(TradedMarket, f64); 2],
    busy: [(TradedMarket, f64); 2],
    large: [(TradedMarket, f64); 2],
}

impl Beds {
    fn of(markets: Vec<(TradedMarket, f64)>) -> Self {
        let mut markets = markets.into_iter();
        let mut next = || markets.next().unwrap();
        Self {
            gathered: [next(), next(), next()],
            moved: [next(), next()],
            busy: [next(), next()],
            large: [next(), next()],
        }
    }

    fn plant(&self, garden: &Garden, now: DateTime<Utc>) {
        // Twelve thousand dollars in small purchases; six thousand; and twelve thousand in large ones.
        let [(whole, mid), (half, half_mid), (open, open_mid)] = &self.gathered;
        let of = |who, mid: f64, usdc| move |_, at| bought(at, who, cents(mid), usdc);
        garden.plant(whole, &by_minutes(now, 40, of(1, *mid, 300.0)));
        garden.plant(half, &by_minutes(now, 20, of(2, *half_mid, 300.0)));
        garden.plant(open, &by_minutes(now, 12, of(3, *open_mid, 1_000.0)));
        // A price that goes up twelve cents in two hours, and one that goes up and down by one.
        let [(up, up_mid), (flat, flat_mid)] = &self.moved;
        let rising = |number: u32, at| {
            let back = (119 - number) / 10;
            bought(at, 4, cents(*up_mid).saturating_sub(back).max(2), 10.0 + f64::from(number % 5))
        };
        garden.plant(up, &by_minutes(now, 120, rising));
        let wavering = |number: u32, at| {
            bought(at, 5, cents(*flat_mid) + number % 2, 10.0 + f64::from(number % 5))
        };
        garden.plant(flat, &by_minutes(now, 120, wavering));
        let [(busy, busy_mid), (usual, usual_mid)] = &self.busy;
        garden.plant(busy, &by_hours(now, cents(*busy_mid), 20_000.0));
        garden.plant(usual, &by_hours(now, cents(*usual_mid), 120.0));
        let [(large, large_mid), (small, small_mid)] = &self.large;
        garden.plant(large, &small_and(now, cents(*large_mid), 5_000.0));
        garden.plant(small, &small_and(now, cents(*small_mid), 20.0));
    }

    /// The kind that is to be said of the first market of each, and of none of the others.
    fn expected(&self) -> [(&'static str, &TradedMarket, Vec<&TradedMarket>); 4] {
        [
            ("accumulation", &self.gathered[0].0, vec![&self.gathered[1].0, &self.gathered[2].0]),
            ("momentum", &self.moved[0].0, vec![&self.moved[1].0]),
            ("volume", &self.busy[0].0, vec![&self.busy[1].0]),
            ("size", &self.large[0].0, vec![&self.large[1].0]),
        ]
    }
}

/// A world three hours into a day, whose feed tells what is planted.
async fn a_day(seed: u64) -> (Exchange, Garden) {
    let mut exchange = Exchange::open(seed, 10.0).await;
    let garden = Garden::beside(&mut exchange).await;
    for _ in 0..18 {
        exchange.advance(TimeDelta::minutes(10)).await;
    }
    (exchange, garden)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_tape_tells_is_said_where_it_happens_and_settled_by_the_exchange() {
    let (exchange, garden) = a_day(36).await;
    let beds = Beds::of(quiet(&exchange, 9).await);
    // Nothing is planted yet: what is quiet stays so.
    let recorder = Recorder::start_back(&exchange, BACK);
    readings(&exchange, 3).await;
    look(&exchange).await;
    let running = Jobs::start(&exchange);
    flows_are_made(&exchange).await;
    look(&exchange).await;
    for (kind, market, others) in beds.expected() {
        for market in others.into_iter().chain([market]) {
            assert_eq!(signals_of(&exchange, kind, market).await, [], "{kind} of {market:?}");
        }
    }
    running.stop().await;
    recorder.stop().await;
    sqlx::raw_sql("DELETE FROM tape_progress").execute(exchange.database.service()).await.unwrap();

    beds.plant(&garden, exchange.now());
    let recorder = Recorder::start_back(&exchange, BACK);
    readings(&exchange, 3).await;
    let (_, before) = look(&exchange).await;
    let running = Jobs::start(&exchange);
    let mut said = BTreeMap::new();
    for (kind, market, others) in beds.expected() {
        eventually(kind, || async { !signals_of(&exchange, kind, market).await.is_empty() }).await;
        let told = signals_of(&exchange, kind, market).await;
        assert_eq!(told.len(), 1, "said once: {told:?}");
        for other in others {
            assert_eq!(signals_of(&exchange, kind, other).await, [], "{kind} of {other:?}");
        }
        said.insert(kind, told.into_iter().next().unwrap().0);
    }
    for (kind, signal) in &said {
        let mid = before[signal.market_id.as_str()];
        assert!((signal.price.unwrap() - mid).abs() < 1e-9, "{kind} at {mid}: {signal:?}");
        assert_eq!(signal.basis, "feed");
        let side = if *kind == "volume" { None } else { Some(Side::Buy) };
        assert_eq!(signal.side, side, "{kind}");
    }
    let gathered = &said["accumulation"];
    let number = |name: &str| gathered.ingredients[name].as_f64().unwrap();
    // The feed tells the last one only when somebody has traded after it.
    let fills = number("fills");
    assert!((39.0..=40.0).contains(&fills), "{gathered:?}");
    assert!((number("at_risk") - 300.0 * fills).abs() < 1.0, "{gathered:?}");
    let named = gathered.evidence.as_array().unwrap().len();
    assert!((named as f64 - fills - 1.0).abs() < 1e-9, "the wallet and its trades");
    assert!(said["size"].n >= 40.0 && said["volume"].n >= 20.0 && said["momentum"].n >= 30.0);

    // The others are settled by the mid when they are due; what points nowhere is then neither right nor wrong.
    settle(&exchange, &[("size", &beds.large[0].0)]).await;
    eventually("void", || async { ended(&exchange, "volume", &beds.busy[0].0).await.is_some() })
        .await;
    let End::Void(why) = ended(&exchange, "volume", &beds.busy[0].0).await.unwrap() else {
        panic!("volume points nowhere")
    };
    assert_eq!(why, "no_side");
    recorder.stop().await;
    let of_a_day = [("momentum", &beds.moved[0].0), ("accumulation", &beds.gathered[0].0)];
    settle(&exchange, &of_a_day).await;
    running.stop().await;
}

/// How the first signal of a kind on a market ended.
async fn ended(exchange: &Exchange, kind: &str, market: &TradedMarket) -> Option<End> {
    let told = signals_of(exchange, kind, market).await;
    // The newest come first.
    let result = told.into_iter().next_back().unwrap().1;
    result.map(|result| result.end)
}

/// Lets time pass until the first signals of some kinds on some markets, all due at once, are settled, and sees that each
/// is by the mid of the exchange's own book nearest to when it was due.
async fn settle(exchange: &Exchange, due_together: &[(&str, &TradedMarket)]) {
    let mut open = Vec::new();
    for (kind, market) in due_together {
        let told = signals_of(exchange, kind, market).await;
        open.push((*kind, *market, told.last().unwrap().0.clone()));
    }
    let due = open[0].2.due_at.unwrap();
    assert!(open.iter().all(|(.., signal)| signal.due_at == Some(due)));
    while exchange.now() < due - TimeDelta::minutes(2) {
        let left = due - TimeDelta::minutes(2) - exchange.now();
        exchange.advance(TimeDelta::minutes(30).min(left)).await;
    }
    let mut looks = Vec::new();
    while exchange.now() < due + TimeDelta::minutes(7) {
        looks.push(look(exchange).await);
    }
    for (kind, market, signal) in open {
        eventually(kind, || async { ended(exchange, kind, market).await.is_some() }).await;
        let (exit_price, gain) = match ended(exchange, kind, market).await.unwrap() {
            End::Settled { exit_price, gain, .. } => (exit_price, gain),
            void @ End::Void(_) => unreachable!("{kind}: {void:?}"),
        };
        let mids =
            looks.iter().filter_map(|(at, all)| Some((at, *all.get(market.market_id.as_str())?)));
        let (_, mid) = mids.min_by_key(|(at, _)| ((**at - due).abs(), **at)).unwrap();
        assert!((exit_price - mid).abs() < 1e-6, "{kind}: {mid} is not {exit_price}");
        assert!(
            (gain - (exit_price - signal.price.unwrap())).abs() < 1e-9,
            "{kind}: all were to buy"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trade_is_measured_by_what_rested_in_the_exchanges_book_before_it() {
    let mut exchange = Exchange::open(37, 10.0).await;
    let garden = Garden::beside(&mut exchange).await;
    let mut followed = Followed::start(&exchange, stream_only());
    followed.all_agree().await;
    let recorder = Recorder::start(&exchange);
    let running = Jobs::start_with(&exchange, followed.books.clone(), |options| options);
    flows_are_made(&exchange).await;
    // The job notes what rests now; the world stands still meanwhile.
    readings(&exchange, 3).await;
    let at = exchange.now() + TimeDelta::seconds(1);
    let live: Vec<_> = followed.books.all().into_iter().filter(has_depth).take(8).collect();
    assert!(live.len() >= 4, "{} books", live.len());
    let tokens: Vec<_> = live.iter().map(|book| book.market.tokens[0].clone()).collect();
    let books = exchange.clob().books(&tokens).await.unwrap();
    let mut asks = HashMap::new();
    for raw in books.rows {
        let token = raw.token_id.clone();
        let depth = snapshot_of_rest(raw).unwrap().book.depth_within(2).unwrap();
        asks.insert(token, depth.ask.to_f64());
    }
    for book in &live {
        garden.plant(&book.market, &[bought(at, 9, 50, 900.0)]);
    }
    exchange.advance(TimeDelta::minutes(1)).await;
    let noted = "SELECT count(*) FROM notable_trades WHERE wallet_address = decode(repeat('09', 20), 'hex')";
    let count = i64::try_from(live.len()).unwrap();
    eventually("large trades", || async { exchange.count(noted).await == count }).await;
    for book in &live {
        let pool = exchange.database.public();
        let rows = notable::of_market(pool, &book.market.market_id, at).await.unwrap();
        let row = rows.iter().find(|row| row.trade.usdc == dec!(900)).unwrap();
        let expected = 900.0 / asks[&book.market.tokens[0]];
        let share = row.depth_share.unwrap();
        assert!((share - expected).abs() < 1e-6 * expected, "{share} is not {expected}");
    }
    running.stop().await;
    recorder.stop().await;
}

fn has_depth(book: &LiveBook) -> bool {
    let depth = book.book.depth_within(2);
    depth.is_some_and(|depth| depth.ask.to_f64() > 0.0)
}
