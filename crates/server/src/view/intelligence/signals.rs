//! Published signals with their results, and what intelligence says of one market.

use chrono::{DateTime, Utc};
use domain::{
    Side,
    stats::{Clustered, Weighted},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::intelligence::boards::{
    markets::{StoredConsensus, StoredWash},
    signals::KindTally,
};
use store::intelligence::signals as stored;
use utoipa::ToSchema;

use super::{
    ClassNet, ConcentrationRow, Evidence, Ingredient, MarketInformed, MarketNames, MarketRef,
    whale::side_word, words,
};

/// A published signal. It is never changed; a result is added once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Signal {
    /// Its id.
    pub id: String,
    /// When it was published.
    pub published_at: DateTime<Utc>,
    /// Up to when what it rests on was known.
    pub as_of: DateTime<Utc>,
    /// When it is settled; null: when the market is resolved.
    pub due_at: Option<DateTime<Utc>>,
    /// Of the definition.
    pub version: i16,
    /// Independent observations behind it.
    pub n: f64,
    /// What it says, by name.
    pub kind: String,
    /// Of which market.
    pub market: MarketRef,
    /// `yes` for the market's first outcome, `no` against it; null: it points nowhere.
    pub side: Option<String>,
    /// 0 to 100.
    pub strength: f64,
    /// The middle of the best prices of the first outcome when it was made; null: it can never be settled.
    pub price: Option<f64>,
    /// Dollars a share that following it cost; null unknown.
    pub cost: Option<f64>,
    /// What it was read from: `feed`, `activity` or `chain`.
    pub basis: String,
    /// What it was made from.
    pub ingredients: Vec<Ingredient>,
    /// The records.
    pub evidence: Vec<Evidence>,
    /// What became of it; null until it is settled.
    pub result: Option<SignalResult>,
}

/// What became of a signal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SignalResult {
    /// When it was settled.
    pub settled_at: DateTime<Utc>,
    /// `settled`: it gained or lost. `push`: neither, or the market paid in part. `void`: it can have no result.
    pub status: String,
    /// Why it is void, by name.
    pub reason: Option<String>,
    /// Dollars a share of the first outcome at the end.
    pub exit_price: Option<f64>,
    /// Dollars a share in its direction, before the cost of following it.
    pub gain: Option<f64>,
    /// After it; null where the cost is unknown.
    pub net: Option<f64>,
}

impl From<&stored::SignalResult> for SignalResult {
    fn from(result: &stored::SignalResult) -> Self {
        let (reason, exit_price, gain, net) = match &result.end {
            stored::End::Settled { exit_price, gain, net, .. } => {
                (None, Some(*exit_price), Some(*gain), *net)
            }
            stored::End::Void(reason) => (Some(reason.clone()), None, None, None),
        };
        Self {
            settled_at: result.settled_at,
            status: result.end.slug().to_owned(),
            reason,
            exit_price,
            gain,
            net,
        }
    }
}

impl Signal {
    /// A signal as held.
    pub fn of((signal, result): &stored::Told, markets: &mut MarketNames<'_>) -> Self {
        // Named by the outcome it points at, which need not be a Yes or a No.
        let outcome = signal.side.map(|side| usize::from(side != Side::Buy));
        let market = markets.market(signal.market_id.as_str(), outcome);
        let mut evidence = Evidence::read(&signal.evidence, Some(&market), None);
        evidence.push(Evidence::market(&market));
        Self {
            id: signal.id.to_string(),
            published_at: signal.published_at,
            as_of: signal.as_of,
            due_at: signal.due_at,
            version: signal.version,
            n: signal.n,
            kind: signal.kind.clone(),
            side: signal.side.map(|side| side_word(side == Side::Buy).to_owned()),
            strength: signal.strength,
            price: signal.price,
            cost: signal.cost,
            basis: signal.basis.clone(),
            ingredients: Ingredient::read(&signal.ingredients),
            evidence,
            result: result.as_ref().map(SignalResult::from),
            market,
        }
    }
}

/// A signal was settled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SignalResultTick {
    /// The signal's id.
    pub id: String,
    /// Of which market.
    pub market_id: String,
    /// What it said, by name.
    pub kind: String,
    /// What became of it.
    pub result: SignalResult,
}

/// How signals of a kind did. Signals of one event are one observation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SignalTally {
    /// The kind.
    pub kind: String,
    /// Published.
    pub published: u64,
    /// Without a result yet.
    pub open: u64,
    /// With a gain or a loss.
    pub settled: u64,
    /// Of them with a gain before costs.
    pub right: u64,
    /// With a loss before costs.
    pub wrong: u64,
    /// With neither, or of markets that paid in part.
    pub push: u64,
    /// Without a result for ever.
    pub void: u64,
    /// Events among those with a result.
    pub events: u64,
    /// Mean net gain in dollars a share, each event once; null while a cost is unknown, and of none.
    pub mean_net: Option<f64>,
    /// The lower end of its 95 % interval by events; null of one event.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

