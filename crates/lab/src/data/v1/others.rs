//! The smaller routes of v1.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use serde::Serialize;
use serde_json::{Value, json};

use super::slice::{Caps, PastCap, Slice};
use crate::data::boards::{self, Cache, OVERALL, Period, Sort, Topic};
use crate::data::holders::netted;
use crate::data::markets::{open_interests, taker_volumes};
use crate::data::number::{Plain, units};
use crate::data::paging::Pagination;
use crate::data::params::Params;
use crate::data::problem::Problem;
use crate::data::rows::{Owner, Token, index_of};
use crate::data::wallet::{markets_traded, rounded, worth};
use crate::data::{Answer, ask, cached};
use crate::exchange::{MICRO, Outcome, Shares};
use crate::server::App;
use crate::world::World;

/// Most holders a token.
const MOST_HOLDERS: usize = 20;

const LEADERS: Caps = Caps { default: 25, limit: 50, offset: 1_000, past: PastCap::Refused };
const COMBOS: Caps = Caps { default: 20, limit: 100, offset: 10_000, past: PastCap::Refused };

/// The categories v1 knows, as it spells them.
const CATEGORIES: [(&str, &str); 11] = [
    ("OVERALL", OVERALL),
    ("POLITICS", "politics"),
    ("SPORTS", "sports"),
    ("ESPORTS", "esports"),
    ("CRYPTO", "crypto"),
    ("CULTURE", "culture"),
    ("MENTIONS", "mentions"),
    ("WEATHER", "weather"),
    ("ECONOMICS", "economics"),
    ("TECH", "tech"),
    ("FINANCE", "finance"),
];

pub(super) async fn health(State(app): State<App>) -> Answer {
    ask(&app, |_| Ok(())).await?;
    Ok(cached(0, json!({ "data": "OK" })))
}

#[derive(Serialize)]
struct ValueRow {
    user: String,
    value: Plain,
}

pub(super) async fn value(State(app): State<App>, params: Params) -> Answer {
    let rows = ask(&app, move |world| {
        let user = params.address()?;
        let markets = params
            .condition_list("market")?
            .map(|ids| ids.iter().filter_map(|id| world.by_condition(id)).collect::<Vec<_>>());
        let worth = world
            .by_address(&user)
            .map_or(0, |wallet| worth(world.exchange(), wallet, markets.as_deref()));
        Ok([ValueRow { user, value: Plain(rounded(worth)) }])
    });
    Ok(cached(0, rows.await?))
}

#[derive(Serialize)]
struct Traded {
    user: String,
    traded: usize,
}

pub(super) async fn traded(State(app): State<App>, params: Params) -> Answer {
    let row = ask(&app, move |world| {
        let user = params.address()?;
        let wallet = world.by_address(&user);
        let traded = wallet.map_or(0, |wallet| markets_traded(world.exchange(), wallet));
        Ok(Traded { user, traded })
    });
    Ok(cached(0, row.await?))
}

/// A market and a number about it.
#[derive(Serialize)]
struct MarketRow {
    market: String,
    value: Plain,
}

pub(super) async fn oi(State(app): State<App>, params: Params) -> Answer {
    let rows = ask(&app, move |world| {
        let interests = open_interests(world, params.condition_list("market")?.as_deref());
        let row = |(market, usdc)| MarketRow { market, value: Plain(units(usdc)) };
        Ok(interests.into_iter().map(row).collect::<Vec<_>>())
    });
    Ok(cached(0, rows.await?))
}

#[derive(Serialize)]
struct LiveVolume {
    total: Plain,
    markets: Vec<MarketRow>,
}

pub(super) async fn live_volume(State(app): State<App>, params: Params) -> Answer {
    let rows = ask(&app, move |world| {
        let id = params.integer("id")?.ok_or_else(|| Problem::missing("id"))?;
        let number = u64::try_from(id).ok().filter(|&number| number > 0);
        let number = number.ok_or_else(|| Problem::invalid("id", "id must be positive"))?;
        let volumes = taker_volumes(world.exchange(), world.event_by_number(number));
        let total: Shares = volumes.iter().map(|(_, shares)| shares).sum();
        let row = |(market, shares): (&str, Shares)| MarketRow {
            market: market.to_owned(),
            value: Plain(units(shares)),
        };
        let markets = volumes.into_iter().map(row).collect();
        Ok([LiveVolume { total: Plain(units(total)), markets }])
    });
    Ok(cached(0, rows.await?))
}

