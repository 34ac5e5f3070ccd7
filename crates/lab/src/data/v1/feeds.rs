//! `/trades` and `/activity`.

use std::cmp::Reverse;

use axum::extract::State;
use serde::Serialize;

use super::slice::{Caps, PastCap, Slice};
use crate::data::activity::{self, ActivityRow};
use crate::data::feed::{self, Trade};
use crate::data::number::Plain;
use crate::data::params::Params;
use crate::data::problem::Problem;
use crate::data::trades::{self, Span, TradeRow};
use crate::data::{Answer, ask, cached};
use crate::exchange::{Entry, Tape};
use crate::server::App;
use crate::world::World;

/// Past the cap the feed repeats its last rows.
const TRADES: Caps = Caps { default: 100, limit: 10_000, offset: 10_000, past: PastCap::Repeats };

const ACTIVITY: Caps = Caps { default: 100, limit: 500, offset: 10_000, past: PastCap::Refused };

/// A trade.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FirstTradeRow {
    proxy_wallet: String,
    side: &'static str,
    asset: String,
    condition_id: String,
    size: Plain,
    price: Plain,
    timestamp: i64,
    title: String,
    slug: String,
    icon: &'static str,
    event_slug: String,
    outcome: String,
    outcome_index: u32,
    name: String,
    pseudonym: String,
    bio: String,
    profile_image: &'static str,
    profile_image_optimized: &'static str,
    transaction_hash: String,
}

impl From<TradeRow> for FirstTradeRow {
    fn from(row: TradeRow) -> Self {
        Self {
            proxy_wallet: row.proxy_wallet,
            side: row.side,
            asset: row.token_id,
            condition_id: row.condition_id,
            size: Plain(row.size),
            price: Plain(row.price),
            timestamp: row.timestamp,
            title: row.title,
            slug: row.slug,
            icon: row.icon,
            event_slug: row.event_slug,
            outcome: row.outcome,
            outcome_index: row.outcome_index,
            name: row.name,
            pseudonym: row.pseudonym,
            bio: row.bio,
            profile_image: row.profile_image,
            profile_image_optimized: row.profile_image_optimized,
            transaction_hash: row.transaction_hash,
        }
    }
}

pub(super) async fn trades(State(app): State<App>, params: Params) -> Answer {
    let rows = ask(&app, move |world| trade_rows(world, &params)).await?;
    Ok(cached(0, rows))
}

fn trade_rows(world: &World, params: &Params) -> Result<Vec<FirstTradeRow>, Problem> {
    let slice = Slice::read(params, TRADES)?;
    if params.text("filter_type").is_some() != params.text("filter_amount").is_some() {
        return Err(Problem::refused("filterType and filterAmount go together"));
    }
    if params.user()?.is_some() {
        params.address()?;
    }
    let scope = params.first_scope()?;
    // Nothing is too small unless asked.
    let Some(mut wanted) = trades::Wanted::read(world, params, &scope, 0)? else {
        return Ok(Vec::new());
    };
    // There is no window.
    wanted.span = Span::since(i64::MIN);
    let tape = world.exchange().tape();
    let row = |(entry, trade): (Entry, Trade)| {
        TradeRow::new(world, feed::transaction_of(tape, entry), &trade).into()
    };
    Ok(slice.of(wanted.trades(world, None)).map(row).collect())
}

/// Anything a wallet did.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FirstActivityRow {
    proxy_wallet: String,
    timestamp: i64,
    condition_id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    size: Plain,
    usdc_size: Plain,
    transaction_hash: String,
    price: Plain,
    asset: String,
    side: &'static str,
    outcome_index: u32,
    title: String,
    slug: String,
    icon: &'static str,
    event_slug: String,
    outcome: String,
    name: String,
    pseudonym: String,
    bio: String,
    profile_image: &'static str,
    profile_image_optimized: &'static str,
}

impl From<ActivityRow> for FirstActivityRow {
    fn from(row: ActivityRow) -> Self {
        Self {
            proxy_wallet: row.proxy_wallet,
            timestamp: row.timestamp,
            condition_id: row.condition_id,
            kind: row.kind,
            size: Plain(row.size),
            usdc_size: Plain(row.usdc_size),
            transaction_hash: row.transaction_hash,
            price: Plain(row.price),
            asset: row.token_id,
            side: row.side,
            outcome_index: row.outcome_index,
            title: row.title,
            slug: row.slug,
            icon: row.icon,
            event_slug: row.event_slug,
            outcome: row.outcome,
            name: row.name,
            pseudonym: row.pseudonym,
            bio: row.bio,
            profile_image: row.profile_image,
            profile_image_optimized: row.profile_image_optimized,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Timestamp,
    Tokens,
    Cash,
}

impl Sort {
    fn key(self, tape: &Tape, entry: Entry) -> i64 {
        let (shares, cash) = match (Trade::read(tape, entry), entry) {
            (Some(trade), _) => (trade.shares, trade.cash()),
            (None, Entry::Moved(ix)) => (tape.movement(ix).shares, tape.movement(ix).usdc),
            (None, _) => (0, 0),
        };
        match self {
            Self::Timestamp => feed::time_of(tape, entry),
            Self::Tokens => shares,
            Self::Cash => cash,
        }
    }
}

pub(super) async fn activity(State(app): State<App>, params: Params) -> Answer {
    let rows = ask(&app, move |world| activity_rows(world, &params)).await?;
    Ok(cached(0, rows))
}

fn activity_rows(world: &World, params: &Params) -> Result<Vec<FirstActivityRow>, Problem> {
    let slice = Slice::read(params, ACTIVITY)?;
    let user = params.address()?;
    let sorts = [("TIMESTAMP", Sort::Timestamp), ("TOKENS", Sort::Tokens), ("CASH", Sort::Cash)];
    let refusal = "sortBy must be TIMESTAMP, TOKENS or CASH";
    let sort = params.choice("sort_by", &sorts, refusal)?.unwrap_or(Sort::Timestamp);
    let ascending = activity::is_ascending(params)?.unwrap_or(false);
    let wanted = activity::Wanted::read(world, params, &params.first_scope()?)?;
    let Some(wallet) = world.by_address(&user) else { return Ok(Vec::new()) };
    let tape = world.exchange().tape();
    let Span { from_ms, to_ms } = wanted.span;
    let mut entries: Vec<Entry> = feed::of_wallet(tape, wallet, None)
        .filter(|&entry| (from_ms..=to_ms).contains(&feed::time_of(tape, entry)))
        .filter(|&entry| wanted.admits(tape, entry))
        .collect();
    // Newest first already; equal keys stay so.
    match (sort, ascending) {
        (Sort::Timestamp, false) => {}
        (Sort::Timestamp, true) => entries.reverse(),
        (_, false) => entries.sort_by_key(|&entry| Reverse(sort.key(tape, entry))),
        (_, true) => entries.sort_by_key(|&entry| sort.key(tape, entry)),
    }
    let row = |entry| ActivityRow::new(world, wallet, entry).into();
    Ok(slice.of(entries).map(row).collect())
}
