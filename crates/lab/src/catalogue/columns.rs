//! The columns that `order` accepts and range filters read. One table for events and markets: a
//! column a row does not have is unknown there, and unknown sorts last.

use crate::json::Members;

/// How a column's text becomes a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    /// Unix milliseconds.
    Instant,
}

/// Position in [`COLUMNS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ColumnId(usize);

/// Gamma's names, which are also the `order` values.
const COLUMNS: [(&str, Kind); 28] = [
    ("id", Kind::Number),
    ("volume", Kind::Number),
    ("volumeNum", Kind::Number),
    ("volume24hr", Kind::Number),
    ("volume1wk", Kind::Number),
    ("volume1mo", Kind::Number),
    ("volume1yr", Kind::Number),
    ("liquidity", Kind::Number),
    ("liquidityNum", Kind::Number),
    ("openInterest", Kind::Number),
    ("competitive", Kind::Number),
    ("spread", Kind::Number),
    ("bestBid", Kind::Number),
    ("bestAsk", Kind::Number),
    ("lastTradePrice", Kind::Number),
    ("oneHourPriceChange", Kind::Number),
    ("oneDayPriceChange", Kind::Number),
    ("oneWeekPriceChange", Kind::Number),
    ("oneMonthPriceChange", Kind::Number),
    ("commentCount", Kind::Number),
    ("orderPriceMinTickSize", Kind::Number),
    ("rewardsMinSize", Kind::Number),
    ("startDate", Kind::Instant),
    ("startTime", Kind::Instant),
    ("endDate", Kind::Instant),
    ("createdAt", Kind::Instant),
    ("updatedAt", Kind::Instant),
    ("closedTime", Kind::Instant),
];

/// The column called `name`, exactly as Gamma spells it.
pub(crate) fn column(name: &str) -> Option<ColumnId> {
    COLUMNS.iter().position(|&(known, _)| known == name).map(ColumnId)
}

/// The figures of one row; `NaN` where unknown.
#[derive(Clone, Debug)]
pub(crate) struct Figures([f64; COLUMNS.len()]);

impl Figures {
    pub(crate) fn read(members: &Members<'_>) -> Self {
        let mut figures = [f64::NAN; COLUMNS.len()];
        for (slot, (name, kind)) in figures.iter_mut().zip(COLUMNS) {
            let figure = match kind {
                Kind::Number => members.number(name),
                Kind::Instant => members.instant_ms(name).map(|at_ms| at_ms as f64),
            };
            *slot = figure.unwrap_or(f64::NAN);
        }
        Self(figures)
    }

    pub(crate) fn get(&self, column: ColumnId) -> Option<f64> {
        self.0.get(column.0).copied().filter(|figure| !figure.is_nan())
    }

    /// The figure in the column called `name`.
    pub(crate) fn named(&self, name: &str) -> Option<f64> {
        self.get(column(name)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_numbers_strings_and_dates() {
        let members = Members::parse(
            r#"{"volume":"12.5","volumeNum":12.5,"endDate":"1970-01-01T00:00:01Z","spread":null}"#,
        )
        .unwrap();
        let figures = Figures::read(&members);
        let get = |name| figures.get(column(name).unwrap());
        assert_eq!(get("volume"), Some(12.5));
        assert_eq!(get("volumeNum"), Some(12.5));
        assert_eq!(get("endDate"), Some(1000.0));
        assert_eq!(get("spread"), None);
        assert_eq!(get("liquidity"), None);
    }
}
