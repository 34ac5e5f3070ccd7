//! The words of a screen: what can be filtered and sorted by, as written in URLs and as people read it.

use chrono::{DateTime, Utc};

use super::TapeColumn;

/// `all` with `plain` at its beginning.
const fn with_plain<T: Copy, const PLAIN: usize, const ALL: usize>(
    plain: [T; PLAIN],
    mut all: [T; ALL],
) -> [T; ALL] {
    let mut at = 0;
    while at < PLAIN {
        all[at] = plain[at];
        at += 1;
    }
    all
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal, $label:literal;)+ $(+ $tape:ident;)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            $(
                /// A figure of a window, counted from the tape.
                $tape(TapeColumn),
            )?
        }

        impl $name {
            /// Every value, in the order pages list them.
            pub const ALL: &'static [Self] = words!(@all [$(Self::$variant),+] $(and Self::$tape)?);

            /// The word used in URLs.
            pub fn slug(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                    $(Self::$tape(column) => column.slug(),)?
                }
            }

            /// The words people read.
            pub fn label(self) -> &'static str {
                match self {
                    $(Self::$variant => $label,)+
                    $(Self::$tape(column) => column.label(),)?
                }
            }

            /// Reads the word used in URLs.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.slug() == word)
            }

            /// The words, separated by commas, for an error message or a help text.
            pub fn expected() -> String {
                Self::ALL.iter().map(|value| value.slug()).collect::<Vec<_>>().join(", ")
            }
        }
    };
    (@all [$($plain:expr),+]) => { &[$($plain),+] };
    (@all [$($plain:expr),+] and $tape:expr) => {{
        const PLAIN: usize = [$(stringify!($plain)),+].len();
        const ALL: usize = PLAIN + TapeColumn::ALL.len();
        &{
            let mut all = [$tape(TapeColumn::ALL[0]); ALL];
            let mut at = 0;
            while at < TapeColumn::ALL.len() {
                all[PLAIN + at] = $tape(TapeColumn::ALL[at]);
                at += 1;
            }
            with_plain([$($plain),+], all)
        }
    }};
}

words!(
    /// How soon an open market is due. Closed markets have none.
    Closes {
        /// End date within 24 hours.
        Day = "day", "within a day";
        /// One to seven days away.
        Week = "week", "1–7 days";
        /// One to four weeks away.
        Month = "month", "1–4 weeks";
        /// More than four weeks away.
        Later = "later", "later";
        /// End date passed, still open.
        Awaiting = "awaiting", "awaiting resolution";
        /// No end date.
        Unknown = "unknown", "no end date";
    }
);

impl Closes {
    /// The bucket of an open market with this end date.
    pub fn of(end_date: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        let Some(end) = end_date else { return Self::Unknown };
        let hours = (end - now).num_seconds() as f64 / 3600.0;
        match hours {
            h if h < 0.0 => Self::Awaiting,
            h if h <= 24.0 => Self::Day,
            h if h <= 24.0 * 7.0 => Self::Week,
            h if h <= 24.0 * 28.0 => Self::Month,
            _ => Self::Later,
        }
    }
}

words!(
    /// A yes-or-no property of a market.
    Trait {
        /// One of several markets that exclude each other.
        NegRisk = "neg_risk", "neg-risk group";
        /// Takers are known to pay nothing.
        FeeFree = "fee_free", "fee-free";
        /// Earns liquidity rewards.
        Rewards = "rewards", "reward band";
        /// The exchange takes orders.
        AcceptingOrders = "accepting_orders", "accepting orders";
        /// Marked new by upstream.
        New = "new", "new";
    }
);

