//! What upstream says of one wallet.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Address, Price, Shares, TokenId, Usdc};
use polymarket::UpstreamError;
use polymarket::data::{
    ActivityQuery, ActivityRow, ActivitySide, ActivityType, ActivityTypes, DataClient, Listing,
    PnlFidelity, PnlInterval, PositionFilter, PositionRow, PositionsQuery, Walk, WalkEnd, Walked,
};
use polymarket::gamma::{GammaClient, PublicProfile};
use polymarket::user_pnl::UserPnlClient;
use rust_decimal::Decimal;
use store::wallets::Identity;
use store::wallets::activity::{Activity, Direction};
use store::wallets::pnl::PnlPoint;

/// How old what upstream tells may be: its lists do not know yet what happened later than so long before
/// (polymarket-api.md 1.8).
pub(super) const VENUE_LAG: TimeDelta = TimeDelta::minutes(10);

/// The clients that know wallets.
#[derive(Debug, Clone)]
pub struct WalletClients {
    /// Positions, activity, profit.
    pub data: DataClient,
    /// Profiles.
    pub gamma: GammaClient,
    /// What the profile page draws.
    pub user_pnl: UserPnlClient,
}

/// What a walk through a list left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shortfall {
    /// Why, by name; empty where nothing was left out.
    pub(super) reasons: Vec<String>,
    /// Where the list ended that goes on: nothing was told of what lies beyond.
    pub(super) cut_at: Option<DateTime<Utc>>,
    /// It ended nowhere that can be named.
    pub(super) is_broken: bool,
    /// Rows that cannot be used.
    pub(super) unusable_rows: u64,
}

impl Shortfall {
    /// Of a walk that has ended.
    fn of(list: &str, end: &WalkEnd, unusable_rows: u64) -> Self {
        let mut shortfall = Self { unusable_rows, ..Self::default() };
        match end {
            WalkEnd::Complete => {}
            WalkEnd::CappedAt { reached, .. } => {
                shortfall.cut_at = *reached;
                shortfall.is_broken = reached.is_none();
                shortfall.reasons.push(format!("{list}_capped"));
            }
            WalkEnd::Broken(_) => {
                shortfall.is_broken = true;
                shortfall.reasons.push(format!("{list}_broken"));
            }
        }
        if unusable_rows > 0 {
            shortfall.reasons.push(format!("{list}_unreadable"));
        }
        shortfall
    }

    pub(super) fn is_none(&self) -> bool {
        self.reasons.is_empty()
    }
}

/// Positions as upstream lists them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ListedPositions {
    /// Open and closed ones, each token once.
    pub(super) rows: Vec<PositionRow>,
    /// When they were asked for.
    pub(super) observed_at: DateTime<Utc>,
    /// What is missing of them.
    pub(super) shortfall: Shortfall,
}

/// All positions of a wallet, of every status and size.
pub(super) async fn positions(
    data: &DataClient,
    wallet: &Address,
    now: DateTime<Utc>,
) -> Result<ListedPositions, UpstreamError> {
    let mut rows: Vec<PositionRow> = Vec::new();
    let mut places: HashMap<TokenId, usize> = HashMap::new();
    let mut shortfall = Shortfall::default();
    for filter in [PositionFilter::Open, PositionFilter::Closed] {
        let query = PositionsQuery {
            include_archived: true,
            ..PositionsQuery::of_wallet(wallet.clone(), filter)
        };
        let walked = to_the_end(Walk::with_fallback(data.clone(), query)).await?;
        let part = Shortfall::of("positions", &walked.end, walked.tally.unusable_rows);
        shortfall.is_broken |= part.is_broken || part.cut_at.is_some();
        shortfall.unusable_rows += part.unusable_rows;
        shortfall.reasons.extend(part.reasons);
        for row in walked.rows.rows {
            // A holding below a tenth of a share is in both lists, and the open row is the one that counts.
            let place = places.len();
            if *places.entry(row.token_id.clone()).or_insert(place) == place {
                rows.push(row);
            }
        }
    }
    shortfall.reasons.dedup();
    Ok(ListedPositions { rows, observed_at: now, shortfall })
}

/// A walk to its end; an error only where nothing came at all.
async fn to_the_end<Q: Listing>(walk: Walk<Q>) -> Result<Walked<Q::Row>, UpstreamError> {
    let walked = walk.to_the_end().await;
    match walked.end {
        WalkEnd::Broken(polymarket::data::WalkBreak::Failed(error)) if walked.tally.pages == 0 => {
            Err(error)
        }
        _ => Ok(walked),
    }
}

