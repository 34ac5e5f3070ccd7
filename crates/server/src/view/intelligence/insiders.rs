//! Evidence of informed trading, in the words of `domain::insiders::wording` and no others.

use chrono::{DateTime, Utc};
use domain::{
    Category,
    insiders::{gates, table, wording},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::intelligence::boards::insiders::{InformedMarket as StoredMarket, StoredEvidence};
use utoipa::ToSchema;

use super::{Evidence, MarketNames, MarketRef, WalletRef, words};

/// Whether looking for informed trading makes sense in a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gate {
    /// `open`, `shut` or `unknown`.
    pub state: &'static str,
    /// Why it is not open.
    pub reason: Option<&'static str>,
}

impl Gate {
    /// By category.
    pub fn of(category: Option<Category>) -> Self {
        match gates::category(category) {
            gates::Gate::Open => Self { state: "open", reason: None },
            gates::Gate::Shut(reason) => Self { state: "shut", reason: Some(reason) },
            gates::Gate::Unknown(reason) => Self { state: "unknown", reason: Some(reason) },
        }
    }

    /// Of an account as such, which is in many categories.
    pub const ACCOUNT: Self = Self { state: "open", reason: None };
}

/// How much of the news reached the price before the public.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LeakageView {
    /// 0 nothing to 1 everything; null out of scope, and where nobody has looked.
    pub ils: Option<f64>,
    /// Why it is not computed; null where it is, and where nobody has looked.
    pub out_of_scope: Option<String>,
    /// What a cent less or more in each price makes of it, the lower end.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

/// Why a layer says nothing, in words where they were written down.
fn why(row: &StoredEvidence) -> Option<String> {
    let named = row.out_of_scope.clone()?;
    let told = row.ingredients.get("why").and_then(Value::as_str);
    Some(told.map_or(named, str::to_owned))
}

impl LeakageView {
    /// What was written down; all null where nothing was.
    pub fn of(row: Option<&StoredEvidence>) -> Self {
        let known =
            |name: &str| row.and_then(|row| row.ingredients.get(name)).and_then(Value::as_f64);
        Self {
            ils: row
                .and_then(|row| row.strength)
                .and(known("ils").or(row.and_then(|row| row.strength))),
            out_of_scope: row.and_then(why),
            low: known("low"),
            high: known("high"),
        }
    }
}

/// What is known of informed trading in a market.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct InformedMarket {
    /// The market.
    pub market: MarketRef,
    /// Wallets of which something is found, by size, timing and direction against what was known before.
    pub pairs: u32,
    /// The strongest of them, in deviations.
    pub strongest_sd: Option<f64>,
    /// How much of the news reached the price before the public.
    pub leakage: LeakageView,
    /// Whether looking makes sense in its category: `open`, `shut` or `unknown`.
    pub gate: String,
    /// Why it is not open.
    pub gate_reason: Option<String>,
    /// What may be said of it.
    pub wording: String,
    /// The first finding.
    pub first_at: DateTime<Utc>,
    /// The last one.
    pub last_at: DateTime<Utc>,
    /// The records.
    pub evidence: Vec<Evidence>,
}

impl InformedMarket {
    /// What is known of a market.
    pub fn of(
        row: &StoredMarket,
        leakage: Option<&StoredEvidence>,
        gate: Gate,
        markets: &mut MarketNames<'_>,
    ) -> Self {
        let market = markets.market(row.market_id.as_str(), None);
        Self {
            pairs: row.pairs,
            strongest_sd: row.strongest,
            leakage: LeakageView::of(leakage),
            gate: gate.state.to_owned(),
            gate_reason: gate.reason.map(str::to_owned),
            wording: wording::PAIR.to_owned(),
            first_at: row.first_at,
            last_at: row.last_at,
            evidence: vec![Evidence::market(&market)],
            market,
        }
    }
}

/// A row of an evidence table: whether something is found, and how often among others who are like it otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EvidenceRow {
    /// Its name.
    pub signal: String,
    /// The name in words.
    pub label: String,
    /// Deviations above what was seen before; null where that is not what it is counted in, and unknown.
    pub value: Option<f64>,
    /// Whether it is found; null unknown.
    pub present: Option<bool>,
    /// Controls of whom it is known.
    pub matched: u64,
    /// Controls in which it is found.
    pub matched_present: u64,
    /// Part of them; null without any.
    pub rate: Option<f64>,
    /// The lower end of its 95 % interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

impl EvidenceRow {
    fn read(written: &Value) -> Option<Self> {
        let number = |name: &str| written.get(name).and_then(Value::as_f64);
        let count = |name: &str| written.get(name).and_then(Value::as_u64);
        let signal = written.get("signal")?.as_str()?;
        Some(Self {
            signal: signal.to_owned(),
            label: words::evidence_signal(signal),
            value: number("value"),
            present: written.get("present").and_then(Value::as_bool),
            matched: count("matched").unwrap_or(0),
            matched_present: count("matched_present").unwrap_or(0),
            rate: number("rate"),
            low: number("low"),
            high: number("high"),
        })
    }

