//! What rows say of the wallets, markets and records they are about.

use domain::Address;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::intelligence::boards::wallets::Face;
use utoipa::ToSchema;

use super::{catalogue::NamedMarket, words};

/// A wallet that a row is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WalletRef {
    /// Its address.
    pub address: String,
    /// As its owner calls it, else as upstream does.
    pub name: Option<String>,
    /// Whose money it is; null where nobody has said yet.
    pub class: Option<String>,
    /// The owner it seems to have together with other wallets, by evidence; null without.
    pub owner: Option<OwnerRef>,
    /// Its whale score; null without one, and while that score is withdrawn. So the two below.
    pub whale_score: Option<f64>,
    /// Its smart-money score.
    pub smart_money_score: Option<f64>,
    /// Its reputation.
    pub reputation_score: Option<f64>,
}

/// Wallets that seem to have one owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnerRef {
    /// Names the cluster.
    pub id: String,
    /// How many wallets it has.
    pub wallets: u32,
}

impl WalletRef {
    /// A wallet of which nothing but its address is known.
    pub fn unknown(address: &Address) -> Self {
        Self {
            address: address.to_string(),
            name: None,
            class: None,
            owner: None,
            whale_score: None,
            smart_money_score: None,
            reputation_score: None,
        }
    }

    /// A wallet as held. `shown` says of whale score, smart-money score and reputation whether they may be shown.
    pub fn of(face: &Face, shown: [bool; 3]) -> Self {
        let [whale, smart_money, reputation] = face.scores;
        let if_shown = |score: Option<f64>, place: usize| score.filter(|_| shown[place]);
        let owner = face.owner.filter(|(_, wallets)| *wallets > 1);
        Self {
            address: face.wallet.to_string(),
            name: face.name.clone(),
            class: face.class.clone(),
            owner: owner.map(|(id, wallets)| OwnerRef { id: id.to_string(), wallets }),
            whale_score: if_shown(whale, 0),
            smart_money_score: if_shown(smart_money, 1),
            reputation_score: if_shown(reputation, 2),
        }
    }
}

/// The event of a market.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MarketEventRef {
    /// Gamma's id.
    pub id: String,
    /// Kebab-case name in URLs.
    pub slug: String,
    /// The question of the family.
    pub title: String,
}

/// A market that a row is about, and which outcome of it. What the catalogue does not know is empty or null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MarketRef {
    /// Gamma's id; where the catalogue does not know the market, what it is known by.
    pub id: String,
    /// Kebab-case name in URLs.
    pub slug: String,
    /// The question.
    pub question: String,
    /// Label of the outcome.
    pub outcome: Option<String>,
    /// Index of the outcome.
    pub outcome_index: Option<usize>,
    /// The event it belongs to.
    pub event: Option<MarketEventRef>,
    /// Slug of the category.
    pub category: Option<String>,
    /// Trading has ended.
    pub closed: bool,
}

/// A record that a row rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// `trade`, `activity`, `market`, `wallet`, `event` or `run`.
    pub kind: String,
    /// Its id: a transaction, an address, an id.
    pub id: String,
    /// Where the terminal shows it; null where it does not.
    pub href: Option<String>,
    /// What it is, in words.
    pub label: String,
}

impl Evidence {
    /// A market.
    pub fn market(market: &MarketRef) -> Self {
        Self {
            kind: "market".to_owned(),
            id: market.id.clone(),
            href: market_href(market),
            label: "Market".to_owned(),
        }
    }

    /// A wallet.
    pub fn wallet(address: &str) -> Self {
        Self {
            kind: "wallet".to_owned(),
            id: address.to_owned(),
            href: Some(format!("/wallets/{address}")),
            label: format!("Wallet {}", shortened(address)),
        }
    }

    /// A trade on the tape of a market.
    pub fn trade(hash: &str, market: Option<&MarketRef>) -> Self {
        let page = market.and_then(market_href);
        Self {
            kind: "trade".to_owned(),
            id: hash.to_owned(),
            href: page.map(|page| format!("{page}#tx-{hash}")),
            label: format!("Trade {}", shortened(hash)),
        }
    }

    /// Records by the ids that were written down with what rests on them. `market` and `wallet` are what the row is
    /// about: their pages show its trades and its activity.
    pub fn read(written: &Value, market: Option<&MarketRef>, wallet: Option<&str>) -> Vec<Self> {
        let ids = written.as_array().into_iter().flatten();
        ids.filter_map(|id| Self::of_id(id, market, wallet)).collect()
    }

    /// What speaks for wallets having one owner: the others that a wallet was found with.
    pub fn of_owner(written: &Value) -> Vec<Self> {
        let pairs = written.get("pairs").and_then(Value::as_array).into_iter().flatten();
        let one = |pair: &Value| {
            let mut found = Self::wallet(pair.get("wallet")?.as_str()?);
            let links = pair.get("links").and_then(Value::as_array).into_iter().flatten();
            let kinds = links.filter_map(|link| link.get("kind")?.as_str());
            let mut kinds: Vec<_> = kinds.map(words::label).collect();
            kinds.dedup();
            if !kinds.is_empty() {
                found.label = format!("{}: {}", found.label, kinds.join(", "));
            }
            Some(found)
        };
        pairs.filter_map(one).collect()
    }

