//! `/positions`, `/closed-positions` and `/v1/market-positions`.

use std::cmp::Ordering;

use axum::extract::State;
use serde::Serialize;

use super::slice::{Caps, PastCap, Slice};
use crate::data::activity::is_ascending;
use crate::data::number::{Plain, cut, cut_percent, cut_ratio, price, seconds, units};
use crate::data::params::Params;
use crate::data::problem::Problem;
use crate::data::rows::{Label, Owner, Token, end_date, markets_in};
use crate::data::stakes::{self, Stake};
use crate::data::{Answer, ask, cached};
use crate::exchange::{MICRO, Outcome};
use crate::server::App;
use crate::world::World;

const OPEN: Caps = Caps { default: 100, limit: 500, offset: 10_000, past: PastCap::Refused };
const CLOSED: Caps = Caps { default: 10, limit: 50, offset: 100_000, past: PastCap::Refused };
const OF_MARKET: Caps = Caps { default: 50, limit: 500, offset: 10_000, past: PastCap::Refused };

/// Fewer shares, in millionths, are not shown unless asked for: one share.
const DEFAULT_THRESHOLD: i64 = MICRO;

/// More shares, in millionths, make a position of a market an open one.
const OPEN_ABOVE: i64 = 10_000;

/// Longest title to look for, in characters.
const MAX_TITLE: usize = 100;

/// The words of a position: market, outcome and the other one.
struct Words {
    label: Label,
    token: Token,
    opposite: Token,
    event_id: String,
    end_date: String,
    negative_risk: bool,
}

