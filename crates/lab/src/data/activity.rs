//! `/v2/activity`: everything a wallet did.

use std::collections::BTreeSet;

use axum::extract::State;
use serde::Serialize;

use super::feed::{self, Sequence, Trade};
use super::number::{seconds, units};
use super::paging::{FeedPlace, Page};
use super::params::{Params, Scope};
use super::problem::Problem;
use super::rows::{Label, Owner, Token, UNLABELLED, is_unenriched, markets_in};
use super::trades::Span;
use super::{Answer, ask, cached};
use crate::exchange::{Entry, MarketIx, Movement, MovementKind, Side, Tape, WalletIx};
use crate::server::App;
use crate::world::World;

const KIND: &str = "activity";

const CACHED_S: u32 = 15;

/// Every type upstream knows. The lab's wallets do not do all of it.
const TYPES: [&str; 14] = [
    "TRADE",
    "SPLIT",
    "MERGE",
    "REDEEM",
    "REWARD",
    "CONVERSION",
    "MIGRATION",
    "MAKER_REBATE",
    "TAKER_REBATE",
    "REFERRAL_REWARD",
    "YIELD",
    "DEPOSIT",
    "WITHDRAWAL",
    "TIP",
];

/// A row as v2 serves it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ActivityRow {
    pub(crate) proxy_wallet: String,
    pub(crate) timestamp: i64,
    pub(crate) condition_id: String,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) size: f64,
    pub(crate) usdc_size: f64,
    pub(crate) transaction_hash: String,
    pub(crate) price: f64,
    pub(crate) token_id: String,
    pub(crate) side: &'static str,
    pub(crate) outcome_index: u32,
    pub(crate) title: String,
    pub(crate) slug: String,
    pub(crate) icon: &'static str,
    pub(crate) event_slug: String,
    pub(crate) outcome: String,
    pub(crate) name: String,
    pub(crate) pseudonym: String,
    pub(crate) bio: String,
    pub(crate) profile_image: &'static str,
    pub(crate) profile_image_optimized: &'static str,
}

/// What a row says of the act itself.
struct Act {
    at_ms: i64,
    kind: &'static str,
    /// Millionths of a share, or of a USDC where only cash moved.
    size: i64,
    usdc: i64,
    price: f64,
    side: &'static str,
}

impl ActivityRow {
    /// With everything that is known.
    pub(crate) fn new(world: &World, wallet: WalletIx, entry: Entry) -> Self {
        let tape = world.exchange().tape();
        let transaction = feed::transaction_of(tape, entry);
        let hash = world.transaction_hash(transaction);
        let owner = Owner::of(world, wallet);
        let (act, label, token) = match entry {
            Entry::Taken(ix) => Act::traded(world, &Trade::taken(tape, ix)),
            Entry::Made(ix) => Act::traded(world, &Trade::made(tape, ix)),
            Entry::Moved(ix) => {
                let moved = tape.movement(ix);
                let label = moved.market.map(|market| Label::of(world, market));
                (Act::moved(moved), label.unwrap_or_default(), Token::none())
            }
        };
        Self::write(&act, owner, label, token, hash)
    }

    fn write(act: &Act, owner: Owner, label: Label, token: Token, hash: String) -> Self {
        Self {
            proxy_wallet: owner.proxy_wallet,
            timestamp: seconds(act.at_ms),
            condition_id: label.condition_id,
            kind: act.kind,
            size: units(act.size),
            usdc_size: units(act.usdc),
            transaction_hash: hash,
            price: act.price,
            token_id: token.id,
            side: act.side,
            outcome_index: token.outcome_index,
            title: label.title,
            slug: label.slug,
            icon: "",
            event_slug: label.event_slug,
            outcome: token.outcome,
            name: owner.name,
            pseudonym: owner.pseudonym,
            bio: owner.bio,
            profile_image: "",
            profile_image_optimized: "",
        }
    }

    /// As served while the catalogue lags behind.
    fn lagging(self, transaction: u32) -> Self {
        if self.kind == "TRADE" && is_unenriched(transaction) {
            Self { event_slug: String::new(), outcome_index: UNLABELLED, ..self }
        } else {
            self
        }
    }
}

impl Act {
    /// With the market and the token.
    fn traded(world: &World, trade: &Trade) -> (Self, Label, Token) {
        let act = Self {
            at_ms: trade.at_ms,
            kind: "TRADE",
            size: trade.shares,
            usdc: trade.cash(),
            price: trade.price,
            side: trade.side.name(),
        };
        let token = Token::of(world.market(trade.market).1, trade.outcome);
        (act, Label::of(world, trade.market), token)
    }

    fn moved(moved: &Movement) -> Self {
        let has_market = moved.market.is_some();
        Self {
            at_ms: moved.at_ms,
            kind: kind_of(moved.kind),
            size: if has_market { moved.shares } else { moved.usdc },
            usdc: moved.usdc,
            price: 0.0,
            side: "",
        }
    }
}