/// A walk through a wallet's activity, from the oldest on, so that what happens meanwhile moves nothing that is still
/// to come.
pub(super) fn activity(
    data: &DataClient,
    wallet: &Address,
    since: Option<DateTime<Utc>>,
    until: DateTime<Utc>,
) -> Walk<ActivityQuery> {
    let query = ActivityQuery { since, until: Some(until), ..ActivityQuery::of(wallet.clone()) };
    Walk::with_fallback(data.clone(), query)
}

/// Tips, which upstream lists only when they are asked for by name.
pub(super) async fn tips(
    data: &DataClient,
    wallet: &Address,
    since: Option<DateTime<Utc>>,
    until: DateTime<Utc>,
) -> Result<(Vec<Activity>, Shortfall), UpstreamError> {
    let types = ActivityTypes::Only(vec![ActivityType::Tip]);
    let query =
        ActivityQuery { types, since, until: Some(until), ..ActivityQuery::of(wallet.clone()) };
    let walked = to_the_end(Walk::with_fallback(data.clone(), query)).await?;
    let shortfall = Shortfall::of("tips", &walked.end, walked.tally.unusable_rows);
    Ok((walked.rows.rows.iter().map(stored).collect(), shortfall))
}

/// What a finished walk through activity left out.
pub(super) fn shortfall(walk: &Walk<ActivityQuery>) -> Shortfall {
    let end = walk.end().cloned().unwrap_or(WalkEnd::Complete);
    Shortfall::of("activity", &end, walk.tally().unusable_rows)
}

/// A row as it is kept. Which part the wallet had in a trade, another list tells.
pub(super) fn stored(row: &ActivityRow) -> Activity {
    let direction = match &row.side {
        Some(ActivitySide::Buy) => Some(Direction::Buy),
        Some(ActivitySide::Sell) => Some(Direction::Sell),
        Some(ActivitySide::In) => Some(Direction::In),
        Some(ActivitySide::Out) => Some(Direction::Out),
        Some(ActivitySide::Other(_)) | None => None,
    };
    Activity {
        happened_at: row.happened_at,
        // Text of PostgreSQL holds everything but that one character.
        kind: row.kind.as_str().to_ascii_lowercase().replace('\0', ""),
        transaction_hash: row.transaction_hash.clone(),
        condition_id: row.condition_id.clone(),
        token_id: row.token_id.clone(),
        outcome_index: row.outcome_index,
        direction,
        is_maker: None,
        price: row.price,
        shares: row.size.and_then(|size| Shares::new(size).ok()),
        usdc: row.usdc,
        is_combo: row.is_combo,
    }
}

/// Who a wallet is, from its profile.
pub(super) fn identity(profile: PublicProfile) -> Identity {
    Identity {
        // Where the owner does not want the name shown, it is not.
        name: profile.name.filter(|_| profile.shows_name != Some(false)),
        pseudonym: profile.pseudonym,
        bio: profile.bio,
        profile_image: profile.profile_image,
        x_username: profile.x_username,
        is_verified: profile.verified,
        joined_at: profile.created_at,
    }
}

/// What upstream says that the wallet made over time, by the day.
pub(super) async fn venue_pnl(
    data: &DataClient,
    wallet: &Address,
    now: DateTime<Utc>,
) -> Result<Vec<PnlPoint>, UpstreamError> {
    let answer = data.user_pnl(wallet, PnlInterval::Max, PnlFidelity::Day).await?;
    let Some(pnl) = answer.value else { return Ok(Vec::new()) };
    let dollars = |usdc: Option<Usdc>| usdc.map(Usdc::decimal);
    let points = pnl.points.rows.iter().map(|point| PnlPoint {
        at: point.at,
        observed_at: now,
        realized_usdc: dollars(point.realized),
        unrealized_usdc: dollars(point.unrealized),
        fees_usdc: dollars(point.fees),
        income_usdc: dollars(point.wallet_income),
        total_usdc: dollars(point.economic),
    });
    Ok(points.collect())
}

/// What the profile page draws.
pub(super) async fn site_pnl(
    user_pnl: &UserPnlClient,
    wallet: &Address,
    now: DateTime<Utc>,
) -> Result<Vec<PnlPoint>, UpstreamError> {
    let answer = user_pnl.profits(wallet, PnlInterval::Max, PnlFidelity::Day).await?;
    let points = answer.value.rows.iter().map(|point| PnlPoint {
        at: point.at,
        observed_at: now,
        realized_usdc: None,
        unrealized_usdc: None,
        fees_usdc: None,
        income_usdc: None,
        total_usdc: Some(point.profit.decimal()),
    });
    Ok(points.collect())
}

/// A price of the venue's as the table keeps it.
pub(super) fn decimal_of(price: Option<Price>) -> Option<Decimal> {
    price.map(Price::decimal)
}
