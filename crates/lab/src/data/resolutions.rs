//! `/v2/resolutions`: how far a market is from its resolution, and what it pays.

use axum::extract::State;
use serde::Serialize;

use super::number::{block, seconds};
use super::paging::Envelope;
use super::params::{Params, is_hex};
use super::problem::Problem;
use super::rows::iso;
use super::{Answer, ask, cached};
use crate::exchange::{Exchange, MICRO, MarketIx, Usdc};
use crate::noise::Noise;
use crate::server::App;
use crate::world::{Market, World};

const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 24 * HOUR_S;

/// A proposal that nobody disputes settles after so long.
const LIVENESS_S: i64 = 2 * HOUR_S;

/// After a dispute a second proposal is made; disputed again after so long, it goes to a vote.
const SECOND_DISPUTE_S: i64 = 2 * HOUR_S;

/// A vote ends at the so-manieth midnight.
const VOTE_DAYS: i64 = 3;

/// Stands for a price nobody has named.
const UNSET: &str = "69";

/// How far a market is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Open, and a price feed will decide.
    Active {
        since_s: i64,
    },
    /// Open, and somebody will propose an outcome.
    Posed {
        since_s: i64,
    },
    Proposed {
        since_s: i64,
    },
    /// Disputed once.
    Challenged {
        since_s: i64,
    },
    /// Disputed twice: put to the vote.
    Disputed {
        since_s: i64,
    },
    Resolved {
        since_s: i64,
        payouts: [Usdc; 2],
    },
}

impl Phase {
    fn of(exchange: &Exchange, market: &Market, now_s: i64) -> Self {
        let listing = exchange.listing(market.ix);
        if let (Some(payouts), Some(resolved_ms)) = (listing.payouts, listing.resolved_ms) {
            return Self::Resolved { since_s: seconds(resolved_ms), payouts };
        }
        let calendar = market.calendar;
        let opened_s = seconds(listing.listed_ms);
        let Some(proposed_s) = calendar.proposed_s else {
            return Self::Active { since_s: opened_s };
        };
        match calendar.disputed_s {
            Some(first_s) if first_s + SECOND_DISPUTE_S <= now_s => {
                Self::Disputed { since_s: first_s + SECOND_DISPUTE_S }
            }
            Some(first_s) if first_s <= now_s => Self::Challenged { since_s: first_s },
            _ if proposed_s <= now_s => Self::Proposed { since_s: proposed_s },
            _ => Self::Posed { since_s: opened_s },
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Active { .. } => "active",
            Self::Posed { .. } => "posed",
            Self::Proposed { .. } => "proposed",
            Self::Challenged { .. } => "challenged",
            Self::Disputed { .. } => "disputed",
            Self::Resolved { .. } => "resolved",
        }
    }

    const fn since_s(self) -> i64 {
        match self {
            Self::Active { since_s }
            | Self::Posed { since_s }
            | Self::Proposed { since_s }
            | Self::Challenged { since_s }
            | Self::Disputed { since_s }
            | Self::Resolved { since_s, .. } => since_s,
        }
    }

    /// When it should be settled, and why then. Nothing is said of a time that has passed.
    fn estimate(self, now_s: i64) -> Option<(i64, &'static str)> {
        let estimate = match self {
            Self::Proposed { since_s } => (since_s + LIVENESS_S, "managed_proposal_expiration"),
            Self::Disputed { since_s } => {
                ((since_s.div_euclid(DAY_S) + VOTE_DAYS) * DAY_S, "dvm_round_estimate")
            }
            _ => return None,
        };
        (estimate.0 > now_s).then_some(estimate)
    }
}

/// By which id a row was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Question,
    Condition,
}

