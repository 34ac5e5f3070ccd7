//! Rows of the catalogue member by member, in upstream's order.

use serde::{Serialize, Serializer};

use crate::decimal::PriceNumber;

/// A number without a fraction where it has none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number(pub(super) f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[expect(clippy::cast_possible_truncation, reason = "cents: far below 2^53")]
        if self.0.fract() == 0.0 {
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct RateRow {
    pub(super) asset_address: &'static str,
    pub(super) rewards_daily_rate: u32,
}

#[derive(Debug, Serialize)]
pub(super) struct RewardRow {
    /// `null` where there are none.
    pub(super) rates: Option<[RateRow; 1]>,
    pub(super) min_size: u32,
    pub(super) max_spread: Number,
}

#[derive(Debug, Serialize)]
pub(super) struct TokenRow<'a> {
    pub(super) token_id: &'a str,
    pub(super) outcome: &'a str,
    pub(super) price: PriceNumber,
    pub(super) winner: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct LongRow<'a> {
    pub(super) enable_order_book: bool,
    pub(super) active: bool,
    pub(super) closed: bool,
    pub(super) archived: bool,
    pub(super) accepting_orders: bool,
    pub(super) accepting_order_timestamp: String,
    pub(super) minimum_order_size: i64,
    pub(super) minimum_tick_size: PriceNumber,
    pub(super) condition_id: &'a str,
    pub(super) question_id: &'a str,
    pub(super) question: &'a str,
    pub(super) description: String,
    pub(super) market_slug: &'a str,
    pub(super) end_date_iso: String,
    pub(super) game_start_time: Option<String>,
    pub(super) seconds_delay: u32,
    pub(super) fpmm: &'static str,
    pub(super) maker_base_fee: u32,
    pub(super) taker_base_fee: u32,
    pub(super) notifications_enabled: bool,
    pub(super) neg_risk: bool,
    pub(super) neg_risk_market_id: String,
    pub(super) neg_risk_request_id: String,
    pub(super) icon: &'static str,
    pub(super) image: &'static str,
    pub(super) rewards: RewardRow,
    pub(super) is_50_50_outcome: bool,
    pub(super) tokens: [TokenRow<'a>; 2],
    pub(super) tags: Vec<&'static str>,
    pub(super) version: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct SimplifiedRow<'a> {
    pub(super) condition_id: &'a str,
    pub(super) rewards: RewardRow,
    pub(super) tokens: [TokenRow<'a>; 2],
    pub(super) active: bool,
    pub(super) closed: bool,
    pub(super) archived: bool,
    pub(super) accepting_orders: bool,
}

/// `{}` where there are none.
#[derive(Debug, Serialize)]
pub(super) struct CompactRewards {
    #[serde(flatten)]
    pub(super) terms: Option<CompactTerms>,
}

#[derive(Debug, Serialize)]
pub(super) struct CompactTerms {
    /// Smallest order, shares.
    pub(super) mi: u32,
    /// Largest distance from the middle, cents.
    pub(super) ma: Number,
    /// Enabled.
    pub(super) e: bool,
    /// Shortest rest, seconds.
    pub(super) moas: u32,
}

#[derive(Debug, Serialize)]
pub(super) struct CompactToken<'a> {
    pub(super) t: &'a str,
    pub(super) o: &'a str,
}

#[derive(Debug, Serialize)]
pub(super) struct FeeRow {
    pub(super) r: f64,
    pub(super) e: u32,
    pub(super) to: bool,
}

/// What is zero or false is left out, as upstream.
#[derive(Debug, Serialize)]
pub(super) struct CompactRow<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) gst: Option<String>,
    pub(super) r: CompactRewards,
    pub(super) t: [CompactToken<'a>; 2],
    pub(super) c: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sd: Option<u32>,
    pub(super) mos: i64,
    pub(super) mts: PriceNumber,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mbf: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tbf: Option<u32>,
    pub(super) ao: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) nr: bool,
    pub(super) cbos: bool,
    pub(super) aot: String,
    pub(super) ibce: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fd: Option<FeeRow>,
    pub(super) v: &'static str,
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are the wire's")]
pub(super) struct TokensRow<'a> {
    pub(super) condition_id: &'a str,
    pub(super) primary_token_id: &'a str,
    pub(super) secondary_token_id: &'a str,
}
