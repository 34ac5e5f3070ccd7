//! What the voices on a market say together.

use chrono::{DateTime, Utc};
use domain::evidence::{Basis, Span};
use domain::signals::{
    Consensus, Divergence, Holder, MOST_EDGE, Opinion, VERSION, Voice, cap, consensus, divergence,
};
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value, json};
use store::intelligence::consensus::{HeldMarket, MarketConsensus};

use super::super::kept::four_digits;
use super::Pasts;
use super::voices::{Skill, Stand, middle};

/// What they say of a market.
pub(super) fn said(
    held: &HeldMarket,
    stands: &[Stand<'_>],
    pasts: &Pasts,
    now: DateTime<Utc>,
) -> MarketConsensus {
    let price = middle(held).map(domain::Price::to_f64);
    let cap = cap(held.liquidity.and_then(|liquidity| liquidity.to_f64()));
    let voices: Vec<Voice> = stands.iter().map(|stand| voice(stand, price, pasts)).collect();
    let found = consensus(&voices, cap, Basis::Activity);
    let holders: Vec<Holder> =
        stands.iter().filter_map(|stand| holder(stand, price?, cap?)).collect();
    let far = divergence(&holders, price);
    MarketConsensus {
        market_id: held.market_id.clone(),
        as_of: now,
        version: i16::try_from(VERSION).unwrap_or(i16::MAX),
        imbalance: found.opinion.imbalance().map(four_digits),
        interval: found.span.map(|span| (four_digits(span.low), four_digits(span.high))),
        voices: four_digits(found.n_eff),
        paid: paid(&holders),
        price,
        ingredients: ingredients(&found, far.as_ref(), cap, price),
    }
}

/// What a dollar is worth more than a dollar in the hands of somebody of this skill, at a price; nothing below it.
fn edge(stand: &Stand<'_>, price: f64) -> Option<f64> {
    match stand.skill {
        Skill::Untested => None,
        Skill::Unproven => Some(0.0),
        Skill::Proven(posterior) => {
            let paid = if stand.exposure > 0.0 { price } else { 1.0 - price };
            let chance = posterior.expected_chance(paid);
            Some(chance.map_or(0.0, |chance| (chance / paid - 1.0).clamp(0.0, MOST_EDGE)))
        }
    }
}

fn voice(stand: &Stand<'_>, price: Option<f64>, pasts: &Pasts) -> Voice {
    Voice {
        owner: stand.owner,
        edge: price.and_then(|price| edge(stand, price)),
        exposure: stand.exposure,
        past: pasts.get(stand.wallet).cloned().unwrap_or_default(),
    }
}

fn holder(stand: &Stand<'_>, price: f64, cap: f64) -> Option<Holder> {
    let Skill::Proven(posterior) = stand.skill else { return None };
    Some(Holder {
        owner: stand.owner,
        vote: edge(stand, price)? * (stand.exposure.abs() / cap).min(1.0),
        toward_first: stand.exposure > 0.0,
        entered: stand.entered?,
        tilt: posterior.mean,
        tilt_span: Span { low: posterior.low, high: posterior.high },
    })
}

/// What they paid for outcome 0, mean by votes.
fn paid(holders: &[Holder]) -> Option<f64> {
    let votes: f64 = holders.iter().map(|one| one.vote).sum();
    let sum: f64 = holders.iter().map(|one| one.vote * one.entered).sum();
    (votes > 0.0).then(|| four_digits(sum / votes))
}

fn ingredients(
    found: &Consensus,
    far: Option<&Divergence>,
    cap: Option<f64>,
    price: Option<f64>,
) -> Value {
    let why_none = match (&found.opinion, price) {
        (_, None) => Some("no_price"),
        (Opinion::TooFew, _) => Some("too_few_voices"),
        (Opinion::NoScale, _) => Some("no_liquidity"),
        (Opinion::Imbalance(_), _) => None,
    };
    json!({
        "toward": four_digits(found.toward),
        "away": four_digits(found.away),
        "owners": found.voices,
        "untested": found.untested,
        "cap_usdc": cap.map(four_digits),
        "basis": found.basis.slug(),
        "why_none": why_none,
        "divergence": far.map(|far| json!({
            "chance": four_digits(far.chance),
            "from_price": four_digits(far.from_price),
            "low": four_digits(far.span.low),
            "high": four_digits(far.span.high),
            "holders": far.holders,
        })),
    })
}
