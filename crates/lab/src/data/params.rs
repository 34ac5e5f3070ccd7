//! Query parameters of the Data API. Names come in snake case or camel case, lists comma-separated;
//! unknown names are ignored, empty values count as absent.

use std::collections::BTreeSet;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;

use super::number::micros;
use super::problem::Problem;

/// Most values that a list may have.
const MAX_LIST: usize = 20;

/// Contracts that hold and exchange everybody's shares: nobody's wallets.
const PROTOCOL_CONTRACTS: [&str; 8] = [
    "0xc011a7e12a19f7b1f670d46f03b03f3342e82dfb",
    "0x4d97dcd97ec945f40cf65f87097ace5ea0476045",
    "0xe111180000d2663c0091e4f400237545b87b996b",
    "0xe2222d279d744050d28e00520010520000310f59",
    "0xe3333700ca9d93003f00f0f71f8515005f6c00aa",
    "0xd91e80cf2e7be2e162c6513ced06f1dd0da35296",
    "0x4bfb41d5b3570defd03c39a9a4d8de6bd8b8982e",
    "0xc5d563a36ae78145c45a50134d48a1215220f80a",
];

/// The decoded query string, names in snake case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query: Query<Vec<(String, String)>> =
            Query::try_from_uri(&parts.uri).map_err(|error| Problem::refused(error.body_text()))?;
        let pairs = query.0.into_iter().map(|(name, value)| (snake_case(&name), value));
        Ok(Self(pairs.collect()))
    }
}

/// Ids of markets or events that a request is narrowed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Everything,
    Conditions(Vec<String>),
    Events(Vec<u64>),
}

impl Params {
    /// The first value of `name`, even an empty one.
    pub(crate) fn raw(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first value of `name` that is not empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, value)| key == name && !value.trim().is_empty());
        found.map(|(_, value)| value.trim())
    }

    pub(crate) fn flag(&self, name: &'static str) -> Result<Option<bool>, Problem> {
        let read = |text: &str| {
            text.to_ascii_lowercase()
                .parse()
                .map_err(|_| Problem::invalid(name, format!("{name} must be true or false")))
        };
        self.text(name).map(read).transpose()
    }

    pub(crate) fn integer(&self, name: &'static str) -> Result<Option<i64>, Problem> {
        let read = |text: &str| {
            text.parse().map_err(|_| Problem::invalid(name, format!("{name} must be an integer")))
        };
        self.text(name).map(read).transpose()
    }

    /// A decimal in millionths; what is no amount counts as absent.
    pub(crate) fn amount(&self, name: &str) -> Option<i64> {
        self.text(name)?.parse().ok().and_then(micros)
    }

    /// One of the `known` words, in any case. `refusal` is the error for any other.
    pub(crate) fn choice<T: Copy>(
        &self,
        name: &'static str,
        known: &[(&str, T)],
        refusal: &str,
    ) -> Result<Option<T>, Problem> {
        let read = |text: &str| {
            let found = known.iter().find(|(word, _)| word.eq_ignore_ascii_case(text));
            found.map(|&(_, value)| value).ok_or_else(|| Problem::invalid(name, refusal))
        };
        self.text(name).map(read).transpose()
    }

    /// The different values of a comma-separated list, in the order they came.
    pub(crate) fn list(&self, name: &'static str) -> Result<Option<Vec<String>>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let mut seen = BTreeSet::new();
        let values = text.split(',').map(str::trim).filter(|value| !value.is_empty());
        let values: Vec<String> =
            values.filter(|value| seen.insert(*value)).map(str::to_owned).collect();
        if values.len() > MAX_LIST {
            let error = format!("at most {MAX_LIST} distinct values are accepted");
            return Err(Problem::invalid(name, error));
        }
        Ok((!values.is_empty()).then_some(values))
    }

    /// Page size: 0 counts as absent, more than `most` is refused.
    pub(crate) fn limit(&self, default: usize, most: usize) -> Result<usize, Problem> {
        let Some(text) = self.text("limit") else { return Ok(default) };
        let limit: usize = text.parse().map_err(|_| {
            Problem::refused("failed to deserialize query string: limit: invalid digit found")
        })?;
        match limit {
            0 => Ok(default),
            limit if limit > most => {
                Err(Problem::invalid("limit", format!("limit must be at most {most}")))
            }
            limit => Ok(limit),
        }
    }

    /// v2 pages by cursor alone.
    pub(crate) fn forbid_offset(&self) -> Result<(), Problem> {
        if self.raw("offset").is_none() {
            return Ok(());
        }
        let error = "offset is not supported; page with cursor=next_cursor";
        Err(Problem::invalid("offset", error))
    }

    /// The wallet asked for, in lower case. Any word passes, but the contracts that belong to nobody.
    pub(crate) fn user(&self) -> Result<Option<String>, Problem> {
        self.wallet("user")
    }

    pub(crate) fn required_user(&self) -> Result<String, Problem> {
        self.user()?.ok_or_else(|| Problem::missing("user"))
    }

    /// The wallet asked for, which must look like one; `user_address` is another name for it.
    pub(crate) fn address(&self) -> Result<String, Problem> {
        let user = match self.user()? {
            Some(user) => user,
            None => self.wallet("user_address")?.ok_or_else(|| Problem::missing("user"))?,
        };
        if is_hex(&user, 40) {
            Ok(user)
        } else {
            Err(Problem::invalid("user", format!("invalid user address: {user}")))
        }
    }

    fn wallet(&self, name: &str) -> Result<Option<String>, Problem> {
        let Some(wallet) = self.text(name) else { return Ok(None) };
        let wallet = wallet.to_ascii_lowercase();
        if PROTOCOL_CONTRACTS.contains(&wallet.as_str()) {
            let error = format!("'{wallet}' is a protocol contract, not a user");
            return Err(Problem::invalid("user", error));
        }
        Ok(Some(wallet))
    }

    /// Condition ids, in lower case.
    pub(crate) fn conditions(&self) -> Result<Option<Vec<String>>, Problem> {
        match self.condition_list("condition")? {
            None => self.condition_list("condition_id"),
            ids => Ok(ids),
        }
    }

    /// Condition ids under a name of v1.
    pub(crate) fn condition_list(
        &self,
        name: &'static str,
    ) -> Result<Option<Vec<String>>, Problem> {
        let Some(ids) = self.list(name)? else { return Ok(None) };
        let check = |id: String| {
            let id = id.to_ascii_lowercase();
            if is_hex(&id, 64) {
                Ok(id)
            } else {
                Err(Problem::invalid("condition", format!("invalid condition id: {id}")))
            }
        };
        ids.into_iter().map(check).collect::<Result<_, _>>().map(Some)
    }

    /// Ids of events.
    pub(crate) fn events(&self) -> Result<Option<Vec<u64>>, Problem> {
        let Some(ids) = self.list("event_id")? else { return Ok(None) };
        let read = |id: String| match id.parse() {
            Ok(number) if number > 0 => Ok(number),
            _ => Err(Problem::invalid("event_id", format!("invalid event id: {id}"))),
        };
        ids.into_iter().map(read).collect::<Result<_, _>>().map(Some)
    }

    /// What the request is narrowed to, by market or by event.
    pub(crate) fn scope(&self) -> Result<Scope, Problem> {
        Scope::of(self.conditions()?, self.events()?)
    }

    /// The same as v1 spells it.
    pub(crate) fn first_scope(&self) -> Result<Scope, Problem> {
        Scope::of(self.condition_list("market")?, self.events()?)
    }
}