    /// A signal of which only its deviations were written down.
    fn bare(signal: table::Signal, value: Option<f64>) -> Self {
        let from = signal.from_deviations();
        Self {
            signal: signal.slug().to_owned(),
            label: words::evidence_signal(signal.slug()),
            present: value.zip(from).map(|(value, from)| value >= from),
            value,
            matched: 0,
            matched_present: 0,
            rate: None,
            low: None,
            high: None,
        }
    }
}

/// The signals of live pairs, and the ingredients that hold their deviations.
const MEASURED: [(table::Signal, &str); 4] = [
    (table::Signal::Size, "s1_size"),
    (table::Signal::OwnSize, "s2_own_size"),
    (table::Signal::EarlyLongShots, "s4_early_long_shots"),
    (table::Signal::Direction, "s5_direction"),
];

/// The evidence table as written down; of live pairs without one, the deviations alone.
fn table_of(row: &StoredEvidence) -> Vec<EvidenceRow> {
    if let Some(rows) = row.ingredients.get("table").and_then(Value::as_array) {
        return rows.iter().filter_map(EvidenceRow::read).collect();
    }
    if row.layer != "pair" {
        return Vec::new();
    }
    let value = |name: &str| row.ingredients.get(name).and_then(Value::as_f64);
    MEASURED.map(|(signal, name)| EvidenceRow::bare(signal, value(name))).to_vec()
}

/// Evidence on a wallet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct InformedWallet {
    /// The wallet.
    pub wallet: WalletRef,
    /// The market; null of the account as such.
    pub market: Option<MarketRef>,
    /// `pair`: size, timing and direction in a market against what was known before. `history`: the whole account.
    pub layer: String,
    /// By which rows of a layer are ordered, in deviations; null out of scope. Of a pair how rare all that is found of it is
    /// among its controls, given on how many events its owner was looked at; of an account how many more long shots came
    /// true than their prices expect.
    pub strength: Option<f64>,
    /// The chance of as much: of a pair about the part of its controls of whom the same is found, null without controls; of
    /// an account by the prices it paid.
    pub tail_p: Option<f64>,
    /// `found`, `usual`, `too_few`, `not_corrected` or `out_of_scope`.
    pub verdict: String,
    /// Why the layer says nothing, in words.
    pub out_of_scope: Option<String>,
    /// Whether looking makes sense in the market's category.
    pub gate: String,
    /// Why it is not open.
    pub gate_reason: Option<String>,
    /// Whether each signal is found, and how often among controls. Rows are neither multiplied nor added up.
    pub table: Vec<EvidenceRow>,
    /// What may be said of it.
    pub wording: String,
    /// What stands beneath every finding.
    pub reserve: String,
    /// Up to when what it rests on was known.
    pub as_of: DateTime<Utc>,
    /// Of the definition.
    pub version: i16,
    /// The records.
    pub evidence: Vec<Evidence>,
}

impl InformedWallet {
    /// Evidence as held.
    pub fn of(
        row: &StoredEvidence,
        wallet: WalletRef,
        gate: Gate,
        markets: &mut MarketNames<'_>,
    ) -> Self {
        let market = row.market_id.as_ref().map(|id| markets.market(id.as_str(), None));
        let number = |name: &str| row.ingredients.get(name).and_then(Value::as_f64);
        let said = row.ingredients.get("verdict").and_then(Value::as_str);
        let verdict = match (said, row.strength) {
            (Some(said), _) => said,
            (None, Some(_)) => "found",
            (None, None) => "out_of_scope",
        };
        let wording = match (row.layer.as_str(), verdict) {
            (_, "out_of_scope") => wording::OUT_OF_SCOPE,
            (_, "too_few") => wording::TOO_FEW,
            (_, "usual") => wording::USUAL,
            (_, "not_corrected") => wording::NOT_CORRECTED,
            ("pair", _) => wording::PAIR,
            _ => wording::ACCOUNT,
        };
        let mut evidence = Evidence::read(&row.evidence, market.as_ref(), Some(&wallet.address));
        evidence.push(Evidence::wallet(&wallet.address));
        evidence.extend(market.as_ref().map(Evidence::market));
        Self {
            layer: row.layer.clone(),
            strength: row.strength,
            tail_p: number("tail_p").or_else(|| number("tail")),
            verdict: verdict.to_owned(),
            out_of_scope: why(row),
            gate: gate.state.to_owned(),
            gate_reason: gate.reason.map(str::to_owned),
            table: table_of(row),
            wording: wording.to_owned(),
            reserve: wording::RESERVE.to_owned(),
            as_of: row.as_of,
            version: row.version,
            evidence,
            wallet,
            market,
        }
    }
}

/// Informed trading in one market, in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MarketInformed {
    /// Wallets of which something is found.
    pub pairs: u32,
    /// Whether looking makes sense in its category.
    pub gate: String,
    /// Why it is not open.
    pub gate_reason: Option<String>,
    /// How much of the news reached the price before the public.
    pub leakage: LeakageView,
}