const fn kind_of(kind: MovementKind) -> &'static str {
    match kind {
        MovementKind::Split => "SPLIT",
        MovementKind::Merge => "MERGE",
        MovementKind::Redeem => "REDEEM",
        MovementKind::Convert => "CONVERSION",
        MovementKind::Reward => "REWARD",
        MovementKind::MakerRebate => "MAKER_REBATE",
        MovementKind::Deposit => "DEPOSIT",
        MovementKind::Withdrawal => "WITHDRAWAL",
    }
}

/// Which of a wallet's acts are wanted.
pub(crate) struct Wanted {
    /// `None` for all but tips.
    types: Option<BTreeSet<&'static str>>,
    markets: Option<BTreeSet<MarketIx>>,
    side: Option<Side>,
    pub(crate) span: Span,
    without_deposits: bool,
}

impl Wanted {
    pub(crate) fn read(world: &World, params: &Params, scope: &Scope) -> Result<Self, Problem> {
        let sides = [("BUY", Side::Buy), ("SELL", Side::Sell)];
        Ok(Self {
            types: types(params)?,
            markets: markets_in(world, scope).map(BTreeSet::from_iter),
            side: params.choice("side", &sides, "side must be BUY or SELL")?,
            span: Span::read(params, world.now_ms())?,
            without_deposits: params.flag("exclude_deposits_withdrawals")?.unwrap_or(true),
        })
    }

    /// Whether an act is wanted, whenever it was.
    pub(crate) fn admits(&self, tape: &Tape, entry: Entry) -> bool {
        let (kind, market, side) = match (Trade::read(tape, entry), entry) {
            (Some(trade), _) => ("TRADE", Some(trade.market), Some(trade.side)),
            (None, Entry::Moved(ix)) => {
                let moved = tape.movement(ix);
                (kind_of(moved.kind), moved.market, None)
            }
            (None, _) => return false,
        };
        let hidden = self.without_deposits && matches!(kind, "DEPOSIT" | "WITHDRAWAL");
        let in_scope = self
            .markets
            .as_ref()
            .is_none_or(|markets| market.is_some_and(|market| markets.contains(&market)));
        !hidden
            && in_scope
            && self.types.as_ref().is_none_or(|types| types.contains(kind))
            && (self.side.is_none() || self.side == side)
    }
}

fn types(params: &Params) -> Result<Option<BTreeSet<&'static str>>, Problem> {
    let Some(wanted) = params.list("type")? else { return Ok(None) };
    let known = |word: String| {
        TYPES
            .into_iter()
            .find(|kind| kind.eq_ignore_ascii_case(&word))
            .ok_or_else(|| Problem::invalid("type", format!("unknown activity type: {word}")))
    };
    wanted.into_iter().map(known).collect::<Result<_, _>>().map(Some)
}

/// The default, or what `sort_direction` says: true for oldest first.
pub(crate) fn is_ascending(params: &Params) -> Result<Option<bool>, Problem> {
    let directions = [("ASC", true), ("DESC", false)];
    params.choice("sort_direction", &directions, "sortDirection must be ASC or DESC")
}

pub(crate) async fn list(State(app): State<App>, params: Params) -> Answer {
    let page = ask(&app, move |world| page(world, &params)).await?;
    Ok(cached(CACHED_S, page))
}

fn page(world: &World, params: &Params) -> Result<Page<ActivityRow>, Problem> {
    let user = params.required_user()?;
    let only = "only sortBy=TIMESTAMP with sortDirection=DESC is supported";
    params.choice("sort_by", &[("TIMESTAMP", ())], only)?;
    // A cursor knows its direction.
    let place = FeedPlace::read(KIND, params, is_ascending(params)?.unwrap_or(false))?;
    let wanted = Wanted::read(world, params, &params.scope()?)?;
    let Some(wallet) = world.by_address(&user) else { return Ok(Page::empty(place.limit)) };
    let tape = world.exchange().tape();
    let Span { from_ms, to_ms } = wanted.span;
    let time = move |entry: &Entry| feed::time_of(tape, *entry);
    let last = place.last();
    let entries: Box<dyn Iterator<Item = Entry> + '_> = if place.ascending {
        Box::new(
            feed::of_wallet_ascending(tape, wallet, last)
                .skip_while(move |entry| time(entry) < from_ms)
                .take_while(move |entry| time(entry) <= to_ms),
        )
    } else {
        Box::new(
            feed::of_wallet(tape, wallet, last)
                .skip_while(move |entry| time(entry) > to_ms)
                .take_while(move |entry| time(entry) >= from_ms),
        )
    };
    let entries = entries.filter(|&entry| wanted.admits(tape, entry));
    let place_of = |&entry: &Entry| (seconds(time(&entry)), Sequence::of(tape, entry));
    place.page(KIND, entries, place_of, |entry| {
        let transaction = feed::transaction_of(tape, entry);
        ActivityRow::new(world, wallet, entry).lagging(transaction)
    })
}
