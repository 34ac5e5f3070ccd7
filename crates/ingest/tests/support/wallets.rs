//! Importers at work on an exchange, and what they make of wallets beside what the exchange has in its books.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use domain::{Address, ConditionId};
use ingest::wallets::figures::{Told, WalletFigures};
use ingest::wallets::{WalletClients, WalletOptions, WalletService};
use polymarket::Upstream;
use polymarket::data::DataClient;
use polymarket::gamma::GammaClient;
use polymarket::user_pnl::UserPnlClient;
use rust_decimal::Decimal;
use serde_json::Value;
use store::wallets::activity::{self, Direction, StoredActivity};
use store::wallets::imports::{self, ImportState, Priority};
use store::wallets::positions::{self, Position};
use store::wallets::{self, History, metrics};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::exchange::Exchange;
use super::identities;

/// Longer than any import of these tests takes.
const PATIENCE: Duration = Duration::from_mins(10);

/// Importers that run until they are stopped, killed or dropped.
pub(crate) struct Importers {
    stop: CancellationToken,
    running: JoinHandle<()>,
}

impl Drop for Importers {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Importers {
    /// Those of one process.
    pub(crate) fn start(exchange: &Exchange) -> Self {
        Self::start_with(exchange, exchange.upstream.clone(), |options| options)
    }

    /// The same with another way to the exchange, and other options.
    pub(crate) fn start_with(
        exchange: &Exchange,
        upstream: Arc<Upstream>,
        change: impl FnOnce(WalletOptions) -> WalletOptions,
    ) -> Self {
        let clients = WalletClients {
            data: DataClient::new(upstream.clone()),
            gamma: GammaClient::new(upstream.clone()),
            user_pnl: UserPnlClient::new(upstream),
        };
        let clock = exchange.clock();
        // Nobody is imported that the test does not ask for.
        let options = WalletOptions { clock, board_length: 0, ..WalletOptions::default() };
        let database = exchange.database.database().clone();
        let service = WalletService::new(database, clients, change(options));
        let stop = CancellationToken::new();
        let running = tokio::spawn(service.run(stop.clone()));
        Self { stop, running }
    }

    /// As a process ends that is killed: nothing is given back.
    pub(crate) async fn kill(mut self) {
        self.running.abort();
        assert!((&mut self.running).await.unwrap_err().is_cancelled());
    }

