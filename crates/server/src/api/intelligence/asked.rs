//! Parameters that several boards take.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Address, Category, QueryReader, whales::Class};
use rust_decimal::Decimal;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;
use store::intelligence::boards::{Dollars, WalletFilter};
use utoipa::openapi::{ObjectBuilder, path::Parameter, schema::Type};

use crate::{
    api::parameters::{integer, parameter, text},
    view::intelligence::ScoreName,
};

/// Wallets that may be asked for at once.
const MOST_WALLETS: usize = 50;
const MAX_LIMIT: u32 = 200;
const DEFAULT_LIMIT: u32 = 50;

/// How far back to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timeframe {
    Hour,
    SixHours,
    Day,
    Week,
    Month,
    All,
}

impl Timeframe {
    pub(crate) const ALL: [Self; 6] =
        [Self::Hour, Self::SixHours, Self::Day, Self::Week, Self::Month, Self::All];

    /// The word in addresses.
    pub(crate) fn slug(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::SixHours => "6h",
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
            Self::All => "all",
        }
    }

    /// Since when; `None` from the beginning.
    pub(crate) fn since(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let length = match self {
            Self::Hour => TimeDelta::hours(1),
            Self::SixHours => TimeDelta::hours(6),
            Self::Day => TimeDelta::days(1),
            Self::Week => TimeDelta::days(7),
            Self::Month => TimeDelta::days(30),
            Self::All => return None,
        };
        Some(now - length)
    }

    pub(crate) fn read(query: &mut QueryReader, default: Self) -> Self {
        let words = Self::ALL.map(|frame| (frame.slug(), frame));
        word(query, "timeframe", &words).unwrap_or(default)
    }

    pub(crate) fn parameter(default: Self) -> Parameter {
        choice(
            "timeframe",
            "How far back to look.",
            Self::ALL.map(Self::slug),
            Some(default.slug()),
        )
    }
}

/// One of some words; another one is refused with all of them.
pub(crate) fn word<T: Copy>(
    query: &mut QueryReader,
    name: &'static str,
    words: &[(&str, T)],
) -> Option<T> {
    let given = query.text(name)?;
    let found = words.iter().find(|(word, _)| *word == given).map(|(_, value)| *value);
    if found.is_none() {
        let all: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        query.refuse(name, &given, format!("must be one of {}", all.join(", ")));
    }
    found
}

/// A parameter that takes one of some words.
pub(crate) fn choice<'a>(
    name: &str,
    description: &str,
    words: impl IntoIterator<Item = &'a str>,
    default: Option<&str>,
) -> Parameter {
    let words: Vec<_> = words.into_iter().map(|word| json!(word)).collect();
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words))
        .default(default.map(|default| json!(default)));
    parameter(name, description, schema)
}

fn number(name: &str, description: &str) -> Parameter {
    parameter(name, description, ObjectBuilder::new().schema_type(Type::Number))
}

/// Which wallets rows may be of.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Who {
    pub(crate) filter: WalletFilter,
    /// The score that a least one is asked of.
    pub(crate) score: Option<ScoreName>,
}

/// The scores that rows can be asked a least one of.
const LEAST_OF: [ScoreName; 3] = [ScoreName::Whale, ScoreName::Smart, ScoreName::Reputation];

impl Who {
    pub(crate) fn read(query: &mut QueryReader) -> Self {
        let filter = Self::read_wallets(query);
        let words = LEAST_OF.map(|score| (score.slug(), score));
        let score = word(query, "score", &words).unwrap_or(ScoreName::Whale);
        let least = query.within("min_score", 0.0, 100.0);
        Self {
            filter: WalletFilter {
                least: least.map(|least| (score.slug().to_owned(), least)),
                ..filter
            },
            score: least.map(|_| score),
        }
    }