words!(
    /// A column that can be sorted by.
    SortColumn {
        /// Dollars over a day.
        Volume24h = "volume_24h", "volume 24h";
        /// Dollars over a week.
        Volume7d = "volume_7d", "volume 7d";
        /// Dollars over a month.
        Volume30d = "volume_30d", "volume 30d";
        /// Dollars over its life.
        VolumeTotal = "volume_total", "total volume";
        /// Dollars near the mid.
        Liquidity = "liquidity", "liquidity";
        /// Displayed price of outcome 0.
        Price = "price", "price";
        /// Ask less bid.
        Spread = "spread", "spread";
        /// Change of price over an hour.
        Change1h = "change_1h", "change 1h";
        /// Over a day.
        Change24h = "change_24h", "change 24h";
        /// Over a week.
        Change7d = "change_7d", "change 7d";
        /// Over a month.
        Change30d = "change_30d", "change 30d";
        /// End date.
        EndDate = "end_date", "closes";
        /// When upstream created it.
        CreatedAt = "created_at", "created";
        /// The question, alphabetically.
        Title = "title", "title";
        /// Nearness of the price to one half.
        Competitive = "competitive", "competitive";
        /// How well the text matches; needs a search text.
        Relevance = "relevance", "relevance";
        /// Smart-money imbalance (`signals::consensus`).
        SmartImbalance = "smart_imbalance", "smart-money imbalance";
        /// So many equal and independent voices of smart money.
        SmartVoices = "smart_voices", "smart-money voices";
        + Tape;
    }
);

words!(
    /// A column of events that can be sorted by.
    EventSortColumn {
        /// Dollars over a day.
        Volume24h = "volume_24h", "volume 24h";
        /// Dollars over its life.
        VolumeTotal = "volume_total", "total volume";
        /// Dollars near the mid.
        Liquidity = "liquidity", "liquidity";
        /// End date.
        EndDate = "end_date", "closes";
        /// How many markets it has.
        MarketCount = "market_count", "markets";
        /// The title, alphabetically.
        Title = "title", "title";
        /// When upstream created it.
        CreatedAt = "created_at", "created";
    }
);

words!(
    /// A column that can be bounded.
    RangeColumn {
        /// Displayed price of outcome 0, 0 to 1.
        Price = "price", "price";
        /// Dollars over a day.
        Volume24h = "volume_24h", "volume 24h";
        /// Dollars over its life.
        VolumeTotal = "volume_total", "total volume";
        /// Dollars near the mid.
        Liquidity = "liquidity", "liquidity";
        /// Ask less bid, 0 to 1.
        Spread = "spread", "spread";
        /// Change of price over an hour, −1 to 1.
        Change1h = "change_1h", "change 1h";
        /// Over a day.
        Change24h = "change_24h", "change 24h";
        /// Over a week.
        Change7d = "change_7d", "change 7d";
        /// Smart-money imbalance, −100 all on outcome 1 to 100 all on outcome 0.
        SmartImbalance = "smart_imbalance", "smart-money imbalance";
        /// So many equal and independent voices of smart money.
        SmartVoices = "smart_voices", "smart-money voices";
        + Tape;
    }
);

impl RangeColumn {
    pub(super) fn bounds(self) -> (f64, f64) {
        match self {
            Self::Price | Self::Spread => (0.0, 1.0),
            Self::Change1h | Self::Change24h | Self::Change7d => (-1.0, 1.0),
            Self::Volume24h | Self::VolumeTotal | Self::Liquidity => (0.0, 1e14),
            Self::SmartImbalance => (-100.0, 100.0),
            Self::SmartVoices => (0.0, 1e6),
            Self::Tape(column) => column.figure().bounds(),
        }
    }

    /// Names of the parameters that bound the column from below and above.
    pub fn parameters(self) -> (&'static str, &'static str) {
        match self {
            Self::Price => ("price_min", "price_max"),
            Self::Volume24h => ("volume_24h_min", "volume_24h_max"),
            Self::VolumeTotal => ("volume_total_min", "volume_total_max"),
            Self::Liquidity => ("liquidity_min", "liquidity_max"),
            Self::Spread => ("spread_min", "spread_max"),
            Self::Change1h => ("change_1h_min", "change_1h_max"),
            Self::Change24h => ("change_24h_min", "change_24h_max"),
            Self::Change7d => ("change_7d_min", "change_7d_max"),
            Self::SmartImbalance => ("smart_imbalance_min", "smart_imbalance_max"),
            Self::SmartVoices => ("smart_voices_min", "smart_voices_max"),
            Self::Tape(column) => column.parameters(),
        }
    }
}
