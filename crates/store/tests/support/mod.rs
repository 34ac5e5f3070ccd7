//! Markets and events to write, built from defaults.

use domain::{Category, Event, Market, Outcome, Price, Usdc};
use rust_decimal::Decimal;

/// An open Yes/No market with a price of one half.
pub(crate) fn market(id: &str) -> Market {
    Market {
        market_id: id.parse().unwrap(),
        condition_id: None,
        question_id: None,
        slug: format!("market-{id}"),
        event_id: Some("e1".parse().unwrap()),
        title: format!("Does market {id} resolve to yes?"),
        group_title: None,
        description: Some("It resolves to yes if it does.".to_owned()),
        resolution_source: None,
        category: Some(Category::Crypto),
        image: None,
        outcomes: vec![outcome("Yes", "0.5"), outcome("No", "0.5")],
        best_bid: None,
        best_ask: None,
        spread: None,
        last_trade_price: None,
        change_1h: None,
        change_24h: None,
        change_7d: None,
        change_30d: None,
        volume_24h: Some(usdc("1234.5")),
        volume_7d: Some(usdc("5000")),
        volume_30d: None,
        volume_1y: None,
        volume_total: Some(usdc("100000")),
        liquidity: None,
        competitive: Some("0.97".parse().unwrap()),
        active: true,
        closed: false,
        archived: false,
        accepting_orders: true,
        new: false,
        uma_status: None,
        neg_risk: false,
        neg_risk_other: false,
        neg_risk_market_id: None,
        fee_rate: Some(Decimal::ZERO),
        fee_exponent: None,
        fee_type: None,
        rewards_min_size: None,
        rewards_max_spread: None,
        tick_size: Some("0.01".parse().unwrap()),
        min_order_size: Some(Decimal::from(5)),
        game_id: None,
        sports_market_type: None,
        line: None,
        game_start_at: None,
        start_date: None,
        end_date: Some("2026-12-31T00:00:00Z".parse().unwrap()),
        closed_at: None,
        created_at: None,
        upstream_updated_at: None,
        extra: serde_json::Map::new(),
    }
}

/// An open event without tags.
pub(crate) fn event(id: &str) -> Event {
    Event {
        event_id: id.parse().unwrap(),
        slug: format!("event-{id}"),
        title: format!("Event {id}"),
        description: Some("Rules.".to_owned()),
        resolution_source: None,
        category: Some(Category::Crypto),
        tags: vec![],
        image: None,
        active: true,
        closed: false,
        archived: false,
        neg_risk: false,
        neg_risk_augmented: false,
        series_slug: None,
        volume_24h: None,
        volume_total: None,
        liquidity: None,
        open_interest: None,
        start_date: None,
        end_date: None,
        closed_at: None,
        created_at: None,
        upstream_updated_at: None,
        extra: serde_json::Map::new(),
    }
}

/// One answer with its price.
pub(crate) fn outcome(label: &str, price: &str) -> Outcome {
    let price = Price::new(price.parse().unwrap()).unwrap();
    Outcome { label: label.to_owned(), price: Some(price), token_id: None }
}

/// Dollars.
pub(crate) fn usdc(amount: &str) -> Usdc {
    Usdc::new(amount.parse().unwrap()).unwrap()
}