#[derive(Serialize)]
struct HolderGroup {
    token: String,
    holders: Vec<HolderRow>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HolderRow {
    proxy_wallet: String,
    bio: String,
    asset: String,
    pseudonym: String,
    amount: Plain,
    display_username_public: bool,
    outcome_index: u32,
    name: String,
    profile_image: &'static str,
    profile_image_optimized: &'static str,
}

pub(super) async fn holders(State(app): State<App>, params: Params) -> Answer {
    let groups = ask(&app, move |world| {
        let caps =
            Caps { default: MOST_HOLDERS, limit: MOST_HOLDERS, offset: 0, past: PastCap::Repeats };
        let slice = Slice::read(&params, caps)?;
        let ids = params.condition_list("market")?.ok_or_else(|| Problem::missing("market"))?;
        let least = params.amount("min_balance").unwrap_or(MICRO);
        let markets = ids.iter().filter_map(|id| world.by_condition(id));
        let tokens = markets.flat_map(|market| Outcome::BOTH.map(|outcome| (market, outcome)));
        let group = |(market, outcome)| {
            let ranks = netted(world.exchange(), market, outcome);
            let token = Token::of(world.market(market).1, outcome);
            let enough = ranks.iter().filter(|rank| rank.amount >= least);
            let holders = slice.of(enough).map(|rank| {
                let owner = Owner::of(world, rank.wallet).displayed();
                HolderRow {
                    proxy_wallet: owner.proxy_wallet,
                    bio: owner.bio,
                    asset: token.id.clone(),
                    pseudonym: owner.pseudonym,
                    amount: Plain(units(rank.amount)),
                    display_username_public: owner.displays_name,
                    outcome_index: index_of(outcome),
                    name: owner.name,
                    profile_image: "",
                    profile_image_optimized: "",
                }
            });
            HolderGroup { holders: holders.collect(), token: token.id }
        };
        Ok(tokens.map(group).collect::<Vec<_>>())
    });
    Ok(cached(0, groups.await?))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LeaderRow {
    /// A string, unlike in v2.
    rank: String,
    proxy_wallet: String,
    user_name: String,
    /// In USDC, unlike in v2.
    vol: Plain,
    pnl: Plain,
    profile_image: &'static str,
    x_username: String,
    verified_badge: bool,
}

impl LeaderRow {
    fn new(world: &World, ranked: &boards::Ranked) -> Self {
        let owner = Owner::of(world, ranked.wallet);
        Self {
            rank: ranked.rank.to_string(),
            proxy_wallet: owner.proxy_wallet,
            user_name: owner.name,
            vol: Plain(units(ranked.score.traded.usdc)),
            pnl: Plain(units(ranked.score.pnl)),
            profile_image: "",
            x_username: owner.x_username,
            verified_badge: owner.verified,
        }
    }
}

pub(super) async fn leaderboard(
    State(app): State<App>,
    Extension(cache): Extension<Arc<Cache>>,
    params: Params,
) -> Answer {
    let slice = Slice::read(&params, LEADERS)?;
    let periods = Period::ALL.map(|period| (period.name(), period));
    let refusal = "timePeriod must be DAY, WEEK, MONTH or ALL";
    let period = params.choice("time_period", &periods, refusal)?.unwrap_or(Period::Day);
    let sorts = [("PNL", Sort::Pnl), ("VOL", Sort::Volume)];
    let sort = params.choice("order_by", &sorts, "orderBy must be PNL or VOL")?;
    let sort = sort.unwrap_or(Sort::Pnl);
    let topic = params.choice("category", &CATEGORIES, "unknown category")?.unwrap_or(OVERALL);
    let user = params.user()?;
    let name = params.text("user_name").map(str::to_owned);
    let board = cache.scoreboard(&app).await?;
    let rows = ask(&app, move |world| {
        // The lab has no markets on mentions.
        let scores = Topic::named(topic).into_iter().flat_map(|topic| board.scores(topic, period));
        let ranked = boards::ranked(scores, sort);
        let is_wanted = |ranked: &&boards::Ranked| {
            let person = world.person(ranked.wallet);
            user.as_ref().is_none_or(|user| person.address == *user)
                && name.as_ref().is_none_or(|name| person.name == *name)
        };
        let wanted = slice.of(ranked.iter().filter(is_wanted));
        Ok(wanted.map(|ranked| LeaderRow::new(world, ranked)).collect::<Vec<_>>())
    });
    Ok(cached(0, rows.await?))
}

/// The lab has no builders.
pub(super) async fn builders(State(app): State<App>, params: Params) -> Answer {
    let periods = ["DAY", "WEEK", "MONTH", "ALL"].map(|period| (period, ()));
    params.choice("time_period", &periods, "timePeriod must be DAY, WEEK, MONTH or ALL")?;
    let rows = ask(&app, |_| Ok(Vec::<Value>::new())).await?;
    Ok(cached(0, rows))
}

/// The lab has no combos.
pub(super) async fn combo_positions(State(app): State<App>, params: Params) -> Answer {
    no_combos(&app, &params, "combos").await
}

pub(super) async fn combo_activity(State(app): State<App>, params: Params) -> Answer {
    no_combos(&app, &params, "activity").await
}

async fn no_combos(app: &App, params: &Params, name: &str) -> Answer {
    params.address()?;
    let Slice { offset, limit } = Slice::read(params, COMBOS)?;
    ask(app, |_| Ok(())).await?;
    let pagination = Pagination { limit, offset, has_more: false, next_cursor: None };
    Ok(cached(0, json!({ (name): [], "pagination": pagination })))
}
