//! How a wallet trades, and what else its books say that scores need.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use domain::conduct::{Conduct, Features, Reaction, Sequence, conduct};
use domain::evidence::Basis;
use domain::ledger::{
    Change, Coverage, Figure, Measure, MicroUsdc, ResidualClass, VenueNumber, reconcile,
};
use domain::scores::{Context, ScoreKind, bot, maker};
use domain::whales::is_whale;
use domain::{Address, Usdc};
use polymarket::data::PositionRow;
use rust_decimal::Decimal;
use serde_json::json;
use store::intelligence::scores::WalletScore;
use store::intelligence::traits::WalletTraits;

use super::books::Books;
use super::fetch::ListedPositions;
use crate::intelligence::kept::kept;

/// A position that was left longer ago makes nobody a whale.
const WHALE_FOR: TimeDelta = TimeDelta::days(30);

/// What is kept of a wallet's conduct.
pub(super) struct Told {
    /// Its scores by kind.
    pub(super) scores: [(&'static str, WalletScore); 2],
    /// What else scores need.
    pub(super) traits: WalletTraits,
}

/// How far back the tape is read for those whom a wallet may follow.
pub(super) const TAPE: TimeDelta = TimeDelta::days(30);
/// Orders looked at on it, the newest.
pub(super) const TAPE_ORDERS: u32 = 1_000;

/// What a wallet's books, and what it did on the tape after others, say of how it trades. `now` is the import's, `written_at` when they are written.
pub(super) fn told(
    wallet: &Address,
    books: &Books,
    coverage: &Coverage,
    listed: &ListedPositions,
    reaction: Reaction,
    now: DateTime<Utc>,
    written_at: DateTime<Utc>,
) -> Told {
    let found = of_books(books, reaction);
    let context = || Context { as_of: now, basis: Basis::Activity, evidence: Vec::new() };
    let scores = [maker(&found, context()), bot(&found, context())];
    let [maker, bot] = scores.map(|score| kept(wallet, &score, json!([])));
    Told {
        scores: [(ScoreKind::Maker.slug(), maker), (ScoreKind::Bot.slug(), bot)],
        traits: WalletTraits {
            wallet: wallet.clone(),
            written_at,
            is_maker_like: found.maker.verdict.known(),
            is_bot_like: found.bot.verdict.known(),
            is_whale: has_large_position(books, now),
            is_reconciled: agrees(books, listed),
            active_months: active_months(books, coverage, now),
        },
    }
}

fn of_books(books: &Books, reaction: Reaction) -> Conduct {
    let mut sequence = Sequence::new();
    for entry in &books.entries {
        sequence.add(entry);
    }
    let features = sequence.features(books.valuation.total.known(), Basis::Activity);
    conduct(&Features { reaction: reaction.beyond_chance(), ..features })
}

/// Whether a position that is held, or was within [`WHALE_FOR`], is a whale's by the fixed rule.
fn has_large_position(books: &Books, now: DateTime<Utc>) -> Option<bool> {
    let mut said = Some(false);
    for position in &books.valuation.positions {
        let is_held = position.held() > 0;
        if !is_held && position.last_at.is_none_or(|last| last < now - WHALE_FOR) {
            continue;
        }
        let cost = match position.withheld {
            Some(reason) => Figure::Withheld(reason),
            None if is_held => position.average.map(|basis| basis.cost),
            None => Figure::Known(position.spent),
        };
        let value = if is_held { position.value } else { Some(0) };
        match is_whale(cost, value).is_whale {
            Some(true) => return Some(true),
            Some(false) => {}
            None => said = None,
        }
    }
    said
}

/// Whether our books agree with the sums of what the venue lists, but for prices of other moments: by the total, or by
/// what was realised where something held has no price. `None` where its list is not whole, or one of both has no sum.
fn agrees(books: &Books, listed: &ListedPositions) -> Option<bool> {
    if listed.shortfall != super::fetch::Shortfall::default() {
        return None;
    }
    let sum = |of: fn(&PositionRow) -> Option<Usdc>| {
        let dollars = listed.rows.iter().map(|row| of(row).map(Usdc::decimal));
        micro(dollars.sum::<Option<Decimal>>()?)
    };
    let unrealised = sum(|row| row.unrealized);
    let agrees = |measure, usdc| {
        let found = reconcile(&books.valuation, VenueNumber { measure, usdc, unrealised });
        found.residual.known()?;
        Some(matches!(found.class, ResidualClass::None | ResidualClass::MarkTiming))
    };
    let total = sum(|row| row.total).and_then(|usdc| agrees(Measure::Positions, usdc));
    total.or_else(|| agrees(Measure::Realised, sum(|row| row.realized)?))
}

fn micro(dollars: Decimal) -> Option<MicroUsdc> {
    i64::try_from((dollars * Decimal::from(1_000_000)).round()).ok()
}

/// Months with a trade, of all from the first act to now; `None` where the first is not known.
fn active_months(books: &Books, coverage: &Coverage, now: DateTime<Utc>) -> Option<f64> {
    let month = |at: DateTime<Utc>| i64::from(at.year()) * 12 + i64::from(at.month0());
    let first = books.entries.first().filter(|_| coverage.since.is_none())?;
    let is_trade = |change: &Change| matches!(change, Change::Buy(_) | Change::Sell(_));
    let traded = books.entries.iter().filter(|entry| is_trade(&entry.change));
    let active: BTreeSet<i64> = traded.map(|entry| month(entry.place.at)).collect();
    let all = month(now) - month(first.place.at) + 1;
    (all > 0).then(|| (active.len() as f64 / all as f64).min(1.0))
}
