//! Messages about the life of markets, for clients that asked for the custom features.

use chrono::DateTime;
use serde::Serialize;

use super::frame::Frame;
use crate::decimal::Price;
use crate::exchange::{MICRO, MarketIx, Millis, Pips};
use crate::world::{Event, World};

/// The event that a message's market belongs to.
#[derive(Serialize)]
struct EventMessage<'a> {
    id: String,
    ticker: &'a str,
    slug: &'a str,
    title: &'a str,
    description: String,
}

impl<'a> EventMessage<'a> {
    fn of(event: &'a Event) -> Self {
        Self {
            id: event.number.to_string(),
            ticker: &event.slug,
            slug: &event.slug,
            title: &event.draft.title,
            description: event.description(),
        }
    }
}

/// Unlike elsewhere the numbers are strings.
#[derive(Serialize)]
struct FeeSchedule {
    exponent: &'static str,
    rate: String,
    taker_only: bool,
    rebate_rate: String,
}

#[derive(Serialize)]
struct NewMarket<'a> {
    id: String,
    question: &'a str,
    market: &'a str,
    slug: &'a str,
    description: String,
    assets_ids: &'a [String; 2],
    outcomes: &'a [String; 2],
    event_message: EventMessage<'a>,
    timestamp: String,
    event_type: &'static str,
    tags: &'a [&'static str],
    condition_id: &'a str,
    active: bool,
    clob_token_ids: &'a [String; 2],
    sports_market_type: &'a str,
    line: String,
    game_start_time: String,
    order_price_min_tick_size: Price,
    group_item_title: &'a str,
    taker_base_fee: &'static str,
    fees_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    fee_schedule: Option<FeeSchedule>,
}

/// A market was listed at `at_ms` with `tick` as its smallest price step.
pub(super) fn new_market(world: &World, ix: MarketIx, at_ms: Millis, tick: Pips) -> Frame {
    let (event, market) = world.market(ix);
    let draft = &market.draft;
    Frame::data(&NewMarket {
        id: market.number.to_string(),
        question: &draft.question,
        market: &market.condition_id,
        slug: &market.slug,
        description: event.description(),
        assets_ids: &market.token_ids,
        outcomes: &draft.outcomes,
        event_message: EventMessage::of(event),
        timestamp: at_ms.to_string(),
        event_type: "new_market",
        tags: &event.draft.tags,
        condition_id: &market.condition_id,
        active: true,
        clob_token_ids: &market.token_ids,
        sports_market_type: draft.sports_type.unwrap_or_default(),
        line: draft.line.map(|line| line.to_string()).unwrap_or_default(),
        game_start_time: event.game_starts_s().map(spaced).unwrap_or_default(),
        order_price_min_tick_size: Price(tick),
        group_item_title: &draft.group_title,
        // Left over from the first protocol; the schedule is what counts.
        taker_base_fee: if market.fees.is_some() { "1000" } else { "0" },
        fees_enabled: market.fees.is_some(),
        fee_schedule: market.fees.map(|fees| FeeSchedule {
            exponent: "1",
            rate: fees.rate.to_string(),
            taker_only: true,
            rebate_rate: fees.rebate.to_string(),
        }),
    })
}

#[derive(Serialize)]
struct MarketResolved<'a> {
    id: String,
    market: &'a str,
    assets_ids: &'a [String; 2],
    winning_asset_id: &'a str,
    winning_outcome: &'a str,
    event_message: EventMessage<'a>,
    timestamp: String,
    event_type: &'static str,
    tags: &'a [&'static str],
}

/// A market was decided at `at_ms`. Nobody wins a split: upstream's word for that is not known, and
/// absent values are empty strings there.
pub(super) fn market_resolved(world: &World, ix: MarketIx, at_ms: Millis) -> Frame {
    let (event, market) = world.market(ix);
    let payouts = world.exchange().listing(ix).payouts.unwrap_or_default();
    let winner = payouts.iter().position(|&payout| payout == MICRO);
    Frame::data(&MarketResolved {
        id: market.number.to_string(),
        market: &market.condition_id,
        assets_ids: &market.token_ids,
        winning_asset_id: winner.map_or("", |place| &market.token_ids[place]),
        winning_outcome: winner.map_or("", |place| &market.draft.outcomes[place]),
        event_message: EventMessage::of(event),
        timestamp: at_ms.to_string(),
        event_type: "market_resolved",
        tags: &event.draft.tags,
    })
}

/// `2026-08-08 09:00:00+00`.
fn spaced(at_s: i64) -> String {
    let at = DateTime::from_timestamp(at_s, 0).unwrap_or_default();
    at.format("%Y-%m-%d %H:%M:%S+00").to_string()
}
