//! The world's rows as Gamma writes them: names, order and types of a row recorded in October 2026.

mod happening;
mod rows;

use crate::exchange::{Listing, Millis, Outcome, PIPS, Pips, Side, Usdc};
use crate::noise::Noise;
use crate::world::category::{TAGS, TagInfo, tag_info};
use crate::world::event::Event;
use crate::world::facts::Rewards;
use crate::world::history::{DAY_S, HOUR_S, usdc};
use crate::world::ids::group_id;
use crate::world::market::Market;
use crate::world::opening::is_exclusive;
use crate::world::stories::Claim;
use crate::world::{World, comments};
use chrono::{DateTime, SecondsFormat, Utc};
use happening::Happening;
pub(in crate::world) use happening::{sports, teams};
use rows::{EventRow, FeeSchedule, MarketRow, Number, Reward, SeriesRow, TagRow};

/// Begins every description, so that no reader takes a generated market for a real one.
const DISCLAIMER: &str = "Simulated market.";

/// What `marketMakerAddress`, `submitted_by` and the like hold: an address that is plainly
/// nobody's.
pub(in crate::world) const NOBODY: &str = "0x0000000000000000000000000000000000000000";

/// When the series came to the site, before any of their events.
const SERIES_LISTED: &str = "2023-01-02T12:00:00.571823Z";

fn price(pips: i32) -> Number {
    Number(f64::from(pips) / f64::from(PIPS))
}

/// The volume of the last day, week, month and year, in USDC; absent instead of zero.
struct Rolling([Option<Number>; 4]);

const WINDOWS_S: [i64; 4] = [DAY_S, 7 * DAY_S, 30 * DAY_S, 365 * DAY_S];

impl Rolling {
    fn of(listings: &[&Listing], at_ms: Millis) -> Self {
        Self(WINDOWS_S.map(|window_s| {
            let since_ms = at_ms - 1_000 * window_s;
            let before = |listing: &&Listing| listing.point_at(since_ms).map_or(0, |p| p.volume);
            let sum: Usdc = listings.iter().map(|listing| listing.volume() - before(listing)).sum();
            (sum > 0).then(|| Number(usdc(sum)))
        }))
    }
}

/// Prices further from the best are no part of the liquidity.
const NEAR: Pips = 1_000;

/// What rests near the best prices, in USDC.
pub(in crate::world) fn liquidity(listing: &Listing) -> f64 {
    let sides = [Side::Buy, Side::Sell].map(|side| {
        let levels = listing.book.levels(Outcome::First, side);
        let best = levels.first().map_or(0, |level| level.price);
        let near = levels.iter().take_while(|level| (level.price - best).abs() <= NEAR);
        near.map(|level| crate::exchange::value(level.shares, level.price)).sum::<Usdc>()
    });
    usdc(sides.iter().sum())
}

