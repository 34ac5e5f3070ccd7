//! What a wallet made over time, as upstream computes it.

use chrono::{DateTime, Utc};
use domain::{Address, Usdc};
use rust_decimal::Decimal;
use serde_json::value::RawValue;

use crate::fields::Fields;
use crate::quarantine::RowKind;
use crate::rows::{Row, Rows};

/// How far back a series goes. It ends now, by upstream's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PnlInterval {
    /// To the wallet's first day.
    Max,
    /// A month. Upstream writes `1m`, which is not a minute.
    Month,
    /// A week.
    Week,
    /// A day.
    Day,
    /// Twelve hours.
    TwelveHours,
    /// Six hours.
    SixHours,
}

impl PnlInterval {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Max => "max",
            Self::Month => "1m",
            Self::Week => "1w",
            Self::Day => "1d",
            Self::TwelveHours => "12h",
            Self::SixHours => "6h",
        }
    }
}

/// How far apart the points of a series are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PnlFidelity {
    /// A day.
    Day,
    /// Eighteen hours.
    EighteenHours,
    /// Twelve hours.
    TwelveHours,
    /// Three hours.
    ThreeHours,
    /// An hour.
    Hour,
}

impl PnlFidelity {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Day => "1d",
            Self::EighteenHours => "18h",
            Self::TwelveHours => "12h",
            Self::ThreeHours => "3h",
            Self::Hour => "1h",
        }
    }
}

/// What a wallet made from its first day up to a moment. Everything is in dollars, added up since then,
/// and **net of fees**, unlike positions.
///
/// To a micro-dollar or two, as each figure is rounded by itself (polymarket-api.md 2.6):
///
/// * `realized = realized_market + realized_lp + realized_combo`,
/// * `position = realized + unrealized`,
/// * `trade = position − fees`, and `fees` is negative: so this one is gross,
/// * `wallet_income = maker_rebate + taker_rebate + reward_income + yield_income + referral_income`,
/// * `settled = realized + wallet_income`,
/// * `economic = position + wallet_income`: what the wallet made.
///
/// Deposits, withdrawals and what they come to have been null in everything recorded: unknown, not 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PnlPoint {
    /// Up to when.
    pub at: DateTime<Utc>,
    /// The block up to which the chain was read.
    pub source_block: Option<u64>,
    /// Made with shares sold or redeemed.
    pub realized_market: Option<Usdc>,
    /// Made by providing liquidity, in the time before order books.
    pub realized_lp: Option<Usdc>,
    /// Made with combos (parlays).
    pub realized_combo: Option<Usdc>,
    /// What the shares held are worth above their cost.
    pub unrealized: Option<Usdc>,
    /// Fees that were given back.
    pub fees_refunded: Option<Usdc>,
    /// Parts of takers' fees, for resting orders.
    pub maker_rebate: Option<Usdc>,
    /// Parts of own fees that came back.
    pub taker_rebate: Option<Usdc>,
    /// Paid for resting orders.
    pub reward_income: Option<Usdc>,
    /// Paid for holding shares.
    pub yield_income: Option<Usdc>,
    /// Paid for bringing others.
    pub referral_income: Option<Usdc>,
    /// Paid in.
    pub deposits: Option<Usdc>,
    /// Paid out.
    pub withdrawals: Option<Usdc>,
    /// All that was realised.
    pub realized: Option<Usdc>,
    /// All that came without trading.
    pub wallet_income: Option<Usdc>,
    /// Realised and unrealised.
    pub position: Option<Usdc>,
    /// Realised, and what came without trading.
    pub settled: Option<Usdc>,
    /// What the wallet made, in all.
    pub economic: Option<Usdc>,
    /// Realised and unrealised before fees. Not what the site's chart shows.
    pub trade: Option<Usdc>,
    /// What sponsors paid; in all recorded points the same as [`Self::reward_income`].
    pub sponsored_income: Option<Usdc>,
    /// Fees paid less those given back: 0 or below.
    pub fees: Option<Usdc>,
    /// Fees paid: 0 or below.
    pub fees_paid: Option<Usdc>,
    /// What was paid in above what was paid out.
    pub cashflow_net: Option<Usdc>,
    /// Shares traded, as taker and maker.
    pub volume_shares: Option<Decimal>,
    /// Dollars traded.
    pub volume: Option<Usdc>,
    /// Trades.
    pub trade_count: Option<u64>,
}

impl Row for PnlPoint {
    const KIND: RowKind = RowKind::PnlPoint;

    fn decode(fields: &mut Fields<'_>) -> Result<Self, &'static str> {
        Ok(Self {
            at: fields.instant("timestamp").ok_or("timestamp")?,
            source_block: fields.count("source_block"),
            realized_market: fields.usdc("realized_market_pnl"),
            realized_lp: fields.usdc("realized_lp_pnl"),
            realized_combo: fields.usdc("realized_combo_pnl"),
            unrealized: fields.usdc("unrealized_pnl"),
            fees_refunded: fields.usdc("fees_refunded"),
            maker_rebate: fields.usdc("maker_rebate"),
            taker_rebate: fields.usdc("taker_rebate"),
            reward_income: fields.usdc("reward_income"),
            yield_income: fields.usdc("yield_income"),
            referral_income: fields.usdc("referral_income"),
            deposits: fields.usdc("deposits"),
            withdrawals: fields.usdc("withdrawals"),
            realized: fields.usdc("realized_pnl"),
            wallet_income: fields.usdc("wallet_income"),
            position: fields.usdc("position_pnl"),
            settled: fields.usdc("settled_pnl"),
            economic: fields.usdc("economic_pnl"),
            trade: fields.usdc("trade_pnl"),
            sponsored_income: fields.usdc("sponsored_income"),
            fees: fields.usdc("fees"),
            fees_paid: fields.usdc("fees_paid"),
            cashflow_net: fields.usdc("cashflow_net"),
            volume_shares: fields.amount("volume"),
            volume: fields.usdc("volume_usdc"),
            trade_count: fields.count("trade_count"),
        })
    }

    fn key(&self) -> String {
        self.at.timestamp().to_string()
    }
}

/// What a wallet made over time.
#[derive(Debug, Clone, PartialEq)]
pub struct UserPnl {
    /// Whose.
    pub wallet: Address,
    /// How far back it goes, in upstream's word.
    pub interval: Option<String>,
    /// How far apart its points are, in upstream's word.
    pub fidelity: Option<String>,
    /// How far apart the points are that upstream keeps and made these of.
    pub source_fidelity: Option<String>,
    /// The points, the oldest first. A wallet that never traded has none.
    pub points: Rows<PnlPoint>,
}

impl Row for UserPnl {
    const KIND: RowKind = RowKind::PnlPoint;

    fn decode(fields: &mut Fields<'_>) -> Result<Self, &'static str> {
        let list = fields.list("points").ok_or("points")?;
        let list: Vec<&RawValue> = list.iter().map(AsRef::as_ref).collect();
        let mut points = PnlPoint::decode_all(&list, "data.points", |_| true);
        points.rows.sort_by_key(|point| point.at);
        Ok(Self {
            wallet: fields.id("proxy_wallet", Address::parse).ok_or("proxy_wallet")?,
            interval: fields.text("interval"),
            fidelity: fields.text("fidelity"),
            source_fidelity: fields.text("source_fidelity"),
            points,
        })
    }

    fn key(&self) -> String {
        self.wallet.to_string()
    }
}
