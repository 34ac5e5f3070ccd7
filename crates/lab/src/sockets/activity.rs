//! Trades as RTDS tells them, with the taker's wallet, and which of them a subscriber wants.

use serde::{Deserialize, Serialize};

use super::frame::{Frame, FrameKind, json};
use crate::data::{Plain, units};
use crate::exchange::{Match, Millis};
use crate::world::World;

/// A taker's order that traded, ready to be told.
#[derive(Debug)]
pub(super) struct Activity {
    at_ms: Millis,
    slug: String,
    event_slug: String,
    /// The `payload` member as JSON, the same for every subscriber.
    payload: String,
}

/// Members in alphabetical order, as recorded.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    asset: &'a str,
    bio: &'a str,
    condition_id: &'a str,
    event_slug: &'a str,
    icon: &'a str,
    name: &'a str,
    outcome: &'a str,
    outcome_index: usize,
    /// What the taker paid by share.
    price: Plain,
    profile_image: &'a str,
    proxy_wallet: &'a str,
    pseudonym: &'a str,
    side: &'static str,
    size: Plain,
    slug: &'a str,
    /// Unix seconds.
    timestamp: i64,
    title: &'a str,
    transaction_hash: &'a str,
}

impl Activity {
    pub(super) fn of(world: &World, matched: &Match, transaction_hash: &str) -> Self {
        let (event, market) = world.market(matched.market);
        let person = world.person(matched.taker);
        let outcome = matched.outcome.index();
        let payload = json(&Payload {
            asset: &market.token_ids[outcome],
            bio: &person.bio,
            condition_id: &market.condition_id,
            event_slug: &event.slug,
            icon: "",
            name: if person.displays_name { &person.name } else { "" },
            outcome: &market.draft.outcomes[outcome],
            outcome_index: outcome,
            price: Plain(matched.usdc as f64 / matched.shares as f64),
            profile_image: "",
            proxy_wallet: &person.address,
            pseudonym: &person.pseudonym,
            side: matched.side.name(),
            size: Plain(units(matched.shares)),
            slug: &market.slug,
            timestamp: matched.at_ms.div_euclid(1_000),
            title: &market.draft.question,
            transaction_hash,
        });
        let (slug, event_slug) = (market.slug.clone(), event.slug.clone());
        Self { at_ms: matched.at_ms, slug, event_slug, payload }
    }

    /// The message on the connection called `connection`.
    pub(super) fn message(&self, connection: &str) -> Frame {
        let Self { at_ms, payload, .. } = self;
        let envelope = format!(
            "{{\"connection_id\":\"{connection}\",\"payload\":{payload},\"timestamp\":{at_ms},\
             \"topic\":\"activity\",\"type\":\"orders_matched\"}}"
        );
        Frame::new(FrameKind::Data, envelope)
    }
}

/// Topics that exist, beside `activity`; here nothing happens in them.
const QUIET_TOPICS: [&str; 4] =
    ["comments", "crypto_prices", "crypto_prices_chainlink", "equity_prices"];

/// A wish as clients write it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Subscription {
    topic: String,
    #[serde(rename = "type")]
    kind: String,
    /// JSON in a string. Upstream compares text, so a space too many matches nothing.
    #[serde(default)]
    filters: String,
}

impl Subscription {
    /// Whether upstream takes it.
    pub(super) fn is_known(&self) -> bool {
        let filters_ok = self.filters.is_empty()
            || serde_json::from_str::<serde_json::Map<_, serde_json::Value>>(&self.filters).is_ok();
        let kind_ok = match self.topic.as_str() {
            "activity" => matches!(self.kind.as_str(), "orders_matched" | "trades" | "*"),
            topic => QUIET_TOPICS.contains(&topic),
        };
        filters_ok && kind_ok
    }

    /// Whether ending `other` ends this one. Without filters it ends all of its kind.
    pub(super) fn is_ended_by(&self, other: &Self) -> bool {
        let same_kind = other.kind == "*" || other.kind == self.kind;
        let same_filters = other.filters.is_empty() || other.filters == self.filters;
        self.topic == other.topic && same_kind && same_filters
    }

    /// Whether a trade is part of it. `trades` has been silent since March 2026.
    pub(super) fn wants(&self, activity: &Activity) -> bool {
        let names = |member: &str, slug: &str| {
            let value = self.filters.strip_prefix("{\"").and_then(|rest| rest.strip_prefix(member));
            let value = value.and_then(|rest| rest.strip_prefix("\":\""));
            value.and_then(|rest| rest.strip_suffix("\"}")) == Some(slug)
        };
        self.topic == "activity"
            && self.kind != "trades"
            && (self.filters.is_empty()
                || names("event_slug", &activity.event_slug)
                || names("market_slug", &activity.slug))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscription(json: &str) -> Subscription {
        serde_json::from_str(json).unwrap()
    }

    fn with_filters(filters: &str) -> Subscription {
        let (topic, kind) = ("activity".to_owned(), "orders_matched".to_owned());
        Subscription { topic, kind, filters: filters.to_owned() }
    }

    fn activity() -> Activity {
        Activity {
            at_ms: 1_787_102_287_053,
            slug: "which-market".to_owned(),
            event_slug: "which-event".to_owned(),
            payload: r#"{"asset":"7"}"#.to_owned(),
        }
    }

    #[test]
    fn filters_are_compared_as_text() {
        let wants = |filters: &str| with_filters(filters).wants(&activity());
        assert!(wants(""));
        assert!(wants(r#"{"event_slug":"which-event"}"#));
        assert!(wants(r#"{"market_slug":"which-market"}"#));
        assert!(!wants(r#"{"event_slug": "which-event"}"#), "a space too many");
        assert!(!wants(r#"{"event_slug":"which-market"}"#));
        assert!(!wants(r#"{"eventSlug":"which-event"}"#));
    }

    #[test]
    fn only_matched_orders_are_told() {
        let wants = |kind: &str| {
            let json = format!(r#"{{"topic":"activity","type":"{kind}"}}"#);
            subscription(&json).wants(&activity())
        };
        assert!(wants("orders_matched") && wants("*"));
        assert!(!wants("trades"), "silent upstream");
        assert!(!subscription(r#"{"topic":"comments","type":"*"}"#).wants(&activity()));
    }

    #[test]
    fn what_upstream_does_not_know_is_told_apart() {
        assert!(with_filters(r#"{"event_slug":"x"}"#).is_known());
        assert!(!with_filters("event_slug=x").is_known());
        assert!(subscription(r#"{"topic":"crypto_prices","type":"update"}"#).is_known());
        assert!(!subscription(r#"{"topic":"weather","type":"*"}"#).is_known());
        assert!(!subscription(r#"{"topic":"activity","type":"order_matched"}"#).is_known());
        let filters_as_object = r#"{"topic":"activity","type":"*","filters":{}}"#;
        assert!(serde_json::from_str::<Subscription>(filters_as_object).is_err());
    }

    #[test]
    fn a_message_is_as_recorded() {
        assert_eq!(
            activity().message("gXse=").text.as_str(),
            concat!(
                r#"{"connection_id":"gXse=","payload":{"asset":"7"},"timestamp":1787102287053,"#,
                r#""topic":"activity","type":"orders_matched"}"#
            )
        );
    }
}
