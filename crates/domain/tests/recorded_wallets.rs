//! The books of recorded histories: what the chain paid out is what was rebuilt from the trades.

#![expect(clippy::print_stdout, reason = "skipped files are the report of these tests")]
#![expect(clippy::panic, reason = "a row nobody expected should end the test")]
#![expect(clippy::unwrap_used, reason = "a broken set-up should end the test where it is")]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use domain::ledger::{
    BlockPosition, Change, Completeness, Coverage, Entry, Figure, Fill, Ledger, Mark, MarketIx,
    Markets, Micro, MicroUsdc, Place, Position, Reason, Role, Slot, Standing, Terms, Valuation,
};
use domain::{ConditionId, Shares, Side, TransactionHash, Usdc};
use flate2::read::GzDecoder;
use rust_decimal::Decimal;
use serde::Deserialize;

fn recorded(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("CASCADIAN_RECORDED_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let file = root.join(path);
    if file.exists() {
        return Some(file);
    }
    println!("SKIPPED: {} is absent; set CASCADIAN_RECORDED_DATA", file.display());
    None
}

fn decompressed(file: &Path) -> String {
    let mut text = String::new();
    let reader = BufReader::new(File::open(file).unwrap());
    GzDecoder::new(reader).read_to_string(&mut text).unwrap();
    text
}

/// A row of Data v1's `/activity`, as far as it is wanted here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    timestamp: i64,
    condition_id: String,
    #[serde(rename = "type")]
    kind: String,
    size: serde_json::Number,
    usdc_size: serde_json::Number,
    price: serde_json::Number,
    transaction_hash: String,
    side: String,
    outcome_index: u32,
    slug: String,
}

fn decimal(number: &serde_json::Number) -> Decimal {
    let text = number.to_string();
    text.parse().or_else(|_| Decimal::from_scientific(&text)).unwrap()
}

impl Row {
    fn at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.timestamp, 0).unwrap()
    }

    /// These markets are named after the second at which they begin, which is when this wallet begins
    /// to trade them.
    fn begins_at(&self) -> DateTime<Utc> {
        let second = self.slug.rsplit('-').next().unwrap().parse().unwrap();
        DateTime::from_timestamp(second, 0).unwrap()
    }

    fn shares(&self) -> Shares {
        Shares::new(decimal(&self.size)).unwrap()
    }

    fn usdc(&self) -> Usdc {
        Usdc::new(decimal(&self.usdc_size)).unwrap()
    }

    fn change(&self, market: MarketIx) -> Change {
        let shares = Micro::of_shares(self.shares()).unwrap();
        let fill = |side| {
            let outcome = u8::try_from(self.outcome_index).unwrap();
            let price = decimal(&self.price);
            let slot = Slot { market, outcome };
            Fill::reported(slot, side, self.shares(), self.usdc(), price, Role::Unknown).unwrap()
        };
        match (self.kind.as_str(), self.side.as_str()) {
            ("TRADE", "BUY") => Change::Buy(fill(Side::Buy)),
            ("TRADE", "SELL") => Change::Sell(fill(Side::Sell)),
            ("MERGE", _) => Change::Merge { market, shares },
            ("REDEEM", _) => Change::Redeem { market, usdc: Micro::of_usdc(self.usdc()).unwrap() },
            other => panic!("{other:?} was not recorded"),
        }
    }
}

/// The recorded activity of one wallet, oldest first: 41 minutes of an older history.
struct Activity {
    rows: Vec<Row>,
    markets: Markets,
    entries: Vec<Entry>,
}

impl Activity {
    fn read() -> Option<Self> {
        let file = recorded("data-v1/activity-3500.json.gz")?;
        let mut rows: Vec<Row> = serde_json::from_str(&decompressed(&file)).unwrap();
        rows.reverse();
        let mut markets = Markets::new();
        let mut entries = Vec::new();
        for (place, row) in (0..).zip(&rows) {
            let condition_id = ConditionId::parse(&row.condition_id).unwrap();
            let listed_at = Some(row.begins_at());
            let market = markets.set(Terms { listed_at, ..Terms::unknown(condition_id) });
            let hash = TransactionHash::parse(&row.transaction_hash).unwrap();
            // The list is in the chain's order, which says more than the second.
            let block = u64::try_from(row.timestamp).unwrap();
            let place = Place {
                at: row.at(),
                block: Some(BlockPosition { block, log_index: place }),
                transaction: Place::transaction_of(&hash),
                ordinal: 0,
            };
            entries.push(Entry { place, change: row.change(market) });
        }
        Some(Self { rows, markets, entries })
    }

    /// The first second is cut: other rows of it may be missing.
    fn since(&self) -> DateTime<Utc> {
        self.rows[0].at() + chrono::TimeDelta::seconds(1)
    }