/// A market of `event` as JSON, without its `events`.
#[expect(clippy::too_many_lines, reason = "one line a member of the row")]
pub(in crate::world) fn market(
    world: &World,
    event: &Event,
    market: &Market,
) -> serde_json::Result<Vec<u8>> {
    let at_s = event.at_s();
    let listing = world.exchange().listing(market.ix);
    let volume = listing.volume();
    let closed = market.is_closed(at_s);
    let calendar = market.calendar;
    let quoted = listing.shown(Outcome::First);
    let Rolling([volume24hr, volume1wk, volume1mo, volume1yr]) =
        Rolling::of(&[listing], event.at_ms);
    let change = |window_s: i64| {
        let then = listing.point_at(event.at_ms - 1_000 * window_s)?;
        Some(price(quoted - then.shown))
    };
    let neg_risk = event.group.is_some();
    let (neg_risk_market_id, neg_risk_request_id) = event.neg_risk_ids(market).unzip();
    let condition_id = market.condition_id.clone();
    let liquidity = (!closed).then(|| liquidity(listing));
    let liquidity = liquidity.map(|usdc| (usdc * 1e5).round() / 1e5);
    let fees = market.fees;
    let best = (listing.book.best_bid(Outcome::First), listing.book.best_ask(Outcome::First));
    let (bid, ask) = (best.0.unwrap_or(0), best.1.unwrap_or(PIPS));
    let shown = f64::from(quoted) / f64::from(PIPS);
    let last =
        listing.last.map_or(quoted, |last| crate::exchange::mirrored(last.outcome, last.price));
    let rewards = Rewards::of(market, liquidity.unwrap_or(0.0));
    let uma_time = calendar.proposed_s.filter(|_| closed).map(|_| calendar.closes_s);
    let row = MarketRow {
        id: market.number.to_string(),
        question: &market.draft.question,
        condition_id,
        slug: &market.slug,
        resolution_source: "",
        end_date: iso(market.scheduled_s),
        liquidity: liquidity.map(|usdc| usdc.to_string()),
        start_date: precise(event.opens_s, market.number),
        description: event.description(),
        outcomes: spaced_list(&market.draft.outcomes),
        outcome_prices: spaced_list(&[price_text(quoted), price_text(PIPS - quoted)]),
        volume: usdc(volume).to_string(),
        active: !market.draft.is_placeholder,
        closed,
        market_maker_address: "",
        created_at: precise(event.opens_s - HOUR_S, market.number),
        updated_at: precise(at_s, market.number),
        closed_time: closed.then(|| spaced(calendar.closes_s)),
        new: at_s - event.opens_s < DAY_S,
        featured: false,
        submitted_by: NOBODY,
        archived: false,
        resolved_by: NOBODY,
        restricted: true,
        group_item_title: &market.draft.group_title,
        group_item_threshold: threshold(event, market),
        question_id: market.question_id.clone(),
        uma_end_date: uma_time.map(iso),
        enable_order_book: true,
        order_price_min_tick_size: price(listing.terms.tick),
        order_min_size: 5,
        uma_resolution_status: uma_status(market, at_s),
        volume_num: Number(usdc(volume)),
        liquidity_num: liquidity.map(Number),
        end_date_iso: date_only(market.scheduled_s),
        start_date_iso: date_only(event.opens_s),
        has_reviewed_dates: true,
        volume24hr,
        volume1wk,
        volume1mo,
        volume1yr,
        game_start_time: event.game_starts_s().map(spaced),
        seconds_delay: market.delay_s(),
        clob_token_ids: spaced_list(&market.token_ids),
        uma_bond: "500",
        uma_reward: "5",
        volume24hr_clob: volume24hr,
        volume1wk_clob: volume1wk,
        volume1mo_clob: volume1mo,
        volume1yr_clob: volume1yr,
        volume_clob: Number(usdc(volume)),
        liquidity_clob: liquidity.map(Number),
        maker_base_fee: 1000,
        taker_base_fee: 1000,
        custom_liveness: 0,
        accepting_orders: listing.accepting,
        neg_risk,
        neg_risk_market_id,
        neg_risk_request_id,
        ready: false,
        funded: false,
        accepting_orders_timestamp: iso(event.opens_s),
        cyom: false,
        competitive: Number(if closed { 0.0 } else { 1.0 / (1.0 + (shown - 0.5).powi(2)) }),
        pager_duty_notification_enabled: false,
        approved: true,
        rewards_min_size: rewards.map_or(0, |rewards| rewards.min_size),
        rewards_max_spread: Number(rewards.map_or(0.0, |rewards| rewards.max_spread)),
        clob_rewards: rewards
            .iter()
            .map(|&rewards| reward(market, rewards, event.opens_s))
            .collect(),
        spread: price(ask - bid),
        automatically_resolved: closed.then_some(true),
        one_hour_price_change: change(HOUR_S),
        one_day_price_change: change(DAY_S),
        one_week_price_change: change(7 * DAY_S),
        one_month_price_change: change(30 * DAY_S),
        one_year_price_change: change(365 * DAY_S),
        last_trade_price: price(last),
        best_bid: best.0.map(price),
        best_ask: price(ask),
        automatically_active: true,
        clear_book_on_start: true,
        manual_activation: false,
        neg_risk_other: market.draft.is_other,
        event_start_time: event.starts_s().filter(|_| event.draft.teams.is_empty()).map(iso),
        sports_market_type: market.draft.sports_type,
        line: market.draft.line.map(Number),
        uma_resolution_statuses: uma_statuses(market, at_s),
        pending_deployment: false,
        deploying: false,
        rfq_enabled: false,
        holding_rewards_enabled: false,
        fees_enabled: fees.is_some(),
        fee_type: fees.map(|fees| fees.kind),
        fee_schedule: fees.map(|fees| FeeSchedule {
            exponent: 1,
            rate: fees.rate,
            taker_only: true,
            rebate_rate: fees.rebate,
        }),
        requires_translation: false,
        version: "v1",
    };
    serde_json::to_vec(&row)
}

