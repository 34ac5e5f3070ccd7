//! `/v2/trades`: one row an order that traded at once and, if wanted, one a resting order it met.

use std::collections::BTreeSet;

use axum::extract::State;
use chrono::{Datelike, Months};
use serde::Serialize;

use super::feed::{self, Parties, Sequence, Trade};
use super::number::{seconds, units};
use super::paging::{FeedPlace, Page};
use super::params::{Params, Scope};
use super::problem::Problem;
use super::rows::{Label, Owner, Token, UNLABELLED, is_unenriched, markets_in, moment};
use super::{Answer, ask, cached};
use crate::exchange::{Entry, MarketIx, Millis, Side, WalletIx};
use crate::server::App;
use crate::world::World;

const KIND: &str = "trades";

/// Smallest trade shown unless asked otherwise, in millionths of a share or USDC.
const DUST: i64 = 10_000;

/// How far back feeds go unless asked otherwise.
const YEARS_MS: Millis = 3 * 365 * 86_400_000;

const CACHED_S: u32 = 300;

/// A trade as v2 serves it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct TradeRow {
    pub(crate) proxy_wallet: String,
    pub(crate) side: &'static str,
    pub(crate) token_id: String,
    pub(crate) condition_id: String,
    pub(crate) size: f64,
    pub(crate) price: f64,
    pub(crate) timestamp: i64,
    pub(crate) title: String,
    pub(crate) slug: String,
    pub(crate) icon: &'static str,
    pub(crate) event_slug: String,
    pub(crate) outcome: String,
    pub(crate) outcome_index: u32,
    pub(crate) name: String,
    pub(crate) pseudonym: String,
    pub(crate) bio: String,
    pub(crate) profile_image: &'static str,
    pub(crate) profile_image_optimized: &'static str,
    pub(crate) transaction_hash: String,
}

impl TradeRow {
    /// With everything that is known.
    pub(crate) fn new(world: &World, transaction: u32, trade: &Trade) -> Self {
        let owner = Owner::of(world, trade.wallet);
        let label = Label::of(world, trade.market);
        let token = Token::of(world.market(trade.market).1, trade.outcome);
        Self {
            proxy_wallet: owner.proxy_wallet,
            side: trade.side.name(),
            token_id: token.id,
            condition_id: label.condition_id,
            size: units(trade.shares),
            price: trade.price,
            timestamp: seconds(trade.at_ms),
            title: label.title,
            slug: label.slug,
            icon: "",
            event_slug: label.event_slug,
            outcome: token.outcome,
            outcome_index: token.outcome_index,
            name: owner.name,
            pseudonym: owner.pseudonym,
            bio: owner.bio,
            profile_image: "",
            profile_image_optimized: "",
            transaction_hash: world.transaction_hash(transaction),
        }
    }

    /// As served while the catalogue lags behind.
    fn lagging(self, transaction: u32) -> Self {
        if is_unenriched(transaction) {
            Self { event_slug: String::new(), outcome_index: UNLABELLED, ..self }
        } else {
            self
        }
    }
}

/// A smallest size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Floor {
    /// In millionths of a share.
    Tokens(i64),
    /// In millionths of a USDC.
    Cash(i64),
}

impl Floor {
    /// Of `filter_type` and `filter_amount`; an amount of 0 is the default.
    pub(crate) fn read(params: &Params, default: i64) -> Result<Self, Problem> {
        let kinds = [("TOKENS", Self::Tokens as fn(i64) -> Self), ("CASH", Self::Cash)];
        let refusal = "filterType must be CASH or TOKENS";
        let kind = params.choice("filter_type", &kinds, refusal)?.unwrap_or(Self::Tokens);
        Ok(kind(params.amount("filter_amount").filter(|&amount| amount > 0).unwrap_or(default)))
    }

    fn admits(self, trade: &Trade) -> bool {
        match self {
            Self::Tokens(least) => trade.shares >= least,
            Self::Cash(least) => trade.usdc >= least,
        }
    }
}

/// A time span, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from_ms: Millis,
    pub(crate) to_ms: Millis,
}

impl Span {
    /// Of `start` and `end` in seconds: left out or 0, the last three years.
    pub(crate) fn read(params: &Params, now_ms: Millis) -> Result<Self, Problem> {
        let bound = |name: &'static str| -> Result<Option<i64>, Problem> {
            Ok(params.integer(name)?.filter(|&at_s| at_s != 0))
        };
        let start = bound("start")?.map(|at_s| at_s.saturating_mul(1_000));
        let end = bound("end")?.map(|at_s| at_s.saturating_mul(1_000).saturating_add(999));
        Ok(Self {
            from_ms: start.unwrap_or(now_ms - YEARS_MS),
            to_ms: end.unwrap_or(now_ms + 86_400_000),
        })
    }

    pub(crate) const fn since(from_ms: Millis) -> Self {
        Self { from_ms, to_ms: Millis::MAX }
    }
}

/// Which trades are wanted.
pub(crate) struct Wanted {
    pub(crate) whose: Whose,
    pub(crate) parties: Parties,
    pub(crate) side: Option<Side>,
    pub(crate) floor: Floor,
    pub(crate) span: Span,
}

/// Whose trades are wanted.
pub(crate) enum Whose {
    Wallet { wallet: WalletIx, markets: Option<BTreeSet<MarketIx>> },
    Markets(Vec<MarketIx>),
    Everybody,
}