impl Words {
    fn of(world: &World, stake: &Stake) -> Self {
        let (event, market) = world.market(stake.market);
        Self {
            label: Label::of(world, stake.market),
            token: Token::of(market, stake.outcome),
            opposite: Token::of(market, stake.outcome.opposite()),
            event_id: event.number.to_string(),
            end_date: end_date(market).unwrap_or_default(),
            negative_risk: event.group.is_some(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OpenRow {
    proxy_wallet: String,
    asset: String,
    condition_id: String,
    size: Plain,
    avg_price: Plain,
    initial_value: Plain,
    current_value: Plain,
    cash_pnl: Plain,
    percent_pnl: Plain,
    total_bought: Plain,
    realized_pnl: Plain,
    percent_realized_pnl: Plain,
    cur_price: Plain,
    redeemable: bool,
    mergeable: bool,
    title: String,
    slug: String,
    icon: &'static str,
    event_id: String,
    event_slug: String,
    outcome: String,
    outcome_index: u32,
    opposite_outcome: String,
    opposite_asset: String,
    end_date: String,
    negative_risk: bool,
}

impl OpenRow {
    fn new(world: &World, stake: &Stake) -> Self {
        let words = Words::of(world, stake);
        let holding = &stake.holding;
        let (cost, shares) = stake.average();
        let (realized_part, realized_base) = stake.realized_ratio();
        Self {
            proxy_wallet: world.person(stake.wallet).address.clone(),
            asset: words.token.id,
            condition_id: words.label.condition_id,
            size: Plain(units(holding.shares)),
            avg_price: Plain(cut_ratio(cost, shares)),
            initial_value: Plain(cut(holding.cost)),
            current_value: Plain(cut(stake.value())),
            cash_pnl: Plain(cut(stake.unrealized())),
            percent_pnl: Plain(cut_percent(stake.unrealized(), holding.cost)),
            total_bought: Plain(units(holding.bought)),
            realized_pnl: Plain(cut(holding.realized)),
            percent_realized_pnl: Plain(cut_percent(realized_part, realized_base)),
            cur_price: Plain(price(stake.price)),
            redeemable: stake.is_redeemable(),
            mergeable: stake.is_mergeable(),
            title: words.label.title,
            slug: words.label.slug,
            icon: "",
            event_id: words.event_id,
            event_slug: words.label.event_slug,
            outcome: words.token.outcome,
            outcome_index: words.token.outcome_index,
            opposite_outcome: words.opposite.outcome,
            opposite_asset: words.opposite.id,
            end_date: words.end_date,
            negative_risk: words.negative_risk,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClosedRow {
    proxy_wallet: String,
    asset: String,
    condition_id: String,
    avg_price: Plain,
    total_bought: Plain,
    realized_pnl: Plain,
    cur_price: Plain,
    timestamp: i64,
    title: String,
    slug: String,
    icon: &'static str,
    event_slug: String,
    outcome: String,
    outcome_index: u32,
    opposite_outcome: String,
    opposite_asset: String,
    end_date: String,
}

impl ClosedRow {
    fn new(world: &World, stake: &Stake) -> Self {
        let words = Words::of(world, stake);
        let (cost, shares) = stake.average();
        Self {
            proxy_wallet: world.person(stake.wallet).address.clone(),
            asset: words.token.id,
            condition_id: words.label.condition_id,
            avg_price: Plain(cut_ratio(cost, shares)),
            total_bought: Plain(units(stake.holding.bought)),
            realized_pnl: Plain(cut(stake.holding.realized)),
            cur_price: Plain(price(stake.price)),
            timestamp: seconds(stake.last_ms()),
            title: words.label.title,
            slug: words.label.slug,
            icon: "",
            event_slug: words.label.event_slug,
            outcome: words.token.outcome,
            outcome_index: words.token.outcome_index,
            opposite_outcome: words.opposite.outcome,
            opposite_asset: words.opposite.id,
            end_date: words.end_date,
        }
    }
}

/// What positions are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Value,
    Cost,
    Tokens,
    Unrealized,
    UnrealizedPercent,
    Realized,
    Total,
    Title,
    EndDate,
    Price,
    AveragePrice,
    Time,
}

const OPEN_SORTS: [(&str, Sort); 9] = [
    ("CURRENT", Sort::Value),
    ("INITIAL", Sort::Cost),
    ("TOKENS", Sort::Tokens),
    ("CASHPNL", Sort::Unrealized),
    ("PERCENTPNL", Sort::UnrealizedPercent),
    ("TITLE", Sort::Title),
    ("RESOLVING", Sort::EndDate),
    ("PRICE", Sort::Price),
    ("AVGPRICE", Sort::AveragePrice),
];

const CLOSED_SORTS: [(&str, Sort); 5] = [
    ("REALIZEDPNL", Sort::Realized),
    ("TITLE", Sort::Title),
    ("PRICE", Sort::Price),
    ("AVGPRICE", Sort::AveragePrice),
    ("TIMESTAMP", Sort::Time),
];

const MARKET_SORTS: [(&str, Sort); 4] = [
    ("TOKENS", Sort::Tokens),
    ("CASH_PNL", Sort::Unrealized),
    ("REALIZED_PNL", Sort::Realized),
    ("TOTAL_PNL", Sort::Total),
];

impl Sort {
    fn compare(self, world: &World, left: &Stake, right: &Stake) -> Ordering {
        let market = |stake: &Stake| world.market(stake.market).1;
        let by_amount = |amount: fn(&Stake) -> i64| amount(left).cmp(&amount(right));
        let by_ratio = |ratio: fn(&Stake) -> (i64, i64)| {
            let ((part, whole), (other, of)) = (ratio(left), ratio(right));
            // Wholes are not negative; those of nothing come first.
            (i128::from(part) * i128::from(of)).cmp(&(i128::from(other) * i128::from(whole)))
        };
        match self {
            Self::Value => by_amount(Stake::value),
            Self::Cost => by_amount(|stake| stake.holding.cost),
            Self::Tokens => by_amount(Stake::shares),
            Self::Unrealized => by_amount(Stake::unrealized),
            Self::UnrealizedPercent => {
                by_ratio(|stake| (stake.unrealized(), stake.holding.cost.max(1)))
            }
            Self::Realized => by_amount(|stake| stake.holding.realized),
            Self::Total => by_amount(Stake::total),
            Self::Title => market(left).draft.question.cmp(&market(right).draft.question),
            Self::EndDate => market(left).scheduled_s.cmp(&market(right).scheduled_s),
            Self::Price => left.price.cmp(&right.price),
            Self::AveragePrice => by_ratio(|stake| {
                let (cost, shares) = stake.average();
                (cost, shares.max(1))
            }),
            Self::Time => by_amount(Stake::last_ms),
        }
    }

    /// Sorts by this; equal positions by market and outcome, then wallet.
    fn sort(self, world: &World, stakes: &mut [Stake], ascending: bool) {
        stakes.sort_by(|left, right| {
            let by_key = self.compare(world, left, right);
            let by_key = if ascending { by_key } else { by_key.reverse() };
            let place = |stake: &Stake| (stake.market, stake.outcome, stake.wallet);
            by_key.then_with(|| place(left).cmp(&place(right)))
        });
    }
}

/// The stakes of the wallet asked for, in the markets asked for, by title.
fn asked_for(world: &World, params: &Params) -> Result<Vec<Stake>, Problem> {
    let user = params.address()?;
    let markets = markets_in(world, &params.first_scope()?);
    let title = params.text("title").map(str::to_lowercase);
    if title.as_ref().is_some_and(|title| title.chars().count() > MAX_TITLE) {
        let error = format!("title must be at most {MAX_TITLE} characters");
        return Err(Problem::invalid("title", error));
    }
    let Some(wallet) = world.by_address(&user) else { return Ok(Vec::new()) };
    let in_scope = |stake: &Stake| {
        markets.as_ref().is_none_or(|markets| markets.contains(&stake.market))
            && title.as_ref().is_none_or(|title| {
                world.market(stake.market).1.draft.question.to_lowercase().contains(title)
            })
    };
    Ok(stakes::of_wallet(world.exchange(), wallet).filter(in_scope).collect())
}

pub(super) async fn open(State(app): State<App>, params: Params) -> Answer {
    let rows = ask(&app, move |world| {
        let slice = Slice::read(&params, OPEN)?;
        let sort = params.choice("sort_by", &OPEN_SORTS, "invalid sortBy")?;
        let ascending = is_ascending(&params)?.unwrap_or(false);
        let threshold = params.amount("size_threshold").unwrap_or(DEFAULT_THRESHOLD);
        let redeemable = params.flag("redeemable")?.unwrap_or(false);
        let mergeable = params.flag("mergeable")?.unwrap_or(false);
        let mut found = asked_for(world, &params)?;
        found.retain(|stake| {
            stake.shares() > 0
                && stake.shares() >= threshold
                && (!redeemable || stake.is_redeemable())
                && (!mergeable || stake.is_mergeable())
        });
        sort.unwrap_or(Sort::Tokens).sort(world, &mut found, ascending);
        Ok(slice.of(&found).map(|stake| OpenRow::new(world, stake)).collect::<Vec<_>>())
    });
    Ok(cached(0, rows.await?))
}

/// Positions without shares: sold, merged or handed in. Losers that nobody hands in never get here.
pub(super) async fn closed(State(app): State<App>, params: Params) -> Answer {
    let rows = ask(&app, move |world| {
        let slice = Slice::read(&params, CLOSED)?;
        let sort = params.choice("sort_by", &CLOSED_SORTS, "invalid sortBy")?;
        let ascending = is_ascending(&params)?.unwrap_or(false);
        let mut found = asked_for(world, &params)?;
        found.retain(|stake| stake.shares() == 0);
        sort.unwrap_or(Sort::Realized).sort(world, &mut found, ascending);
        Ok(slice.of(&found).map(|stake| ClosedRow::new(world, stake)).collect::<Vec<_>>())
    });
    Ok(cached(0, rows.await?))
}

#[derive(Serialize)]
struct TokenGroup {
    token: String,
    positions: Vec<MarketPositionRow>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MarketPositionRow {
    proxy_wallet: String,
    name: String,
    profile_image: &'static str,
    verified: bool,
    asset: String,
    condition_id: String,
    avg_price: Plain,
    size: Plain,
    curr_price: Plain,
    current_value: Plain,
    cash_pnl: Plain,
    total_bought: Plain,
    realized_pnl: Plain,
    total_pnl: Plain,
    outcome: String,
    outcome_index: u32,
}

impl MarketPositionRow {
    fn new(world: &World, stake: &Stake) -> Self {
        let owner = Owner::of(world, stake.wallet);
        let (_, market) = world.market(stake.market);
        let token = Token::of(market, stake.outcome);
        let (cost, shares) = stake.average();
        Self {
            proxy_wallet: owner.proxy_wallet,
            name: owner.name,
            profile_image: "",
            verified: owner.verified,
            asset: token.id,
            condition_id: market.condition_id.clone(),
            avg_price: Plain(cut_ratio(cost, shares)),
            size: Plain(units(stake.shares())),
            curr_price: Plain(price(stake.price)),
            current_value: Plain(cut(stake.value())),
            cash_pnl: Plain(cut(stake.unrealized())),
            total_bought: Plain(units(stake.holding.bought)),
            realized_pnl: Plain(cut(stake.holding.realized)),
            total_pnl: Plain(cut(stake.total())),
            outcome: token.outcome,
            outcome_index: token.outcome_index,
        }
    }
}

pub(super) async fn of_market(State(app): State<App>, params: Params) -> Answer {
    let rows = ask(&app, move |world| market_groups(world, &params)).await?;
    Ok(cached(0, rows))
}

fn market_groups(world: &World, params: &Params) -> Result<Vec<TokenGroup>, Problem> {
    let slice = Slice::read(params, OF_MARKET)?;
    let sort = params.choice("sort_by", &MARKET_SORTS, "invalid sortBy")?;
    let ascending = is_ascending(params)?.unwrap_or(false);
    let statuses = [("OPEN", Some(true)), ("CLOSED", Some(false)), ("ALL", None)];
    let is_open = params.choice("status", &statuses, "status must be OPEN, CLOSED or ALL")?;
    let is_open = is_open.flatten();
    let ids = params.condition_list("market")?.ok_or_else(|| Problem::missing("market"))?;
    let [id] = ids.as_slice() else {
        return Err(Problem::invalid("market", "exactly one market is accepted"));
    };
    let wallet = params.user()?.map(|user| world.by_address(&user));
    let Some(market) = world.by_condition(id) else { return Ok(Vec::new()) };
    let mut found: Vec<Stake> = stakes::of_market(world.exchange(), market)
        .filter(|stake| wallet.is_none_or(|wallet| wallet == Some(stake.wallet)))
        .filter(|stake| is_open.is_none_or(|open| open == (stake.shares() > OPEN_ABOVE)))
        .collect();
    sort.unwrap_or(Sort::Total).sort(world, &mut found, ascending);
    let group = |outcome: Outcome| {
        let of_token = found.iter().filter(|stake| stake.outcome == outcome);
        let rows = slice.of(of_token).map(|stake| MarketPositionRow::new(world, stake));
        let token = world.market(market).1.token_ids[outcome.index()].clone();
        TokenGroup { token, positions: rows.collect() }
    };
    Ok(Outcome::BOTH.map(group).into_iter().filter(|group| !group.positions.is_empty()).collect())
}
