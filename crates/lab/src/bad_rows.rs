//! Rows that broke real clients. Each is an ordinary row with one thing changed, so a decoder that
//! loses more than that one thing shows it.

use std::sync::LazyLock;

use serde::Serialize;

use crate::json::{self, Members};

/// What a row describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Entity {
    /// A row of `/events`.
    Event,
    /// A row of `/markets`, or nested in an event.
    Market,
}

/// A row that broke a real client.
#[derive(Clone, Debug, Serialize)]
pub struct BadRow {
    /// Name, as given to the fault.
    pub name: &'static str,
    /// What the row describes.
    pub entity: Entity,
    /// What is wrong with it.
    pub about: &'static str,
    /// The row as it goes over the wire, without the market or event around it.
    pub json: String,
}

impl BadRow {
    /// The row in a page of `entity` rows: a market is wrapped into an event, an event embedded
    /// into a market.
    pub fn body_for(&self, entity: Entity) -> String {
        let (good, list) = match (self.entity, entity) {
            (Entity::Market, Entity::Event) => (EVENT, "markets"),
            (Entity::Event, Entity::Market) => (MARKET, "events"),
            (Entity::Event, Entity::Event) | (Entity::Market, Entity::Market) => {
                return self.json.clone();
            }
        };
        let id = Members::parse(&self.json)
            .ok()
            .and_then(|members| members.raw("id"))
            .unwrap_or("\"0\"");
        with_member(good, "id", Some(id), Some((list, &format!("[{}]", self.json))))
    }
}

/// Every bad row, by name.
pub fn bad_rows() -> &'static [BadRow] {
    static ROWS: LazyLock<Vec<BadRow>> = LazyLock::new(|| {
        let market = MARKET_CHANGES.iter().map(|change| (Entity::Market, MARKET, change));
        let event = EVENT_CHANGES.iter().map(|change| (Entity::Event, EVENT, change));
        let rows = market.chain(event).zip(FIRST_ID..);
        rows.map(|((entity, good, change), id)| {
            let row = with_member(good, change.key, change.value, None);
            let row = with_member(&row, "id", Some(&format!("\"{id}\"")), None);
            BadRow { name: change.name, entity, about: change.about, json: row }
        })
        .collect()
    });
    &ROWS
}

/// Ids of bad rows start here, out of reach of real and generated ones.
const FIRST_ID: u64 = 99_000_001;

/// `row` with one member set, or removed when `value` is `None`, and another one added.
fn with_member(row: &str, key: &str, value: Option<&str>, more: Option<(&str, &str)>) -> String {
    let Ok(members) = Members::parse(row) else { return row.to_owned() };
    let mut changed = members.without(&[key]);
    let set = value.map(|value| (key, value)).into_iter().chain(more);
    json::append_members(&mut changed, set.map(|(key, value)| (key, value.as_bytes())));
    String::from_utf8(changed).unwrap_or_default()
}

/// One change to a good row.
struct Change {
    name: &'static str,
    about: &'static str,
    key: &'static str,
    /// Raw JSON; `None` removes the member.
    value: Option<&'static str>,
}

const fn set(
    name: &'static str,
    about: &'static str,
    key: &'static str,
    value: &'static str,
) -> Change {
    Change { name, about, key, value: Some(value) }
}

