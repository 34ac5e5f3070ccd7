//! What is asked about one wallet as a whole: value, profit over time, statistics, volume, its place on
//! the leaderboard.

use chrono::{DateTime, Utc};
use domain::{Address, ConditionId, Usdc};
use rust_decimal::Decimal;

use super::boards::{BoardPeriod, LeaderStanding, with_category};
use super::envelope::{DataVersion, Served};
use super::pnl::{PnlFidelity, PnlInterval, PnlPoint, UserPnl};
use super::scope::{with_conditions, with_wallet};
use super::{DataClient, first_version};
use crate::fields::Fields;
use crate::quarantine::RowKind;
use crate::rows::Row;
use crate::{Answer, Host, Request, UpstreamError, UpstreamErrorKind};

/// What the shares of a wallet are worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortfolioValue {
    /// Whose.
    pub wallet: Address,
    /// Dollars, at the prices that positions have; rounded to four decimals. Cash is not in it.
    pub value: Usdc,
}

impl Row for PortfolioValue {
    const KIND: RowKind = RowKind::Value;

    fn decode(fields: &mut Fields<'_>) -> Result<Self, &'static str> {
        Ok(Self {
            wallet: fields.id("proxy_wallet", Address::parse).ok_or("proxy_wallet")?,
            value: fields.usdc("value").ok_or("value")?,
        })
    }

    fn key(&self) -> String {
        self.wallet.to_string()
    }
}

/// What upstream counts about a wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserStats {
    /// Whose.
    pub wallet: Address,
    /// Markets traded. Upstream calls it `trades`.
    pub markets_traded: Option<u64>,
    /// The most that was made with shares held to the end, in dollars; 0 where there was nothing to speak
    /// of.
    pub biggest_win: Option<Usdc>,
    /// How often the profile was looked at.
    pub views: Option<u64>,
    /// When the owner joined.
    pub joined_at: Option<DateTime<Utc>>,
    /// What the wallet made up to the last count.
    pub all_time: Option<PnlPoint>,
}

impl Row for UserStats {
    const KIND: RowKind = RowKind::WalletStats;

    fn decode(fields: &mut Fields<'_>) -> Result<Self, &'static str> {
        let all_time = fields.object("all_time_pnl").and_then(|mut point| {
            let read = PnlPoint::decode(&mut point).ok();
            fields.adopt_issues(point);
            read
        });
        Ok(Self {
            wallet: fields.id("proxy_wallet", Address::parse).ok_or("proxy_wallet")?,
            markets_traded: fields.count("trades"),
            biggest_win: fields.usdc("biggest_win"),
            views: fields.count("views"),
            joined_at: fields.instant("join_date"),
            all_time,
        })
    }

    fn key(&self) -> String {
        self.wallet.to_string()
    }
}

/// What a wallet traded, as taker and as maker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserVolume {
    /// Shares.
    pub shares: Option<Decimal>,
    /// Dollars.
    pub volume: Option<Usdc>,
    /// Trades.
    pub trade_count: Option<u64>,
}

impl Row for UserVolume {
    const KIND: RowKind = RowKind::WalletVolume;

    fn decode(fields: &mut Fields<'_>) -> Result<Self, &'static str> {
        let row = Self {
            shares: fields.amount("volume"),
            volume: fields.usdc("volume_usdc"),
            trade_count: fields.count("trade_count"),
        };
        // A row without any of them says nothing.
        let says_something =
            row.shares.is_some() || row.volume.is_some() || row.trade_count.is_some();
        if says_something { Ok(row) } else { Err("volume") }
    }

    fn key(&self) -> String {
        "volume".to_owned()
    }
}

impl DataClient {
    /// What the shares of a wallet are worth (`/v2/value`), in these markets (at most 20), or in all where
    /// none is named. Of a wallet that upstream does not know it says 0.
    pub async fn value(
        &self,
        wallet: &Address,
        condition_ids: &[ConditionId],
    ) -> Result<Answer<Option<PortfolioValue>>, UpstreamError> {
        let mut request = of_wallet("/v2/value", "value", wallet)?;
        if !condition_ids.is_empty() {
            request = with_conditions(request, condition_ids)?;
        }
        let wallet = wallet.clone();
        self.single(&request, move |row: &PortfolioValue| row.wallet == wallet).await
    }

