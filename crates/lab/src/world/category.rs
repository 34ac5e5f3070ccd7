//! Categories of the generated world, their fees by date, and the real tags that mark them.

use chrono::{DateTime, NaiveDate, Utc};

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Category {
    Politics,
    World,
    Sports,
    Crypto,
    Economy,
    Finance,
    Tech,
    Science,
    Culture,
    Weather,
}

/// Fees of a category: taker only, exponent 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fees {
    pub(crate) kind: &'static str,
    /// Share of `shares × p(1−p)`.
    pub(crate) rate: f64,
    /// Share of the fee that goes back to makers.
    pub(crate) rebate: f64,
}

/// How common, how long-lived and how busy a category is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Habits {
    /// Share of events, in percent.
    pub(crate) percent: u64,
    /// Median life of an event, in days.
    pub(crate) life_days: f64,
    /// Standard deviation of the logit over one day.
    pub(crate) volatility: f64,
    /// Factor on volume and liquidity.
    pub(crate) interest: f64,
    /// Announcements in the life of an event, on average.
    pub(crate) announcements: f64,
}

impl Category {
    pub(crate) const ALL: [Self; 10] = [
        Self::Politics,
        Self::World,
        Self::Sports,
        Self::Crypto,
        Self::Economy,
        Self::Finance,
        Self::Tech,
        Self::Science,
        Self::Culture,
        Self::Weather,
    ];

    pub(crate) const fn habits(self) -> Habits {
        let (percent, life_days, volatility, interest, announcements) = match self {
            Self::Politics => (15, 150.0, 0.12, 2.5, 2.6),
            Self::World => (8, 60.0, 0.20, 2.0, 2.2),
            Self::Sports => (42, 4.0, 0.25, 1.2, 0.8),
            Self::Crypto => (10, 9.0, 0.55, 1.8, 0.0),
            Self::Economy => (4, 35.0, 0.15, 1.5, 2.0),
            Self::Finance => (6, 20.0, 0.25, 0.8, 1.2),
            Self::Tech => (4, 60.0, 0.18, 0.9, 1.6),
            Self::Science => (2, 120.0, 0.10, 0.4, 1.2),
            Self::Culture => (6, 45.0, 0.20, 0.6, 1.4),
            Self::Weather => (3, 2.5, 0.60, 0.3, 1.0),
        };
        Habits { percent, life_days, volatility, interest, announcements }
    }

    /// What trading in a market costs that is listed at this moment, for as long as it lives; `None`
    /// where it is free. Polymarket began to charge on 30 March 2026, and raised sports in July.
    pub(crate) fn fees(self, listed: DateTime<Utc>) -> Option<Fees> {
        const BEGAN: Option<NaiveDate> = NaiveDate::from_ymd_opt(2026, 3, 30);
        const SPORTS_RAISED: Option<NaiveDate> = NaiveDate::from_ymd_opt(2026, 7, 1);
        let since = |day: Option<NaiveDate>| day.is_some_and(|day| listed.date_naive() >= day);
        if !since(BEGAN) {
            return None;
        }
        let (kind, rate, rebate) = match self {
            Self::World => return None,
            Self::Politics => ("politics_fees", 0.04, 0.25),
            Self::Sports if since(SPORTS_RAISED) => ("sports_fees_v3", 0.05, 0.15),
            Self::Sports => ("sports_fees_v2", 0.03, 0.25),
            Self::Crypto => ("crypto_fees_v2", 0.07, 0.20),
            Self::Economy => ("economics_fees", 0.05, 0.25),
            Self::Finance => ("finance_fees", 0.04, 0.25),
            Self::Tech => ("tech_fees", 0.04, 0.25),
            Self::Culture => ("culture_fees", 0.05, 0.25),
            Self::Weather => ("weather_fees", 0.05, 0.25),
            Self::Science => ("general_fees", 0.05, 0.25),
        };
        Some(Fees { kind, rate, rebate })
    }
}