/// An event as JSON, without its `markets`, `tags` and `series`.
pub(in crate::world) fn event(world: &World, event: &Event) -> serde_json::Result<Vec<u8>> {
    let at_s = event.at_s();
    let listings: Vec<&Listing> =
        event.markets.iter().map(|market| world.exchange().listing(market.ix)).collect();
    let open = || listings.iter().filter(|listing| listing.payouts.is_none());
    let closed = event.is_closed();
    let Rolling([volume24hr, volume1wk, volume1mo, volume1yr]) =
        Rolling::of(&listings, event.at_ms);
    let volume: Usdc = listings.iter().map(|listing| listing.volume()).sum();
    let liquidity: f64 = open().map(|listing| liquidity(listing)).sum();
    let converted =
        event.group.map_or(0, |group| world.exchange().groups()[group.index()].converted);
    let interest: Usdc = open().map(|listing| listing.supply[1]).sum();
    let nearest = open()
        .map(|listing| (f64::from(listing.shown(Outcome::First)) / f64::from(PIPS) - 0.5).abs())
        .fold(1.0, f64::min);
    let neg_risk = is_exclusive(&event.draft);
    let row = EventRow {
        id: event.number.to_string(),
        ticker: &event.slug,
        slug: &event.slug,
        title: &event.draft.title,
        description: event.description(),
        resolution_source: "",
        start_date: precise(event.opens_s, event.number),
        creation_date: precise(event.opens_s, event.number),
        end_date: iso(event.scheduled_s()),
        active: true,
        closed,
        archived: false,
        new: at_s - event.opens_s < DAY_S,
        featured: event.featured,
        restricted: true,
        liquidity: Number((liquidity * 1e5).round() / 1e5),
        volume: Number(usdc(volume)),
        open_interest: Number(usdc(if closed { 0 } else { interest + converted })),
        created_at: precise(event.opens_s - HOUR_S, event.number),
        updated_at: precise(at_s, event.number),
        competitive: Number(if closed { 0.0 } else { 1.0 / (1.0 + nearest.powi(2)) }),
        volume24hr,
        volume1wk,
        volume1mo,
        volume1yr,
        enable_order_book: true,
        liquidity_clob: Number((liquidity * 1e5).round() / 1e5),
        neg_risk,
        neg_risk_market_id: neg_risk.then(|| group_id(event.number)),
        comment_count: comments::count_in_event(world, event),
        cyom: false,
        closed_time: closed.then(|| iso(event.closes_s())),
        show_all_outcomes: true,
        show_market_images: false,
        automatically_resolved: closed.then_some(true),
        enable_neg_risk: neg_risk,
        automatically_active: true,
        series_slug: event.draft.series.as_ref().map(|series| series.slug.as_str()),
        neg_risk_augmented: event.draft.augmented,
        cumulative_markets: is_cumulative(event),
        pending_deployment: false,
        deploying: false,
        requires_translation: false,
        happening: Happening::of(world, event),
        version: "v1",
    };
    serde_json::to_vec(&row)
}

/// The series of an event as JSON. What it adds up to is for the catalogue to say.
pub(in crate::world) fn series(event: &Event) -> serde_json::Result<Option<Vec<u8>>> {
    let row = event.draft.series.as_ref().map(|series| SeriesRow {
        id: series.id.to_string(),
        ticker: &series.slug,
        slug: &series.slug,
        title: &series.title,
        series_type: "single",
        recurrence: series.recurrence,
        active: true,
        closed: false,
        archived: false,
        featured: false,
        restricted: true,
        created_at: SERIES_LISTED.to_owned(),
        updated_at: precise(event.at_s(), series.id),
        requires_translation: false,
    });
    row.map(|row| serde_json::to_vec(&row)).transpose()
}

