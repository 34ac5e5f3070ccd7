//! Rows member by member, in upstream's order.

use serde::{Serialize, Serializer};

use super::happening::Happening;

/// A number without a fraction where it has none, as upstream writes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number(pub(super) f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 && self.0.abs() < 9e15 {
            #[expect(clippy::cast_possible_truncation, reason = "whole and within 53 bits")]
            let whole = self.0 as i64;
            serializer.serialize_i64(whole)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FeeSchedule {
    pub(super) exponent: u8,
    pub(super) rate: f64,
    pub(super) taker_only: bool,
    pub(super) rebate_rate: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reward {
    pub(super) id: String,
    pub(super) condition_id: String,
    pub(super) asset_address: &'static str,
    pub(super) rewards_amount: u32,
    pub(super) rewards_daily_rate: u32,
    pub(super) start_date: String,
    pub(super) end_date: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the wire format's own flags")]
pub(super) struct MarketRow<'a> {
    pub(super) id: String,
    pub(super) question: &'a str,
    pub(super) condition_id: String,
    pub(super) slug: &'a str,
    pub(super) resolution_source: &'static str,
    pub(super) end_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) liquidity: Option<String>,
    pub(super) start_date: String,
    pub(super) description: String,
    pub(super) outcomes: String,
    pub(super) outcome_prices: String,
    pub(super) volume: String,
    pub(super) active: bool,
    pub(super) closed: bool,
    pub(super) market_maker_address: &'static str,
    pub(super) created_at: String,
    pub(super) updated_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) closed_time: Option<String>,
    pub(super) new: bool,
    pub(super) featured: bool,
    #[serde(rename = "submitted_by")]
    pub(super) submitted_by: &'static str,
    pub(super) archived: bool,
    pub(super) resolved_by: &'static str,
    pub(super) restricted: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) group_item_title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) group_item_threshold: Option<String>,
    #[serde(rename = "questionID")]
    pub(super) question_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) uma_end_date: Option<String>,
    pub(super) enable_order_book: bool,
    pub(super) order_price_min_tick_size: Number,
    pub(super) order_min_size: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) uma_resolution_status: Option<&'static str>,
    pub(super) volume_num: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) liquidity_num: Option<Number>,
    pub(super) end_date_iso: String,
    pub(super) start_date_iso: String,
    pub(super) has_reviewed_dates: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) volume24hr: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) volume1wk: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) volume1mo: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) volume1yr: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) game_start_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) seconds_delay: Option<u32>,
    pub(super) clob_token_ids: String,
    pub(super) uma_bond: &'static str,
    pub(super) uma_reward: &'static str,
    #[serde(rename = "volume24hrClob", skip_serializing_if = "Option::is_none")]
    pub(super) volume24hr_clob: Option<Number>,
    #[serde(rename = "volume1wkClob", skip_serializing_if = "Option::is_none")]
    pub(super) volume1wk_clob: Option<Number>,
    #[serde(rename = "volume1moClob", skip_serializing_if = "Option::is_none")]
    pub(super) volume1mo_clob: Option<Number>,
    #[serde(rename = "volume1yrClob", skip_serializing_if = "Option::is_none")]
    pub(super) volume1yr_clob: Option<Number>,
    pub(super) volume_clob: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) liquidity_clob: Option<Number>,
    pub(super) maker_base_fee: u32,
    pub(super) taker_base_fee: u32,
    pub(super) custom_liveness: u32,
    pub(super) accepting_orders: bool,
    pub(super) neg_risk: bool,
    #[serde(rename = "negRiskMarketID", skip_serializing_if = "Option::is_none")]
    pub(super) neg_risk_market_id: Option<String>,
    #[serde(rename = "negRiskRequestID", skip_serializing_if = "Option::is_none")]
    pub(super) neg_risk_request_id: Option<String>,
    pub(super) ready: bool,
    pub(super) funded: bool,
    pub(super) accepting_orders_timestamp: String,
    pub(super) cyom: bool,
    pub(super) competitive: Number,
    pub(super) pager_duty_notification_enabled: bool,
    pub(super) approved: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) clob_rewards: Vec<Reward>,
    pub(super) rewards_min_size: u32,
    pub(super) rewards_max_spread: Number,
    pub(super) spread: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) automatically_resolved: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) one_hour_price_change: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) one_day_price_change: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) one_week_price_change: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) one_month_price_change: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) one_year_price_change: Option<Number>,
    pub(super) last_trade_price: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) best_bid: Option<Number>,
    /// 1 where nobody asks.
    pub(super) best_ask: Number,
    pub(super) automatically_active: bool,
    pub(super) clear_book_on_start: bool,
    pub(super) manual_activation: bool,
    pub(super) neg_risk_other: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) event_start_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sports_market_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) line: Option<Number>,
    pub(super) uma_resolution_statuses: String,
    pub(super) pending_deployment: bool,
    pub(super) deploying: bool,
    pub(super) rfq_enabled: bool,
    pub(super) holding_rewards_enabled: bool,
    pub(super) fees_enabled: bool,
    pub(super) fee_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fee_schedule: Option<FeeSchedule>,
    pub(super) requires_translation: bool,
    pub(super) version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the wire format's own flags")]