impl From<KindTally> for SignalTally {
    fn from(tally: KindTally) -> Self {
        let nets = &tally.net_by_event;
        let is_known = tally.costless_events == 0 && !nets.is_empty();
        let weighted = nets.iter().enumerate();
        let weighted: Vec<_> = weighted
            .map(|(event, net)| Weighted { cluster: event, sum: *net, weight: 1.0 })
            .collect();
        let interval = Clustered::mean(&weighted).and_then(|mean| mean.interval);
        let interval = interval.filter(|_| is_known);
        Self {
            published: tally.published,
            open: tally.open,
            settled: tally.settled,
            right: tally.right,
            wrong: tally.wrong,
            push: tally.push,
            void: tally.void,
            events: nets.len() as u64 + tally.costless_events,
            mean_net: is_known.then(|| nets.iter().sum::<f64>() / nets.len() as f64),
            low: interval.map(|(low, _)| low),
            high: interval.map(|(_, high)| high),
            kind: tally.kind,
        }
    }
}

/// A part of the ledger of signals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SignalPage {
    /// The signals, the newest first.
    pub rows: Vec<Signal>,
    /// Where the next page begins; null at the end.
    pub next_cursor: Option<String>,
    /// What must come first, where there is no signal and none could be there yet.
    pub waiting_for: Option<String>,
    /// How all signals ever published did, by kind, whatever was asked for.
    pub tally: Vec<SignalTally>,
}

/// What those whose record speaks for them hold in a market.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MarketConsensus {
    /// −100 all against the first outcome to 100 all for it.
    pub imbalance: f64,
    /// The least it may be.
    pub low: Option<f64>,
    /// The most it may be.
    pub high: Option<f64>,
    /// So many equal and independent voices.
    pub voices: f64,
    /// What they paid on average for the first outcome.
    pub paid: Option<f64>,
    /// What it cost when that was counted.
    pub price: Option<f64>,
    /// What they take its chance to be, less the price; null where that was not computed.
    pub divergence: Option<f64>,
    /// Up to when what it rests on was known.
    pub as_of: DateTime<Utc>,
    /// Of the definition.
    pub version: i16,
    /// Owners who hold; null where that was not written down.
    pub n: Option<f64>,
    /// What was read.
    pub basis: String,
}

impl MarketConsensus {
    /// Why nothing is said although somebody was asked.
    pub fn why_none(row: &StoredConsensus) -> String {
        let why = match row.ingredients.get("why_none").and_then(Value::as_str) {
            Some("no_price") => "Nobody offers a price to weigh it by.",
            Some("no_liquidity") => "Nothing rests in its book to weigh stakes by.",
            _ => "Fewer than three independent voices hold it.",
        };
        why.to_owned()
    }

    /// A consensus as held; `None` where there are too few voices.
    pub fn of(row: &StoredConsensus) -> Option<Self> {
        let known = |name: &str| row.ingredients.get(name).and_then(Value::as_f64);
        let basis = row.ingredients.get("basis").and_then(Value::as_str);
        Some(Self {
            imbalance: row.imbalance?,
            low: row.low,
            high: row.high,
            voices: row.voices,
            paid: row.paid,
            price: row.price,
            divergence: row
                .ingredients
                .get("divergence")
                .and_then(|far| far.get("from_price"))
                .and_then(Value::as_f64),
            as_of: row.as_of,
            version: row.version,
            n: known("owners"),
            basis: basis.unwrap_or("activity").to_owned(),
        })
    }
}

/// One measure of trade with oneself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WashMeasureView {
    /// Its name.
    pub name: String,
    /// The name in words.
    pub label: String,
    /// Part of all shares at least; null where it cannot be computed.
    pub low: Option<f64>,
    /// Part of all shares at most.
    pub high: Option<f64>,
}

/// What of a market's trade looks like trade with oneself, by several measures side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MarketWash {
    /// Each measure.
    pub measures: Vec<WashMeasureView>,
    /// The least any of them says.
    pub low: Option<f64>,
    /// The most any of them says.
    pub high: Option<f64>,
    /// What was read.
    pub basis: String,
    /// When it was looked at.
    pub as_of: DateTime<Utc>,
}

impl MarketWash {
    /// The measures as held.
    pub fn of(row: &StoredWash) -> Self {
        let measure = |written: &Value| {
            let name = written.get("name")?.as_str()?;
            let number = |name: &str| written.get(name).and_then(Value::as_f64);
            Some(WashMeasureView {
                name: name.to_owned(),
                label: words::label(name),
                low: number("low"),
                high: number("high"),
            })
        };
        let measures = row.measures.as_array().into_iter().flatten();
        Self {
            measures: measures.filter_map(measure).collect(),
            low: row.low,
            high: row.high,
            basis: row.basis.clone(),
            as_of: row.as_of,
        }
    }
}

/// Net flow of takers of a market by class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MarketNetFlows {
    /// Over the last 24 hours.
    pub h24: Vec<ClassNet>,
}

/// What intelligence says of a market.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MarketIntelligence {
    /// What those whose record speaks for them hold; null where there are too few of them, or nobody has looked.
    pub consensus: Option<MarketConsensus>,
    /// Why there is none.
    pub why_none: Option<String>,
    /// How concentrated each outcome's holdings are; empty where nobody has looked.
    pub concentration: Vec<ConcentrationRow>,
    /// Net flow of takers by class.
    pub flows: MarketNetFlows,
    /// Trades of the last 24 hours that were notable.
    pub notable: u64,
    /// What looks like trade with oneself; null where nobody has looked.
    pub wash: Option<MarketWash>,
    /// Evidence of informed trading, in short.
    pub informed: MarketInformed,
    /// Its last signals, at most ten.
    pub signals: Vec<Signal>,
}