/// Whether each market takes in those after it: deadlines of one thing, thresholds of one number.
fn is_cumulative(event: &Event) -> bool {
    let takes_in = |claim| match claim {
        Claim::Happens { .. } => true,
        Claim::Between { quantity: 0, low, high } => low.is_finite() && high == f64::INFINITY,
        _ => false,
    };
    let is_game = !event.draft.teams.is_empty();
    !is_game && event.markets.len() > 1 && event.markets.iter().all(|it| takes_in(it.draft.claim))
}

/// The tags of an event as a JSON array.
pub(in crate::world) fn event_tags(event: &Event) -> serde_json::Result<Vec<u8>> {
    let tags = event.draft.tags.iter().filter_map(|slug| tag_info(slug));
    serde_json::to_vec(&tags.map(tag_row).collect::<Vec<_>>())
}

/// Every tag of the world, each as JSON.
pub(in crate::world) fn tags() -> serde_json::Result<Vec<Box<serde_json::value::RawValue>>> {
    TAGS.into_iter().map(|tag| serde_json::value::to_raw_value(&tag_row(tag))).collect()
}

fn tag_row(tag: TagInfo) -> TagRow {
    TagRow {
        id: tag.id.to_string(),
        label: tag.label,
        slug: tag.slug,
        force_show: false,
        created_at: "2023-10-25T18:55:50.681Z",
        updated_at: "2026-04-17T20:39:54.201881Z",
        requires_translation: false,
    }
}

/// The rules after the words that nothing of it is real.
pub(in crate::world) fn described(rules: &str) -> String {
    format!(
        "{DISCLAIMER} Nothing in it is real; it was generated to show this software at \
         work.\n\n{rules}"
    )
}

fn reward(market: &Market, rewards: Rewards, opens_s: i64) -> Reward {
    Reward {
        id: market.number.to_string(),
        condition_id: market.condition_id.clone(),
        asset_address: Rewards::ASSET,
        rewards_amount: 0,
        rewards_daily_rate: rewards.daily_usdc,
        start_date: date_only(opens_s),
        end_date: "2500-12-31",
    }
}

fn threshold(event: &Event, market: &Market) -> Option<String> {
    let first = event.markets.first()?.number;
    (event.markets.len() > 1).then(|| (market.number - first).to_string())
}

fn uma_status(market: &Market, at_s: i64) -> Option<&'static str> {
    let calendar = market.calendar;
    let proposed_s = calendar.proposed_s?;
    let disputed = calendar.disputed_s.is_some_and(|disputed_s| at_s >= disputed_s);
    match () {
        () if market.is_closed(at_s) => Some("resolved"),
        () if disputed => Some("disputed"),
        () if at_s >= proposed_s => Some("proposed"),
        () => None,
    }
}

fn uma_statuses(market: &Market, at_s: i64) -> String {
    let mut statuses = Vec::new();
    if market.calendar.proposed_s.is_some_and(|proposed_s| at_s >= proposed_s) {
        statuses.push("proposed");
    }
    if market.calendar.disputed_s.is_some_and(|disputed_s| at_s >= disputed_s) {
        statuses.push("disputed");
        if market.is_closed(at_s) {
            statuses.push("proposed");
        }
    }
    spaced_list(&statuses)
}

/// A list as upstream spells it inside a string: `["Yes", "No"]`.
fn spaced_list<T: AsRef<str>>(items: &[T]) -> String {
    let quoted: Vec<String> = items.iter().map(|item| crate::json::quoted(item.as_ref())).collect();
    format!("[{}]", quoted.join(", "))
}

fn price_text(pips: i32) -> String {
    (f64::from(pips) / f64::from(PIPS)).to_string()
}

fn moment(at_s: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(at_s, 0).unwrap_or_default()
}

fn iso(at_s: i64) -> String {
    moment(at_s).to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A time with the microseconds that upstream has where it wrote down the moment itself: never none.
fn precise(at_s: i64, number: u64) -> String {
    let micros = Noise::of(number).with(at_s.unsigned_abs()).bits() % 999_999 + 1;
    format!("{}.{micros:06}Z", moment(at_s).format("%Y-%m-%dT%H:%M:%S"))
}

fn date_only(at_s: i64) -> String {
    moment(at_s).format("%Y-%m-%d").to_string()
}

/// `2026-01-23 20:56:36+00`, as Gamma writes `closedTime`.
fn spaced(at_s: i64) -> String {
    moment(at_s).format("%Y-%m-%d %H:%M:%S+00").to_string()
}