    fn books(&self) -> Valuation {
        let mut entries = self.entries.clone();
        let ledger = Ledger::fold(&self.markets, Coverage::capped(self.since()), &mut entries);
        ledger.value(&self.markets, |_| Mark::Unknown)
    }

    fn is_whole(&self, position: &Position) -> bool {
        self.markets.terms(position.slot.market).listed_at.unwrap() >= self.since()
    }

    fn has_redemption(&self, market: MarketIx) -> bool {
        self.entries.iter().any(|entry| {
            matches!(entry.change, Change::Redeem { market: redeemed, .. } if redeemed == market)
        })
    }
}

#[test]
fn what_the_chain_redeemed_is_what_the_trades_left() {
    let Some(activity) = Activity::read() else { return };
    let books = activity.books();
    assert_eq!(books.completeness, Completeness::Capped);
    assert!(books.doubts.has_gap(), "more of older markets was redeemed than bought meanwhile");
    assert_eq!(books.identity.map(|identity| identity.remainder()), None, "nobody knows a price");
    assert!(matches!(books.total, Figure::Withheld(_)));
    let (mut redeemed, mut open) = (0, 0);
    for position in &books.positions {
        if !activity.is_whole(position) {
            assert!(position.total.known().is_none(), "{position:?}");
            continue;
        }
        // A redemption pays exactly the shares that the trades left of one outcome, or it would be in
        // doubt: 9,405.446678 shares of one of these markets, to the last of them.
        assert!(position.doubts.is_empty(), "{position:?}");
        if activity.has_redemption(position.slot.market) {
            redeemed += 1;
            assert_eq!(position.standing, Standing::Closed);
            assert!(position.total.known().is_some());
        } else {
            open += usize::from(position.standing == Standing::Open);
        }
    }
    assert_eq!(redeemed, 16, "tokens of the eight markets that began and were redeemed meanwhile");
    assert!(open > 0);
}

/// The same by the documented rules, in decimals, written down another way.
#[derive(Default, Clone, Copy)]
struct ByRule {
    amount: f64,
    average: f64,
    bought: f64,
    realised: f64,
}

impl ByRule {
    fn buy(&mut self, shares: f64, price: f64) {
        let amount = self.amount + shares;
        self.average = (self.average * self.amount + price * shares) / amount;
        self.amount = amount;
        self.bought += shares;
    }

    fn sell(&mut self, shares: f64, price: f64) {
        let sold = shares.min(self.amount);
        self.realised += sold * (price - self.average);
        self.amount -= sold;
    }
}

#[test]
fn sizes_averages_and_profits_follow_the_documented_rules() {
    let Some(activity) = Activity::read() else { return };
    let mut by_rule: BTreeMap<Slot, ByRule> = BTreeMap::new();
    for (row, entry) in activity.rows.iter().zip(&activity.entries) {
        let number = |number: &serde_json::Number| number.as_f64().unwrap();
        let (size, price) = (number(&row.size), number(&row.price));
        match &entry.change {
            Change::Buy(fill) => by_rule.entry(fill.slot).or_default().buy(size, price),
            Change::Sell(fill) => by_rule.entry(fill.slot).or_default().sell(size, price),
            Change::Merge { market, .. } => {
                for outcome in 0..2 {
                    let slot = Slot { market: *market, outcome };
                    by_rule.entry(slot).or_default().sell(size, 0.5);
                }
            }
            Change::Redeem { market, .. } => redeem(&mut by_rule, *market, number(&row.usdc_size)),
            _ => unreachable!(),
        }
    }
    let close = |ours: f64, theirs: f64, what: &str| {
        assert!((ours - theirs).abs() < 2e-4, "{what}: {ours} is not {theirs}");
    };
    let books = activity.books();
    let mut compared = 0;
    for position in books.positions.iter().filter(|position| activity.is_whole(position)) {
        let rule = by_rule[&position.slot];
        let basis = position.average.known().unwrap();
        close(position.shares as f64 / 1e6, rule.amount, "size");
        close(position.bought as f64 / 1e6, rule.bought, "total bought");
        close(position.average_price.known().unwrap().unwrap(), rule.average, "average price");
        close(basis.realised as f64 / 1e6, rule.realised, "realised");
        compared += 1;
    }
    assert_eq!(compared, 40, "both tokens of twenty markets");
}

/// Sells all of both outcomes: the one whose shares were paid for a dollar, the other for nothing.
fn redeem(by_rule: &mut BTreeMap<Slot, ByRule>, market: MarketIx, paid: f64) {
    for outcome in 0..2 {
        let held = by_rule.entry(Slot { market, outcome }).or_default();
        let won = paid > 0.0 && (held.amount - paid).abs() < 1e-4;
        held.sell(held.amount, if won { 1.0 } else { 0.0 });
        held.amount = 0.0;
    }
}