    /// Wallets and class alone.
    pub(crate) fn read_wallets(query: &mut QueryReader) -> WalletFilter {
        let single = query.text("wallet");
        let several = query.list("wallets");
        if several.len() > MOST_WALLETS {
            let count = several.len().to_string();
            query.refuse("wallets", &count, format!("are at most {MOST_WALLETS}"));
        }
        if single.is_some() && !several.is_empty() {
            query.refuse("wallets", &several.join(","), "cannot be given beside `wallet`");
        }
        let mut wallets = Vec::new();
        let named = single.into_iter().map(|one| ("wallet", one));
        for (name, given) in named.chain(several.into_iter().map(|one| ("wallets", one))) {
            match Address::parse(&given) {
                Ok(address) => wallets.push(address),
                Err(_) => query.refuse(
                    name,
                    &given,
                    "must be a wallet's address: `0x` and 40 hexadecimal digits",
                ),
            }
        }
        let words = Class::ALL.map(|class| (class.slug(), class));
        let class = word(query, "class", &words).map(|class| class.slug().to_owned());
        WalletFilter { wallets, class, least: None }
    }

    pub(crate) fn parameters() -> Vec<Parameter> {
        let mut all = Self::wallet_parameters();
        all.push(number("min_score", "Only wallets with a score of at least so much, 0 to 100."));
        all.push(choice(
            "score",
            "Which score that is.",
            LEAST_OF.map(ScoreName::slug),
            Some("whale"),
        ));
        all
    }

    pub(crate) fn wallet_parameters() -> Vec<Parameter> {
        vec![
            text("wallet", "Only of this wallet, by address."),
            text("wallets", "Only of these wallets: at most 50 addresses, separated by commas."),
            choice("class", "Only of wallets of this class.", Class::ALL.map(Class::slug), None),
        ]
    }
}

/// What rows are about.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct About {
    pub(crate) market: Option<String>,
    pub(crate) event: Option<String>,
    pub(crate) category: Option<Category>,
}

impl About {
    pub(crate) fn read(query: &mut QueryReader) -> Self {
        let categories = Category::ALL.map(|category| (category.slug(), category));
        Self {
            market: query.text("market"),
            event: query.text("event"),
            category: word(query, "category", &categories),
        }
    }

    pub(crate) fn parameters() -> Vec<Parameter> {
        vec![
            text("market", "Only of this market: market id, condition id or slug."),
            text("event", "Only of this event: id or slug."),
            choice("category", "Only of this category.", Category::ALL.map(Category::slug), None),
        ]
    }
}

/// From so many dollars to so many.
pub(crate) fn read_dollars(query: &mut QueryReader) -> Dollars {
    let mut amount = |name: &'static str| {
        let amount: Option<Decimal> = query.parse(name, "an amount of dollars such as 1000");
        if let Some(negative) = amount.filter(Decimal::is_sign_negative) {
            query.refuse(name, &negative.to_string(), "must be 0 or more");
        }
        amount
    };
    let (min, max) = (amount("min_usdc"), amount("max_usdc"));
    if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        query.refuse("max_usdc", &max.to_string(), "must not be below `min_usdc`");
    }
    Dollars { min, max }
}

pub(crate) fn dollars_parameters(of: &str) -> Vec<Parameter> {
    vec![
        number("min_usdc", &format!("Only from so many dollars on: {of}.")),
        number("max_usdc", &format!("Only up to so many dollars: {of}.")),
    ]
}

/// For a market's first outcome, or against it.
pub(crate) fn read_side(query: &mut QueryReader) -> Option<bool> {
    word(query, "side", &[("yes", true), ("no", false)])
}

pub(crate) fn side_parameter(description: &str) -> Parameter {
    choice("side", description, ["yes", "no"], None)
}

/// Whether what is usually left out is shown.
pub(crate) fn read_shown(query: &mut QueryReader, name: &'static str) -> bool {
    word(query, name, &[("hide", false), ("show", true)]).unwrap_or(false)
}

pub(crate) fn shown_parameter(name: &str, description: &str) -> Parameter {
    choice(name, description, ["hide", "show"], Some("hide"))
}

/// Which part of a list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part<P> {
    pub(crate) limit: u32,
    pub(crate) after: Option<P>,
}