    /// As a process ends that is told to.
    pub(crate) async fn stop(mut self) {
        self.stop.cancel();
        (&mut self.running).await.unwrap();
    }
}

/// Everybody of the world.
pub(crate) async fn people(exchange: &Exchange) -> Vec<Address> {
    let told = exchange.told("truth/wallets").await;
    let all = told.as_array().unwrap();
    all.iter().map(|one| Address::parse(one["address"].as_str().unwrap()).unwrap()).collect()
}

/// Asks for imports.
pub(crate) async fn want(exchange: &Exchange, wallets: &[Address], full: bool) {
    let pool = exchange.database.service();
    imports::want(pool, wallets, Priority::Asked, exchange.now(), full).await.unwrap();
}

/// How a wallet's import stands.
pub(crate) async fn state(exchange: &Exchange, wallet: &Address) -> ImportState {
    let pool = exchange.database.service();
    imports::state(pool, wallet, exchange.now()).await.unwrap().unwrap()
}

/// Has wallets imported, and waits until they are.
pub(crate) async fn import(exchange: &Exchange, wallets: &[Address], full: bool) {
    let mut missing: Vec<Address> = wallets.to_vec();
    // Time stands still, so what failed is asked for again.
    for _ in 0..5 {
        want(exchange, &missing, full).await;
        settled(exchange, &missing).await;
        let mut failed = Vec::new();
        for wallet in missing {
            if state(exchange, &wallet).await.last_error.is_some() {
                failed.push(wallet);
            }
        }
        missing = failed;
    }
    assert!(missing.is_empty(), "{missing:?} are not imported");
}

/// Waits until no import of some wallets runs or is due.
pub(crate) async fn settled(exchange: &Exchange, wallets: &[Address]) {
    let deadline = Instant::now() + PATIENCE;
    for wallet in wallets {
        loop {
            let state = state(exchange, wallet).await;
            if !state.running && state.due_at > exchange.now() {
                break;
            }
            assert!(Instant::now() < deadline, "{wallet} is not imported: {state:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// What is held of a wallet's history.
pub(crate) async fn history(exchange: &Exchange, wallet: &Address) -> Option<History> {
    wallets::get(exchange.database.service(), wallet).await.unwrap()?.history
}

/// Everything a wallet did, as held.
pub(crate) async fn rows(exchange: &Exchange, wallet: &Address) -> Vec<StoredActivity> {
    activity::history(exchange.database.service(), wallet).await.unwrap()
}

/// What it holds and held.
pub(crate) async fn kept_positions(exchange: &Exchange, wallet: &Address) -> Vec<Position> {
    let pool = exchange.database.service();
    let mut all = positions::open(pool, wallet).await.unwrap();
    all.extend(positions::closed(pool, wallet, 100_000, 0).await.unwrap());
    all
}

/// How it trades.
pub(crate) async fn figures(exchange: &Exchange, wallet: &Address) -> WalletFigures {
    let kept = metrics::get(exchange.database.service(), wallet).await.unwrap().unwrap();
    assert_eq!(kept.version, ingest::wallets::figures::VERSION);
    serde_json::from_value(kept.metrics).unwrap()
}

/// That a wallet's books are the exchange's to the last figure; how many there are.
pub(crate) async fn are_true(exchange: &Exchange, wallet: &Address) -> u32 {
    let history = history(exchange, wallet).await.unwrap();
    assert_eq!(
        (history.completeness.as_str(), history.reasons.as_slice()),
        ("full", &[] as &[String])
    );
    let (rows, ours) = (rows(exchange, wallet).await, kept_positions(exchange, wallet).await);
    let account = exchange.told(&format!("truth/wallets/{wallet}/account")).await;
    let truth = holdings(&account);
    assert_eq!(ours.len(), truth.len(), "{wallet}");
    let compared = compare(&ours, &truth, &rows);
    assert_eq!(compared.differing, Vec::<String>::new(), "{wallet}");
    let remainder = figures(exchange, wallet).await.totals.identity_remainder;
    assert!(remainder.is_none_or(|rest| rest.abs() < 1e-9), "{wallet}: {remainder:?}");
    compared.figures
        + identities::money_is_true(exchange, wallet, &account, &rows).await
        + identities::positions_agree(&ours, &rows)
        + identities::series_agree(exchange, wallet, &rows).await
}

/// That nothing is told of a wallet that its history does not support, and why.
pub(crate) async fn is_withheld(exchange: &Exchange, wallet: &Address, completeness: &str) {
    let told = figures(exchange, wallet).await;
    let totals = [
        &told.totals.realized,
        &told.totals.total,
        &told.totals.fees,
        &told.totals.unrealized,
        &told.totals.income,
    ];
    for figure in totals {
        assert_eq!(*figure, Told::Withheld(completeness.to_owned()));
    }
    assert_eq!(told.all_time.known(), None);
    let held = history(exchange, wallet).await.unwrap();
    assert_eq!(held.completeness, completeness, "{:?}", held.reasons);
}

/// The wallets that did most, the busiest first, and how much.
pub(crate) async fn busiest(exchange: &Exchange) -> Vec<(Address, usize)> {
    let mut counts = BTreeMap::<Address, usize>::new();
    let all = exchange.lab.with_world(|world| world.fill_count()).unwrap();
    for from in (0..all).step_by(10_000) {
        let fills = exchange.told(&format!("truth/fills?from={from}&limit=10000")).await;
        for fill in fills.as_array().unwrap() {
            for side in ["taker", "maker"] {
                let address = fill[side]["address"].as_str().unwrap();
                *counts.entry(Address::parse(address).unwrap()).or_default() += 1;
            }
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

/// What the exchange has in its books, by market and outcome.
pub(crate) type Holdings<'a> = BTreeMap<(ConditionId, u8), &'a Value>;

pub(crate) fn holdings(account: &Value) -> Holdings<'_> {
    let held = account["holdings"].as_array().unwrap().iter().filter(|one| one["bought"] != 0);
    held.map(|one| {
        let condition = ConditionId::parse(one["condition_id"].as_str().unwrap()).unwrap();
        ((condition, u8::try_from(one["outcome"].as_u64().unwrap()).unwrap()), one)
    })
    .collect()
}

pub(crate) fn micro(of: Decimal) -> i64 {
    i64::try_from((of * Decimal::from(1_000_000)).normalize()).unwrap()
}

/// Fills of an order at most, each of which is rounded.
pub(crate) const FILLS: i64 = 100;

/// How far ours and the exchange's books of one wallet are apart.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    pub(crate) figures: u32,
    pub(crate) differing: Vec<String>,
}

/// Markets in which it is not known what came first: upstream tells the second, and in one of them shares came and
/// went. What they cost on average depends on it; what was realised less what the rest cost does not. A conversion
/// concerns all markets of its event.
pub(crate) fn unordered(rows: &[StoredActivity]) -> Unordered<'_> {
    let mut seconds: HashMap<(&ConditionId, DateTime<Utc>), (bool, bool)> = HashMap::new();
    for row in rows.iter().map(|row| &row.activity) {
        let Some(condition) = &row.condition_id else { continue };
        let second = seconds.entry((condition, row.happened_at)).or_default();
        match (row.kind.as_str(), row.direction) {
            ("trade", Some(Direction::Buy)) | ("split", _) => second.0 = true,
            _ => second.1 = true,
        }
    }
    let both = seconds.into_iter().filter(|(_, (came, went))| *came && *went);
    Unordered {
        has_converted: rows.iter().any(|row| row.activity.kind == "conversion"),
        markets: both.map(|((condition, _), _)| condition).collect(),
    }
}

/// See [`unordered`].
pub(crate) struct Unordered<'a> {
    has_converted: bool,
    markets: HashSet<&'a ConditionId>,
}

impl Unordered<'_> {
    pub(crate) fn has(&self, condition: &ConditionId) -> bool {
        self.has_converted || self.markets.contains(condition)
    }
}

/// Holds a wallet's positions against the exchange's books. A row of activity tells a whole order in one price, while
/// the exchange rounds each of its fills, so that a cost may be off by some millionths for each row of its market.
pub(crate) fn compare(
    ours: &[Position],
    truth: &Holdings<'_>,
    rows: &[StoredActivity],
) -> Comparison {
    let mut by_market: BTreeMap<&ConditionId, i64> = BTreeMap::new();
    for condition in rows.iter().filter_map(|row| row.activity.condition_id.as_ref()) {
        *by_market.entry(condition).or_default() += 1;
    }
    let unordered = unordered(rows);
    let mut found = Comparison::default();
    let (mut made, mut truly_made) = (0, 0);
    for position in ours {
        let truth = truth[&(position.condition_id.clone(), position.outcome_index)];
        // What a conversion gave has no row of its own.
        let slack = FILLS * by_market.get(&position.condition_id).copied().unwrap_or_default();
        let booked = &position.booked;
        let figures = [
            ("shares", booked.shares, 0),
            ("bought", booked.bought_shares, 0),
            ("fees", booked.fees_usdc, slack),
            ("cost", booked.cost_usdc, slack),
            ("realized", booked.realized_usdc, slack),
        ];
        for (name, figure, slack) in figures {
            let is_moved =
                ["cost", "realized"].contains(&name) && unordered.has(&position.condition_id);
            found.figures += u32::from(!is_moved);
            let (ours, truth) = (figure.map(micro), truth[name].as_i64().unwrap());
            let is_same = ours.is_some_and(|ours| (ours - truth).abs() <= slack);
            if !is_same && !is_moved {
                let token = &position.token_id;
                found.differing.push(format!("{token} {name}: {ours:?}, truly {truth}"));
            }
            let sign = if name == "cost" { -1 } else { 1 };
            if ["cost", "realized"].contains(&name) {
                made += sign * ours.unwrap_or_default();
                truly_made += sign * truth;
            }
        }
    }
    if (made - truly_made).abs() > FILLS * i64::try_from(rows.len()).unwrap() {
        found.differing.push(format!("realized less cost: {made}, truly {truly_made}"));
    }
    found
}