impl Scope {
    fn of(conditions: Option<Vec<String>>, events: Option<Vec<u64>>) -> Result<Self, Problem> {
        match (conditions, events) {
            (Some(_), Some(_)) => {
                Err(Problem::refused("must provide either eventId or condition, not both"))
            }
            (Some(conditions), None) => Ok(Self::Conditions(conditions)),
            (None, Some(events)) => Ok(Self::Events(events)),
            (None, None) => Ok(Self::Everything),
        }
    }
}

/// Whether `text` is `0x` and `digits` hex digits.
pub(crate) fn is_hex(text: &str, digits: usize) -> bool {
    text.strip_prefix("0x").is_some_and(|rest| {
        rest.len() == digits && rest.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
impl Params {
    /// The parameters of a query string.
    pub(crate) fn of(query: &str) -> Self {
        let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (snake_case(name), value.to_owned())
        });
        Self(pairs.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONDITION: &str = "0x94ad92377199e93e51512d57cc5d5c8e360cad52ff1559ebe190e94530464f6b";

    #[test]
    fn names_come_in_both_spellings() {
        for query in ["taker_only=false", "takerOnly=FALSE"] {
            assert_eq!(Params::of(query).flag("taker_only").unwrap(), Some(false));
        }
        for name in ["condition", "condition_id", "conditionId"] {
            let query = format!("{name}={CONDITION}");
            assert_eq!(Params::of(&query).conditions().unwrap().unwrap(), [CONDITION]);
        }
    }

    #[test]
    fn lists_hold_twenty_values_and_doubles_count_once() {
        let ids = |count: u64| (1..=count).map(|id| id.to_string()).collect::<Vec<_>>().join(",");
        let read = |list: String| Params::of(&format!("event_id={list}")).events();
        assert_eq!(read(ids(20) + ",1,2").unwrap().unwrap().len(), 20);
        assert_eq!(read(ids(21)).unwrap_err().parameter, Some("event_id"));
        assert_eq!(read("1,x".into()).unwrap_err().error, "invalid event id: x");
        assert!(read("0".into()).is_err());
    }

    #[test]
    fn a_market_and_an_event_exclude_each_other() {
        let both = format!("condition={CONDITION}&event_id=1");
        assert!(Params::of(&both).scope().unwrap_err().error.contains("not both"));
        assert_eq!(Params::of("").scope().unwrap(), Scope::Everything);
        assert_eq!(Params::of("eventId=7").scope().unwrap(), Scope::Events(vec![7]));
        let combo = format!("condition={}", CONDITION.get(..64).unwrap());
        assert_eq!(Params::of(&combo).scope().unwrap_err().parameter, Some("condition"));
    }

    #[test]
    fn limits_are_refused_past_the_cap() {
        let limit = |query: &str| Params::of(query).limit(100, 1_000);
        assert_eq!(limit("").unwrap(), 100);
        assert_eq!(limit("limit=1000").unwrap(), 1_000);
        assert_eq!(limit("limit=1001").unwrap_err().parameter, Some("limit"));
        assert_eq!(limit("limit=-1").unwrap_err().parameter, None);
    }

    #[test]
    fn contracts_are_nobodys_wallets() {
        let contract = "user=0x4D97DCd97eC945f40cF65F87097ACe5EA0476045";
        assert_eq!(Params::of(contract).user().unwrap_err().parameter, Some("user"));
        assert_eq!(Params::of("user=nobody").user().unwrap().unwrap(), "nobody");
        assert!(Params::of("user=nobody").address().unwrap_err().error.contains("invalid user"));
        assert_eq!(Params::of("").required_user().unwrap_err(), Problem::missing("user"));
    }
}