    /// The same, by version 1 (`/value`) where version 2 has no such route.
    pub async fn value_with_fallback(
        &self,
        wallet: &Address,
        condition_ids: &[ConditionId],
    ) -> Result<Served<Option<PortfolioValue>>, UpstreamError> {
        match self.value(wallet, condition_ids).await {
            Ok(answer) => Ok(Served { version: DataVersion::V2, answer }),
            Err(error) if error.kind == UpstreamErrorKind::NotFound => {
                let answer = first_version::value(self, wallet, condition_ids).await?;
                Ok(Served { version: DataVersion::V1, answer })
            }
            Err(error) => Err(error),
        }
    }

    /// What a wallet made over time (`/v2/user-pnl`). Not cached. `None` where upstream does not know the
    /// wallet.
    pub async fn user_pnl(
        &self,
        wallet: &Address,
        interval: PnlInterval,
        fidelity: PnlFidelity,
    ) -> Result<Answer<Option<UserPnl>>, UpstreamError> {
        let request = of_wallet("/v2/user-pnl", "user-pnl", wallet)?
            .with("interval", &interval.name())
            .with("fidelity", &fidelity.name());
        let wallet = wallet.clone();
        let answer = self.single(&request, move |row: &UserPnl| row.wallet == wallet).await?;
        if let Some(found) = &answer.value {
            found.points.report(RowKind::PnlPoint, request.route());
        }
        Ok(answer)
    }

    /// What upstream counts about a wallet (`/v2/user-stats`). `None` of wallets it does not know, and of
    /// some that trade.
    pub async fn user_stats(
        &self,
        wallet: &Address,
    ) -> Result<Answer<Option<UserStats>>, UpstreamError> {
        let request = of_wallet("/v2/user-stats", "user-stats", wallet)?;
        let wallet = wallet.clone();
        self.single(&request, move |row: &UserStats| row.wallet == wallet).await
    }

    /// What a wallet traded (`/v2/user-volume`): whole days, the first and the last included, or since its
    /// first day and up to now where `None`.
    pub async fn user_volume(
        &self,
        wallet: &Address,
        since: Option<DateTime<Utc>>,
        until: Option<DateTime<Utc>>,
    ) -> Result<Answer<Option<UserVolume>>, UpstreamError> {
        let mut request = of_wallet("/v2/user-volume", "user-volume", wallet)?;
        for (name, bound) in [("start", since), ("end", until)] {
            if let Some(at) = bound {
                request = request.with(name, &at.timestamp().max(1));
            }
        }
        self.single(&request, |_: &UserVolume| true).await
    }

    /// A wallet's place on the leaderboard (`/v2/leaderboard?user=`), in one category or in all where
    /// `None`. `None` where it is on no board.
    pub async fn leader_standing(
        &self,
        wallet: &Address,
        period: BoardPeriod,
        category: Option<&str>,
    ) -> Result<Answer<Option<LeaderStanding>>, UpstreamError> {
        let request = of_wallet("/v2/leaderboard", "leaderboard", wallet)?
            .with("time_period", &period.name());
        let request = with_category(request, category)?;
        let wallet = wallet.clone();
        self.single(&request, move |row: &LeaderStanding| row.wallet == wallet).await
    }
}

fn of_wallet(
    route: &'static str,
    name: &'static str,
    wallet: &Address,
) -> Result<Request, UpstreamError> {
    with_wallet(Request::new(Host::Data, route, ["v2", name]), "user", wallet)
}