pub(super) struct SeriesRow<'a> {
    pub(super) id: String,
    pub(super) ticker: &'a str,
    pub(super) slug: &'a str,
    pub(super) title: &'a str,
    pub(super) series_type: &'static str,
    pub(super) recurrence: &'static str,
    pub(super) active: bool,
    pub(super) closed: bool,
    pub(super) archived: bool,
    pub(super) featured: bool,
    pub(super) restricted: bool,
    pub(super) created_at: String,
    pub(super) updated_at: String,
    pub(super) requires_translation: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the wire format's own flags")]
pub(super) struct EventRow<'a> {
    pub(super) id: String,
    pub(super) ticker: &'a str,
    pub(super) slug: &'a str,
    pub(super) title: &'a str,
    pub(super) description: String,
    pub(super) resolution_source: &'static str,
    pub(super) start_date: String,
    pub(super) creation_date: String,
    pub(super) end_date: String,
    pub(super) active: bool,
    pub(super) closed: bool,
    pub(super) archived: bool,
    pub(super) new: bool,
    pub(super) featured: bool,
    pub(super) restricted: bool,
    pub(super) liquidity: Number,
    pub(super) volume: Number,
    pub(super) open_interest: Number,
    pub(super) created_at: String,
    pub(super) updated_at: String,
    pub(super) competitive: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) volume24hr: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) volume1wk: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) volume1mo: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) volume1yr: Option<Number>,
    pub(super) enable_order_book: bool,
    pub(super) liquidity_clob: Number,
    pub(super) neg_risk: bool,
    #[serde(rename = "negRiskMarketID", skip_serializing_if = "Option::is_none")]
    pub(super) neg_risk_market_id: Option<String>,
    pub(super) comment_count: usize,
    pub(super) cyom: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) closed_time: Option<String>,
    pub(super) show_all_outcomes: bool,
    pub(super) show_market_images: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) automatically_resolved: Option<bool>,
    pub(super) enable_neg_risk: bool,
    pub(super) automatically_active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) series_slug: Option<&'a str>,
    pub(super) neg_risk_augmented: bool,
    pub(super) cumulative_markets: bool,
    pub(super) pending_deployment: bool,
    pub(super) deploying: bool,
    pub(super) requires_translation: bool,
    #[serde(flatten)]
    pub(super) happening: Happening,
    pub(super) version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TagRow {
    pub(super) id: String,
    pub(super) label: &'static str,
    pub(super) slug: &'static str,
    pub(super) force_show: bool,
    pub(super) created_at: &'static str,
    pub(super) updated_at: &'static str,
    pub(super) requires_translation: bool,
}