impl<P: Serialize + DeserializeOwned> Part<P> {
    pub(crate) fn read(query: &mut QueryReader) -> Self {
        let limit = query.within("limit", 1, MAX_LIMIT).unwrap_or(DEFAULT_LIMIT);
        let cursor = query.text("cursor");
        let after = cursor.as_deref().and_then(parse_cursor);
        if let (Some(text), None) = (&cursor, &after) {
            query.refuse("cursor", text, "is not one of this list's `next_cursor`");
        }
        Self { limit, after }
    }

    /// The longest part, for files.
    pub(crate) fn whole() -> Self {
        Self { limit: MAX_LIMIT, after: None }
    }
}

pub(crate) fn part_parameters() -> Vec<Parameter> {
    vec![
        limit_parameter(),
        text("cursor", "`next_cursor` of the page before, under the same filters and order."),
    ]
}

pub(crate) fn limit_parameter() -> Parameter {
    let limit = integer(1, Some(MAX_LIMIT as usize)).default(Some(json!(DEFAULT_LIMIT)));
    parameter("limit", "The most rows to answer with.", limit)
}

pub(crate) fn read_limit(query: &mut QueryReader) -> u32 {
    query.within("limit", 1, MAX_LIMIT).unwrap_or(DEFAULT_LIMIT)
}

/// A place as text for an address.
pub(crate) fn cursor_of(place: &impl Serialize) -> String {
    // Writing to memory what has no maps cannot fail.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).unwrap_or_default())
}

/// A place from the text of an address.
pub(crate) fn parse_cursor<P: DeserializeOwned>(text: &str) -> Option<P> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use store::intelligence::boards::scores::BoardPlace;

    use super::*;

    #[test]
    fn places_are_read_back_to_the_last_bit() {
        let wallet = Address::parse(&format!("0x{:040x}", 7)).unwrap();
        for value in [None, Some(0.1 + 0.2), Some(f64::MIN_POSITIVE), Some(99.999_999_999_999_99)] {
            let place = BoardPlace { value, wallet: wallet.clone(), rank: 50 };
            assert_eq!(parse_cursor(&cursor_of(&place)), Some(place));
        }
        assert_eq!(parse_cursor::<BoardPlace>("e30"), None);
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_name() {
        let mut query = QueryReader::new([
            ("timeframe", "2d"),
            ("wallet", "0x12"),
            ("class", "shark"),
            ("score", "luck"),
            ("min_score", "101"),
            ("min_usdc", "-5"),
            ("max_usdc", "much"),
            ("category", "dogs"),
            ("side", "up"),
            ("endgame", "maybe"),
            ("cursor", "x"),
            ("limit", "201"),
        ]);
        Timeframe::read(&mut query, Timeframe::Day);
        Who::read(&mut query);
        read_dollars(&mut query);
        About::read(&mut query);
        read_side(&mut query);
        read_shown(&mut query, "endgame");
        Part::<BoardPlace>::read(&mut query);
        let mut fields: Vec<_> =
            query.finish().unwrap_err().into_iter().map(|field| field.field).collect();
        fields.sort_unstable();
        let expected = [
            "category",
            "class",
            "cursor",
            "endgame",
            "limit",
            "max_usdc",
            "min_score",
            "min_usdc",
            "score",
            "side",
            "timeframe",
            "wallet",
        ];
        assert_eq!(fields, expected);
    }

    #[test]
    fn so_many_wallets_may_be_asked_for_at_once() {
        let wallets: Vec<_> = (0..51).map(|n| format!("0x{n:040x}")).collect();
        let mut query = QueryReader::new([("wallets", wallets.join(","))]);
        Who::read(&mut query);
        assert_eq!(query.finish().unwrap_err()[0].field, "wallets");
        let mut query = QueryReader::new([("wallets", wallets[..50].join(","))]);
        assert_eq!(Who::read(&mut query).filter.wallets.len(), 50);
        assert_eq!(query.finish(), Ok(()));
    }
}