    fn of_id(written: &Value, market: Option<&MarketRef>, wallet: Option<&str>) -> Option<Self> {
        let (kind, id) = match written {
            Value::String(text) => match text.split_once(':') {
                Some((kind, id)) if words::EVIDENCE.contains(&kind) => (kind, id),
                _ => (kind_of(text), text.as_str()),
            },
            Value::Object(fields) => (fields.get("kind")?.as_str()?, fields.get("id")?.as_str()?),
            _ => return None,
        };
        Some(match kind {
            "trade" => Self::trade(id, market),
            "wallet" => Self::wallet(id),
            "market" => Self {
                kind: kind.to_owned(),
                id: id.to_owned(),
                href: Some(format!("/markets/{id}")),
                label: format!("Market {id}"),
            },
            "event" => Self {
                kind: kind.to_owned(),
                id: id.to_owned(),
                href: Some(format!("/events/{id}")),
                label: format!("Event {id}"),
            },
            "activity" => Self {
                kind: kind.to_owned(),
                id: id.to_owned(),
                href: wallet.map(|wallet| format!("/wallets/{wallet}")),
                label: format!("Activity {}", shortened(id)),
            },
            other => Self {
                kind: other.to_owned(),
                id: id.to_owned(),
                href: None,
                label: words::label(other),
            },
        })
    }
}

/// What an id is of by its form.
fn kind_of(id: &str) -> &'static str {
    match id.len() {
        66 if id.starts_with("0x") => "trade",
        42 if id.starts_with("0x") => "wallet",
        36 => "activity",
        _ => "run",
    }
}

fn market_href(market: &MarketRef) -> Option<String> {
    (!market.slug.is_empty()).then(|| format!("/markets/{}", market.slug))
}

/// The beginning and the end of an id.
fn shortened(id: &str) -> String {
    match (id.get(..6), id.get(id.len().saturating_sub(4)..)) {
        (Some(beginning), Some(end)) if id.len() > 12 => format!("{beginning}…{end}"),
        _ => id.to_owned(),
    }
}

/// A number that went into a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Ingredient {
    /// Its name in the definitions.
    pub name: String,
    /// The name in words.
    pub label: String,
    /// The number; null unknown.
    pub value: Option<f64>,
    /// `usd`, `share`, `probability`, `log_odds`, `count`, `days`, `score` or `sd`; null where it has none.
    pub unit: Option<String>,
}

impl Ingredient {
    /// A number by its name.
    pub fn new(name: &str, value: Option<f64>) -> Self {
        let (label, unit) = words::ingredient(name);
        Self { name: name.to_owned(), label, value, unit: unit.map(str::to_owned) }
    }

    /// What was written down: an object of numbers by name, or a list of names and values. What is no number is left
    /// out.
    pub fn read(written: &Value) -> Vec<Self> {
        match written {
            Value::Object(fields) => {
                let numbers = fields.iter().filter(|(_, value)| is_number(value));
                numbers.map(|(name, value)| Self::new(name, value.as_f64())).collect()
            }
            Value::Array(items) => {
                let named = items.iter().filter_map(|item| {
                    let value = item.get("value").unwrap_or(&Value::Null);
                    Some(Self::new(item.get("name")?.as_str()?, value.as_f64()))
                });
                named.collect()
            }
            _ => Vec::new(),
        }
    }
}

fn is_number(value: &Value) -> bool {
    value.is_number() || value.is_null()
}

/// A market that the catalogue does not have.
pub(super) fn unknown_market(id: &str) -> MarketRef {
    MarketRef {
        id: id.to_owned(),
        slug: String::new(),
        question: String::new(),
        outcome: None,
        outcome_index: None,
        event: None,
        category: None,
        closed: false,
    }
}

impl MarketRef {
    /// A market of the catalogue, and an outcome of it.
    pub fn of(named: &NamedMarket, outcome_index: Option<usize>) -> Self {
        let event = named.event.as_ref().map(|event| MarketEventRef {
            id: event.event_id.clone(),
            slug: event.slug.clone(),
            title: event.title.clone(),
        });
        Self {
            id: named.market_id.clone(),
            slug: named.slug.clone(),
            question: named.title.clone(),
            outcome: outcome_index.and_then(|index| named.outcomes.get(index).cloned()),
            outcome_index,
            event,
            category: named.category.map(|category| category.slug().to_owned()),
            closed: named.closed,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn records_are_known_by_what_is_written_of_them() {
        let hash = format!("0x{:064x}", 5);
        let address = format!("0x{:040x}", 7);
        let market = MarketRef { slug: "one".to_owned(), ..unknown_market("1") };
        let written = json!([
            format!("trade:{hash}"),
            address,
            "market:12",
            "018f0c1e-0000-7000-8000-000000000000",
            {"kind": "run", "id": "2026-11-23T00:00:00Z"},
            7,
        ]);
        let read = Evidence::read(&written, Some(&market), Some(&address));
        let kinds: Vec<_> = read.iter().map(|one| one.kind.as_str()).collect();
        assert_eq!(kinds, ["trade", "wallet", "market", "activity", "run"]);
        assert_eq!(read[0].href.as_deref(), Some(format!("/markets/one#tx-{hash}").as_str()));
        assert_eq!(read[3].href, Some(format!("/wallets/{address}")));
        assert_eq!(read[4].href, None);
    }

    #[test]
    fn numbers_are_read_in_either_form_and_texts_are_not_taken_for_them() {
        let object = Ingredient::read(&json!({"z": 3.5, "n_eff": null, "table": [], "why": "x"}));
        assert_eq!(object.len(), 2);
        assert_eq!((object[1].value, object[1].unit.as_deref()), (Some(3.5), Some("sd")));
        let list = Ingredient::read(&json!([{"name": "z", "value": 3.5}, {"value": 1}]));
        assert_eq!(list, [object[1].clone()]);
    }
}