/// A row; which members it has depends on the phase and on what was asked for.
#[derive(Clone, Debug, Default, Serialize)]
struct ResolutionRow {
    #[serde(skip_serializing_if = "Option::is_none")]
    question_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition_id: Option<String>,
    status: &'static str,
    extended_review: bool,
    was_disputed: bool,
    new_version_q: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    proposed_price: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reproposed_price: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<String>,
    transaction_hash: String,
    log_index: String,
    last_update_timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    payouts: Option<[Usdc; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolution_source: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reporter: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    market_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    was_arbitrated: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_block: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_settlement_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    settlement_time_basis: Option<&'static str>,
}

impl ResolutionRow {
    fn new(world: &World, ix: MarketIx, key: Key) -> Self {
        let (_, market) = world.market(ix);
        let now_s = seconds(world.now_ms());
        let phase = Phase::of(world.exchange(), market, now_s);
        let disputed_s = market.calendar.disputed_s;
        let row = Self {
            condition_id: (key == Key::Condition).then(|| market.condition_id.clone()),
            status: phase.name(),
            was_disputed: disputed_s.is_some_and(|disputed_s| disputed_s <= now_s),
            ..Self::default()
        };
        match phase {
            Phase::Resolved { since_s, payouts } if key == Key::Condition => {
                row.resolved(world, ix, since_s, payouts)
            }
            Phase::Active { since_s } if key == Key::Condition => {
                Self { last_update_timestamp: iso(since_s), ..row }
            }
            _ => row.of_question(market, phase, now_s),
        }
    }

    /// What the oracle knows of the question.
    fn of_question(self, market: &Market, phase: Phase, now_s: i64) -> Self {
        let Prices { proposed, reproposed, settled } = Prices::of(market, phase);
        let estimate = phase.estimate(now_s);
        let (transaction_hash, log_index) = lifecycle_event(market, phase);
        Self {
            question_id: Some(market.question_id.clone()),
            extended_review: matches!(phase, Phase::Proposed { .. }) && estimate.is_none(),
            new_version_q: market.number.is_multiple_of(4),
            proposed_price: Some(proposed),
            reproposed_price: Some(reproposed),
            price: Some(settled),
            transaction_hash,
            log_index,
            last_update_timestamp: phase.since_s().to_string(),
            expected_settlement_time: estimate.map(|(at_s, _)| iso(at_s)),
            settlement_time_basis: estimate.map(|(_, basis)| basis),
            ..self
        }
    }

