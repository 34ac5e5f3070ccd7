//! What a wallet stands to have when its open events end.

use std::collections::HashMap;

use crate::ledger::{
    EventIx, Figure, MarketIx, Markets, MicroShares, MicroUsdc, Position, Standing,
};

/// What is held of one event that is not over. Amounts are millionths of a dollar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exposure {
    /// The event.
    pub event: EventIx,
    /// Tokens held of it.
    pub positions: usize,
    /// What they cost, without fees.
    pub cost: Figure<MicroUsdc>,
    /// What somebody offers for them; `None` unknown.
    pub value: Option<MicroUsdc>,
    /// What they pay at least, whatever comes.
    pub worst_payoff: MicroUsdc,
    /// What they pay at most.
    pub best_payoff: MicroUsdc,
    /// The least less the cost.
    pub worst_profit: Figure<MicroUsdc>,
    /// The most less the cost.
    pub best_profit: Figure<MicroUsdc>,
    /// The market whose Yes is worst for the wallet; `None` where its markets do not exclude each other, or
    /// none of those held is worst.
    pub worst_winner: Option<MarketIx>,
}

/// The exposure of every event of which something is held in a market that is not resolved, the largest
/// cost first.
///
/// Of neg-risk markets of an event at most one pays Yes; one that is not held is reckoned with unless the
/// event is known to be exhaustive and all of it is held. Other markets of an event are independent, as
/// far as anybody knows: each pays the outcome that is worse. Cancellations, which pay half, lie between.
pub fn exposures(positions: &[Position], markets: &Markets) -> Vec<Exposure> {
    let is_open = |position: &&Position| position.standing == Standing::Open;
    let mut open: Vec<&Position> = positions.iter().filter(is_open).collect();
    open.sort_by_key(|position| (position.event, position.slot));
    let members = members(markets);
    let by_event = open.chunk_by(|one, other| one.event == other.event);
    let mut exposures: Vec<Exposure> =
        by_event.filter_map(|held| Exposure::of(held, markets, &members)).collect();
    exposures.sort_by_key(|exposure| {
        (std::cmp::Reverse(exposure.cost.known().unwrap_or(exposure.best_payoff)), exposure.event)
    });
    exposures
}

/// How many unresolved neg-risk markets the exhaustive events have.
fn members(markets: &Markets) -> HashMap<EventIx, usize> {
    let mut members = HashMap::new();
    for (market, terms) in markets.iter() {
        let event = markets.event_of(market);
        if terms.neg_risk && terms.payouts.is_none() && markets.is_exhaustive(event) {
            *members.entry(event).or_default() += 1;
        }
    }
    members
}

/// What a market's outcomes pay if each is the one.
struct Stake {
    market: MarketIx,
    yes: MicroShares,
    no: MicroShares,
}

impl Exposure {
    fn of(
        held: &[&Position],
        markets: &Markets,
        members: &HashMap<EventIx, usize>,
    ) -> Option<Self> {
        let event = held.first()?.event;
        let (mut worst, mut best) = (0, 0);
        let mut group = Vec::new();
        for position in held.chunk_by(|one, other| one.slot.market == other.slot.market) {
            let market = position.first()?.slot.market;
            if markets.terms(market).neg_risk {
                let of = |outcome: u8| {
                    position.iter().filter(|p| p.slot.outcome == outcome).map(|p| p.held()).sum()
                };
                group.push(Stake { market, yes: of(0), no: of(1) });
            } else {
                let (least, most) = independent(position, markets.terms(market).outcomes);
                worst += least;
                best += most;
            }
        }
        let all_held = members.get(&event).is_some_and(|count| *count == group.len());
        let (least, most, worst_winner) = exclusive(&group, all_held);
        worst += least;
        best += most;
        let cost = held.iter().fold(Figure::Known(0), |sum, position| {
            sum.and(position.average, |sum, average| sum + average.cost).unless(position.withheld)
        });
        Some(Self {
            event,
            positions: held.len(),
            cost,
            value: held.iter().map(|position| position.value).sum(),
            worst_payoff: worst,
            best_payoff: best,
            worst_profit: cost.map(|cost| worst - cost),
            best_profit: cost.map(|cost| best - cost),
            worst_winner,
        })
    }
}

/// The least and the most that one market pays: one of its outcomes pays all.
fn independent(held: &[&Position], outcomes: u8) -> (MicroUsdc, MicroUsdc) {
    let most = held.iter().map(|position| position.held()).max().unwrap_or(0);
    let least = held.iter().map(|position| position.held()).min().unwrap_or(0);
    (if held.len() < usize::from(outcomes) { 0 } else { least }, most)
}

/// The least and the most that markets pay of which at most one pays Yes, and the winner for the least.
fn exclusive(group: &[Stake], all_held: bool) -> (MicroUsdc, MicroUsdc, Option<MarketIx>) {
    let all_no: MicroShares = group.iter().map(|stake| stake.no).sum();
    let wins = group.iter().map(|stake| (all_no - stake.no + stake.yes, Some(stake.market)));
    let nobody_held = (!all_held).then_some((all_no, None));
    let payoffs: Vec<(MicroUsdc, Option<MarketIx>)> = wins.chain(nobody_held).collect();
    let most = payoffs.iter().map(|(payoff, _)| *payoff).max().unwrap_or(0);
    let least = payoffs.iter().min_by_key(|(payoff, _)| *payoff).copied();
    let (least, winner) = least.unwrap_or((0, None));
    (least, most, winner)
}