#[test]
fn a_purchase_that_is_left_out_is_found_by_what_was_redeemed() {
    let Some(activity) = Activity::read() else { return };
    let whole = activity.books();
    let coverage = || Coverage::capped(activity.since());
    let is_redemption = |entry: &&Entry| matches!(entry.change, Change::Redeem { .. });
    let mut unredeemed: Vec<Entry> =
        activity.entries.iter().filter(|entry| !is_redemption(entry)).cloned().collect();
    let before = Ledger::fold(&activity.markets, coverage(), &mut unredeemed);
    let (mut found, mut known) = (0, 0);
    for place in (0..activity.entries.len()).step_by(10) {
        let mut entries = activity.entries.clone();
        let Change::Buy(fill) = entries.remove(place).change else { continue };
        let is_left_out = |one: &&Position| one.slot == fill.slot;
        let original = whole.positions.iter().find(is_left_out).unwrap();
        // What was lost pays nothing, however much of it there was: only the venue's list finds that.
        let has_won = entries.iter().any(|entry| match entry.change {
            Change::Redeem { market, usdc } => {
                market == fill.slot.market && usdc.get() > 0 && before.held(fill.slot) == usdc.get()
            }
            _ => false,
        });
        if original.total.known().is_some() && has_won {
            known += 1;
            let ledger = Ledger::fold(&activity.markets, coverage(), &mut entries);
            let books = ledger.value(&activity.markets, |_| Mark::Unknown);
            let without = books.positions.iter().find(is_left_out).unwrap();
            found += usize::from(without.total == Figure::Withheld(Reason::Gap));
        }
    }
    assert!(known > 40, "{known}");
    assert_eq!(found, known);
}

/// Σ of what all wallets paid and received, by market, as the ledger counts fills.
fn tape_volumes(text: &str) -> BTreeMap<String, MicroUsdc> {
    let mut markets = Markets::new();
    let mut by_wallet: BTreeMap<(String, String), Vec<Entry>> = BTreeMap::new();
    for (ordinal, line) in (0..).zip(text.lines().skip(1)) {
        let fields: Vec<&str> = line.rsplitn(6, ',').collect();
        let [shares, usdc, side, wallet, at, rest] = fields.as_slice() else { panic!("{line}") };
        let mut rest = rest.split(',');
        let (condition, outcome) = (rest.next().unwrap(), rest.nth(1).unwrap());
        let market = markets.of(&ConditionId::parse(condition).unwrap());
        let micro = |text: &str| {
            let usdc = Usdc::new(text.parse().unwrap()).unwrap();
            Micro::of_usdc(usdc).unwrap()
        };
        let slot = Slot { market, outcome: outcome.parse().unwrap() };
        let (shares, usdc) = (micro(shares), micro(usdc));
        let fill = Fill { slot, shares, usdc, fee: None, role: Role::Taker };
        let change = if *side == "Buy" { Change::Buy(fill) } else { Change::Sell(fill) };
        let at = chrono::NaiveDateTime::parse_from_str(at, "%Y-%m-%d %H:%M:%S").unwrap().and_utc();
        let place = Place { ordinal, ..Place::at(at) };
        let key = (condition.to_owned(), (*wallet).to_owned());
        by_wallet.entry(key).or_default().push(Entry { place, change });
    }
    let mut volumes = BTreeMap::new();
    for ((condition, _), mut entries) in by_wallet {
        let ledger = Ledger::fold(&markets, Coverage::full(), &mut entries);
        let fills = ledger.value(&markets, |_| Mark::Unknown).fills;
        *volumes.entry(condition).or_default() += fills.taker_usdc;
    }
    volumes
}

#[test]
fn the_midterm_tape_has_the_volumes_that_gamma_has() {
    #[derive(Deserialize)]
    struct Market {
        tape: String,
        condition_id: String,
        gamma_volume_usdc: String,
        tape_matches_gamma_volume: bool,
    }
    let Some(listed) = recorded("midterms-2022/markets.json") else { return };
    let Some(tape) = recorded("midterms-2022/trades.csv.gz") else { return };
    let markets: Vec<Market> =
        serde_json::from_reader(BufReader::new(File::open(listed).unwrap())).unwrap();
    let volumes = tape_volumes(&decompressed(&tape));
    let mut matching = 0;
    for market in &markets {
        let gamma: f64 = market.gamma_volume_usdc.parse().unwrap();
        let ours = volumes[&market.condition_id] as f64 / 1e6;
        let is_close = (ours - gamma).abs() <= gamma * 0.001;
        assert_eq!(is_close, market.tape_matches_gamma_volume, "{}: {ours}, {gamma}", market.tape);
        matching += usize::from(is_close);
    }
    assert_eq!((matching, markets.len()), (18, 29));
}