    /// What the contracts know of a resolved condition.
    fn resolved(self, world: &World, ix: MarketIx, since_s: i64, payouts: [Usdc; 2]) -> Self {
        let (event, market) = world.market(ix);
        let grouped = event.group.is_some();
        let by_feed = market.calendar.proposed_s.is_none();
        Self {
            last_update_timestamp: iso(since_s),
            payouts: Some(payouts),
            resolution_source: Some(if grouped && follows_from_a_sibling(world, ix, payouts) {
                "derived"
            } else {
                "reported"
            }),
            // Rows of groups lack these, as recorded.
            reporter: (!grouped).then_some(if by_feed { "CHAINLINK" } else { "UMA_OO" }),
            market_type: (!grouped).then_some("BINARY"),
            was_arbitrated: Some(self.was_disputed),
            resolved_block: Some(block(since_s)),
            resolved_at: Some(iso(since_s)),
            ..self
        }
    }
}

/// Whether the market is lost because another one of its group has won, no later.
fn follows_from_a_sibling(world: &World, ix: MarketIx, payouts: [Usdc; 2]) -> bool {
    let exchange = world.exchange();
    let listing = exchange.listing(ix);
    let Some(group) = listing.terms.group.filter(|_| payouts[0] == 0) else { return false };
    let won_before = |&other: &MarketIx| {
        let other = exchange.listing(other);
        other.payouts.is_some_and(|payouts| payouts[0] > 0)
            && other.resolved_ms <= listing.resolved_ms
    };
    exchange.groups()[group.index()].markets.iter().any(won_before)
}

/// Prices of the first outcome as the oracle writes them, in 10^18 parts.
struct Prices {
    proposed: String,
    reproposed: String,
    settled: String,
}

impl Prices {
    fn of(market: &Market, phase: Phase) -> Self {
        let known = market.settled.map(|(_, verdict)| verdict.payouts()[0]);
        let right = match phase {
            Phase::Resolved { payouts, .. } => Some(payouts[0]),
            _ => known,
        };
        // Every other disputed proposal was wrong.
        let was_wrong = market.calendar.disputed_s.is_some() && market.number.is_multiple_of(2);
        let first = right.map(|price| if was_wrong { opposed(price) } else { price });
        let is_proposed = !matches!(phase, Phase::Posed { .. } | Phase::Active { .. });
        let is_proposed_again = match phase {
            Phase::Disputed { .. } => true,
            Phase::Resolved { .. } => market.calendar.disputed_s.is_some(),
            _ => false,
        };
        let is_settled = matches!(phase, Phase::Resolved { .. });
        Self {
            proposed: spelled(first.filter(|_| is_proposed)),
            reproposed: spelled(right.filter(|_| is_proposed_again)),
            settled: spelled(right.filter(|_| is_settled)),
        }
    }
}

/// What somebody who is wrong takes `price` for.
const fn opposed(price: Usdc) -> Usdc {
    if price == 0 { MICRO } else { 0 }
}

fn spelled(price: Option<Usdc>) -> String {
    match price {
        None => UNSET.to_owned(),
        Some(0) => "0".to_owned(),
        Some(micros) => format!("{micros}000000000000"),
    }
}

/// Transaction and log index of what last happened to a question.
fn lifecycle_event(market: &Market, phase: Phase) -> (String, String) {
    let noise = Noise::of(market.number).with(phase.since_s().unsigned_abs());
    let words = (0..4).map(|word| format!("{:016x}", noise.with(word).bits()));
    (format!("0x{}", words.collect::<String>()), (noise.with(4).bits() % 1_000).to_string())
}

pub(crate) async fn list(State(app): State<App>, params: Params) -> Answer {
    let data = ask(&app, move |world| rows(world, &params)).await?;
    Ok(cached(0, Envelope { data }))
}

fn rows(world: &World, params: &Params) -> Result<Vec<ResolutionRow>, Problem> {
    let question = params.text("question_id");
    let named = [question.is_some(), params.conditions()?.is_some(), params.events()?.is_some()];
    if named.into_iter().filter(|&named| named).count() != 1 {
        let error = "provide exactly one of 'question_id', 'condition', or 'event_id'";
        return Err(Problem::refused(error));
    }
    if let Some(question) = question {
        if !is_hex(question, 64) {
            let error = format!("invalid question id: {question}");
            return Err(Problem::invalid("question_id", error));
        }
        let market = world.by_question(&question.to_ascii_lowercase());
        return Ok(market
            .map(|ix| ResolutionRow::new(world, ix, Key::Question))
            .into_iter()
            .collect());
    }
    let markets = super::rows::markets_in(world, &params.scope()?).unwrap_or_default();
    let mut rows: Vec<ResolutionRow> =
        markets.into_iter().map(|ix| ResolutionRow::new(world, ix, Key::Condition)).collect();
    rows.sort_by(|left, right| left.condition_id.cmp(&right.condition_id));
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_spelled_as_the_oracle_does() {
        assert_eq!(spelled(None), "69");
        assert_eq!(spelled(Some(0)), "0");
        assert_eq!(spelled(Some(MICRO)), "1000000000000000000");
        assert_eq!(spelled(Some(MICRO / 2)), "500000000000000000");
    }

    #[test]
    fn estimates_are_never_of_the_past() {
        // Recorded: proposed at 17:50:27, expected two hours later.
        let proposed = Phase::Proposed { since_s: 1_790_704_227 };
        let (at_s, basis) = proposed.estimate(1_790_704_300).unwrap();
        assert_eq!(
            (iso(at_s).as_str(), basis),
            ("2026-09-29T19:50:27Z", "managed_proposal_expiration")
        );
        assert_eq!(proposed.estimate(at_s), None);
        // Recorded: disputed on 29 September, voted on until 2 October.
        let disputed = Phase::Disputed { since_s: 1_790_649_809 };
        let (at_s, basis) = disputed.estimate(1_790_704_300).unwrap();
        assert_eq!((iso(at_s).as_str(), basis), ("2026-10-02T00:00:00Z", "dvm_round_estimate"));
        assert_eq!(Phase::Challenged { since_s: 5 }.estimate(5), None);
    }
}