impl Wanted {
    /// `None` when there can be none: the wallet is nobody's.
    pub(crate) fn read(
        world: &World,
        params: &Params,
        scope: &Scope,
        dust: i64,
    ) -> Result<Option<Self>, Problem> {
        let now_ms = world.now_ms();
        let taker_only = params.flag("taker_only")?.unwrap_or(true);
        let sides = [("BUY", Side::Buy), ("SELL", Side::Sell)];
        let side = params.choice("side", &sides, "side must be BUY or SELL")?;
        let floor = Floor::read(params, dust)?;
        let markets = markets_in(world, scope);
        let (whose, span) = match (params.user()?, markets) {
            (Some(user), markets) => {
                let span = Span::read(params, now_ms)?;
                let Some(wallet) = world.by_address(&user) else { return Ok(None) };
                let markets = markets.map(BTreeSet::from_iter);
                (Whose::Wallet { wallet, markets }, span)
            }
            (None, Some(markets)) => (Whose::Markets(markets), Span::since(now_ms - YEARS_MS)),
            (None, None) => (Whose::Everybody, Span::since(last_month_began(now_ms))),
        };
        let parties = if taker_only { Parties::Takers } else { Parties::Everyone };
        Ok(Some(Self { whose, parties, side, floor, span }))
    }

    /// The trades before `before`, newest first.
    pub(crate) fn trades<'w>(
        &'w self,
        world: &'w World,
        before: Option<Sequence>,
    ) -> impl Iterator<Item = (Entry, Trade)> + 'w {
        let tape = world.exchange().tape();
        let entries: Box<dyn Iterator<Item = Entry> + 'w> = match &self.whose {
            Whose::Wallet { wallet, .. } => Box::new(feed::of_wallet(tape, *wallet, before)),
            Whose::Markets(markets) => {
                Box::new(feed::of_markets(tape, markets, self.parties, before))
            }
            Whose::Everybody => Box::new(feed::of_everybody(tape, self.parties, before)),
        };
        let read = move |entry| Trade::read(tape, entry).map(|trade| (entry, trade));
        entries
            .filter(|entry| self.parties == Parties::Everyone || matches!(entry, Entry::Taken(_)))
            .filter_map(read)
            .skip_while(|(_, trade)| trade.at_ms > self.span.to_ms)
            .take_while(|(_, trade)| trade.at_ms >= self.span.from_ms)
            .filter(|(_, trade)| self.admits(trade))
    }

    fn admits(&self, trade: &Trade) -> bool {
        let in_scope = match &self.whose {
            Whose::Wallet { markets: Some(markets), .. } => markets.contains(&trade.market),
            _ => true,
        };
        in_scope && self.side.is_none_or(|side| side == trade.side) && self.floor.admits(trade)
    }
}

/// The first moment of the month before this one.
fn last_month_began(now_ms: Millis) -> Millis {
    let today = moment(seconds(now_ms)).date_naive();
    let month = today.with_day(1).and_then(|first| first.checked_sub_months(Months::new(1)));
    month
        .and_then(|first| first.and_hms_opt(0, 0, 0))
        .map_or(0, |first| first.and_utc().timestamp_millis())
}

pub(crate) async fn list(State(app): State<App>, params: Params) -> Answer {
    let page = ask(&app, move |world| page(world, &params)).await?;
    Ok(cached(CACHED_S, page))
}

fn page(world: &World, params: &Params) -> Result<Page<TradeRow>, Problem> {
    let place = FeedPlace::read(KIND, params, false)?;
    let Some(wanted) = Wanted::read(world, params, &params.scope()?, DUST)? else {
        return Ok(Page::empty(place.limit));
    };
    let tape = world.exchange().tape();
    let before = place.last();
    let trades = wanted.trades(world, before);
    let place_of =
        |(entry, trade): &(Entry, Trade)| (seconds(trade.at_ms), Sequence::of(tape, *entry));
    place.page(KIND, trades, place_of, |(entry, trade)| {
        let transaction = feed::transaction_of(tape, entry);
        TradeRow::new(world, transaction, &trade).lagging(transaction)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_feed_goes_back_to_the_month_before() {
        let at =
            |text: &str| chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis();
        assert_eq!(last_month_began(at("2026-11-23T07:00:00Z")), at("2026-10-01T00:00:00Z"));
        assert_eq!(last_month_began(at("2027-01-31T23:59:59Z")), at("2026-12-01T00:00:00Z"));
    }

    #[test]
    fn spans_default_to_three_years() {
        let now_ms = 1_795_392_000_000;
        let span = |query: &str| Span::read(&Params::of(query), now_ms).unwrap();
        let default = Span { from_ms: now_ms - YEARS_MS, to_ms: now_ms + 86_400_000 };
        assert_eq!(span(""), default);
        assert_eq!(span("start=0&end=0"), default);
        assert_eq!(span("start=1&end=2"), Span { from_ms: 1_000, to_ms: 2_999 });
    }

    #[test]
    fn floors_are_in_shares_or_in_cash() {
        let floor = |query: &str| Floor::read(&Params::of(query), DUST);
        assert_eq!(floor("").unwrap(), Floor::Tokens(DUST));
        assert_eq!(floor("filter_amount=0").unwrap(), Floor::Tokens(DUST));
        assert_eq!(floor("filterType=cash&filterAmount=2.5").unwrap(), Floor::Cash(2_500_000));
        assert_eq!(floor("filter_type=BOTH").unwrap_err().parameter, Some("filter_type"));
    }
}