const MARKET_CHANGES: [Change; 18] = [
    set(
        "outcomes_as_array",
        "outcomes is an array, as in search results, instead of a string holding one",
        "outcomes",
        r#"["Yes","No"]"#,
    ),
    set(
        "fractional_maker_fee",
        "makerBaseFee, usually an integer, has a fraction",
        "makerBaseFee",
        "0.5",
    ),
    set(
        "empty_condition_id",
        "conditionId is empty, as on rows not yet deployed",
        "conditionId",
        r#""""#,
    ),
    set(
        "structural_condition_id",
        "conditionId has 62 hex digits, as protocol-v2 and combo conditions have",
        "conditionId",
        r#""0x03644e2e16fcbac7ab23cbf9cf68fba6f10000000000000000000000000000""#,
    ),
    set("empty_end_date", "endDate is an empty string", "endDate", r#""""#),
    set("empty_start_date", "startDate is an empty string", "startDate", r#""""#),
    set(
        "spaced_end_date",
        "endDate is written with a space and a short offset",
        "endDate",
        r#""2026-10-29 03:59:00+00""#,
    ),
    set("null_fee_type", "feeType is an explicit null", "feeType", "null"),
    set("null_icon", "icon is an explicit null", "icon", "null"),
    set("huge_volume", "volume is in scientific notation and absurd", "volume", r#""1e30""#),
    set("empty_outcome_prices", "outcomePrices is an empty list", "outcomePrices", r#""[]""#),
    set("garbage_outcome_prices", "outcomePrices is not a list", "outcomePrices", r#""qqq""#),
    set(
        "nan_outcome_prices",
        "outcomePrices holds no numbers",
        "outcomePrices",
        r#""[\"NaN\", \"\"]""#,
    ),
    set("unknown_key", "a member nobody has seen before", "marketMoodRing", r#"{"hue":7}"#),
    Change {
        name: "missing_token_ids",
        about: "clobTokenIds is missing, as on the oldest rows",
        key: "clobTokenIds",
        value: None,
    },
    set(
        "short_neg_risk_market_id",
        "negRiskMarketID is cut short",
        "negRiskMarketID",
        r#""0x2c3d7e""#,
    ),
    set(
        "iso_card_refresh_time",
        "twitterCardLastRefreshed, usually milliseconds in a string, is a date",
        "twitterCardLastRefreshed",
        r#""2026-02-07T12:46:40.540Z""#,
    ),
    set("garbage_description", "description is junk", "description", r#""qqq""#),
];

const EVENT_CHANGES: [Change; 3] = [
    set("huge_game_id", "gameId is beyond 63 bits", "gameId", "18446744073709551615"),
    set("negative_game_id", "gameId is the sentinel -1", "gameId", "-1"),
    set(
        "event_metadata_object",
        "eventMetadata is a free-form object",
        "eventMetadata",
        r#"{"context_requires_regen":true,"priceToBeat":104221.5,"externalPartners":[{"gameId":12621,"name":"x"}]}"#,
    ),
];

const MARKET: &str = r#"{
  "id": "99000000",
  "question": "Will the simulated row be decoded?",
  "conditionId": "0x5a7d7e0eee6f058be3006baabf0d54a07da254ba47fe6e3e095e7990c7814700",
  "slug": "will-the-simulated-row-be-decoded",
  "endDate": "2027-06-30T12:00:00Z",
  "liquidity": "5120.5",
  "startDate": "2026-01-05T15:00:00Z",
  "description": "Simulated market. It exists to test decoders.",
  "outcomes": "[\"Yes\", \"No\"]",
  "outcomePrices": "[\"0.405\", \"0.595\"]",
  "volume": "25000.75",
  "active": true,
  "closed": false,
  "marketMakerAddress": "",
  "createdAt": "2026-01-05T14:00:00Z",
  "updatedAt": "2026-02-01T12:00:00Z",
  "new": false,
  "featured": false,
  "archived": false,
  "restricted": true,
  "groupItemTitle": "",
  "questionID": "0x6b7d7e0eee6f058be3006baabf0d54a07da254ba47fe6e3e095e7990c7814700",
  "enableOrderBook": true,
  "orderPriceMinTickSize": 0.01,
  "orderMinSize": 5,
  "volumeNum": 25000.75,
  "liquidityNum": 5120.5,
  "endDateIso": "2027-06-30",
  "startDateIso": "2026-01-05",
  "volume24hr": 310.25,
  "volume1wk": 2100,
  "volume1mo": 9000,
  "volume1yr": 25000.75,
  "clobTokenIds": "[\"54533043819946592547517511176940999955633860128497669742211153063842200957601\", \"87854174148074652060467921081181402357467303721471806610111179101805869578602\"]",
  "acceptingOrders": true,
  "negRisk": false,
  "competitive": 0.99,
  "spread": 0.01,
  "lastTradePrice": 0.41,
  "bestBid": 0.4,
  "bestAsk": 0.41,
  "umaResolutionStatuses": "[]",
  "feesEnabled": false
}"#;

const EVENT: &str = r#"{
  "id": "99000000",
  "ticker": "simulated-row-decoding",
  "slug": "simulated-row-decoding",
  "title": "Simulated row decoding",
  "description": "Simulated market. It exists to test decoders.",
  "startDate": "2026-01-05T15:00:00Z",
  "creationDate": "2026-01-05T15:00:00Z",
  "endDate": "2027-06-30T12:00:00Z",
  "active": true,
  "closed": false,
  "archived": false,
  "new": false,
  "featured": false,
  "restricted": true,
  "liquidity": 5120.5,
  "volume": 25000.75,
  "openInterest": 0,
  "createdAt": "2026-01-05T14:00:00Z",
  "updatedAt": "2026-02-01T12:00:00Z",
  "competitive": 0.99,
  "volume24hr": 310.25,
  "volume1wk": 2100,
  "volume1mo": 9000,
  "volume1yr": 25000.75,
  "enableOrderBook": true,
  "commentCount": 0,
  "cyom": false,
  "enableNegRisk": false,
  "negRiskAugmented": false
}"#;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_and_ids_are_distinct() {
        let names: BTreeSet<_> = bad_rows().iter().map(|row| row.name).collect();
        let ids: BTreeSet<_> =
            bad_rows().iter().map(|row| Members::parse(&row.json).unwrap().text("id")).collect();
        assert_eq!(names.len(), bad_rows().len());
        assert_eq!(ids.len(), bad_rows().len());
    }

    #[test]
    fn every_row_is_json_in_either_page() {
        for row in bad_rows() {
            for entity in [Entity::Event, Entity::Market] {
                let body = row.body_for(entity);
                let parsed: serde_json::Value = serde_json::from_str(&body).unwrap();
                assert!(parsed.is_object(), "{}: {body}", row.name);
            }
        }
    }

    #[test]
    fn only_the_named_member_differs() {
        let good = Members::parse(MARKET).unwrap();
        let bad = bad_rows().iter().find(|row| row.name == "huge_volume").unwrap();
        let bad = Members::parse(&bad.json).unwrap();
        assert_eq!(bad.raw("volume"), Some("\"1e30\""));
        assert_eq!(bad.raw("question"), good.raw("question"));
    }
}