/// A tag with Polymarket's own id, label and slug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TagInfo {
    pub(crate) id: u64,
    pub(crate) label: &'static str,
    pub(crate) slug: &'static str,
}

const fn tag(id: u64, label: &'static str, slug: &'static str) -> TagInfo {
    TagInfo { id, label, slug }
}

/// Every tag the world uses.
pub(crate) const TAGS: [TagInfo; 47] = [
    tag(1, "Sports", "sports"),
    tag(2, "Politics", "politics"),
    tag(10, "Football", "football"),
    tag(18, "Awards", "awards"),
    tag(21, "Crypto", "crypto"),
    tag(28, "Basketball", "basketball"),
    tag(39, "Ethereum", "ethereum"),
    tag(51, "Box Office", "box-office"),
    tag(53, "Movies", "movies"),
    tag(64, "Esports", "esports"),
    tag(74, "Science", "science"),
    tag(84, "Weather", "weather"),
    tag(87, "Climate", "climate"),
    tag(100, "Music", "music"),
    tag(107, "Business", "business"),
    tag(120, "Finance", "finance"),
    tag(144, "Elections", "elections"),
    tag(235, "Bitcoin", "bitcoin"),
    tag(264, "Primaries", "primaries"),
    tag(281, "MMA", "mma"),
    tag(439, "AI", "ai"),
    tag(596, "Culture", "pop-culture"),
    tag(600, "IPOs", "ipos"),
    tag(604, "Stocks", "stocks"),
    tag(678, "Baseball", "baseball"),
    tag(702, "Inflation", "inflation"),
    tag(818, "Solana", "solana"),
    tag(864, "Tennis", "tennis"),
    tag(972, "Tweet Markets", "tweets-markets"),
    tag(1013, "Earnings", "earnings"),
    tag(1312, "Crypto Prices", "crypto-prices"),
    tag(1325, "Space", "space"),
    tag(1401, "Tech", "tech"),
    tag(100_088, "Hockey", "hockey"),
    tag(100_265, "Geopolitics", "geopolitics"),
    tag(100_328, "Economy", "economy"),
    tag(100_343, "Mentions", "mention-markets"),
    tag(100_350, "Soccer", "soccer"),
    tag(100_639, "Games", "games"),
    tag(101_206, "World Elections", "world-elections"),
    tag(101_267, "XRP", "xrp"),
    tag(101_757, "Recurring", "recurring"),
    tag(101_794, "Foreign Policy", "foreign-policy"),
    tag(101_800, "Economic Policy", "economic-policy"),
    tag(101_970, "World", "world"),
    tag(102_127, "Up or Down", "up-or-down"),
    tag(102_134, "Hit Price", "hit-price"),
];

/// The tag with `slug`.
pub(crate) fn tag_info(slug: &str) -> Option<TagInfo> {
    TAGS.into_iter().find(|tag| tag.slug == slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up() {
        let percent: u64 = Category::ALL.iter().map(|category| category.habits().percent).sum();
        assert_eq!(percent, 100);
    }

    #[test]
    fn fees_depend_on_the_day_of_listing() {
        let fee = |category: Category, listed: &str| {
            let listed = DateTime::parse_from_rfc3339(listed).unwrap().to_utc();
            category.fees(listed).map(|fees| (fees.rate, fees.rebate))
        };
        for category in Category::ALL {
            assert_eq!(fee(category, "2026-03-29T23:59:59Z"), None);
            let charged = fee(category, "2026-03-30T00:00:00Z").is_some();
            assert_eq!(charged, category != Category::World);
        }
        assert_eq!(fee(Category::Sports, "2026-06-30T23:59:59Z"), Some((0.03, 0.25)));
        assert_eq!(fee(Category::Sports, "2026-07-01T00:00:00Z"), Some((0.05, 0.15)));
        assert_eq!(fee(Category::Crypto, "2026-10-01T00:00:00Z"), Some((0.07, 0.20)));
    }

    #[test]
    fn tags_are_in_id_order() {
        assert!(TAGS.is_sorted_by_key(|tag| tag.id));
    }
}
