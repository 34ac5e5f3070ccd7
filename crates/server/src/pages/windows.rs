//! The windows that a table's figures are of: columns with a period, and an order by them, move to another one
//! together.

use maud::Markup;

use super::{columns, links::Address, panels::choice};

/// Periods of changes, volumes and takers, the shortest first.
const PERIODS: [&str; 7] = ["10m", "1h", "6h", "12h", "24h", "7d", "30d"];
/// Periods that the tape is counted in.
const COUNTED: [&str; 5] = ["10m", "1h", "6h", "12h", "24h"];
/// Figures that have a period.
const FIGURES: [&str; 10] = [
    "change",
    "volume",
    "trades",
    "buyers",
    "sellers",
    "taker_volume",
    "taker_flow",
    "whale_flow",
    "smart_flow",
    "buy_share",
];

/// Links to the same list with its figures of each period. `shown` are the columns as they are.
pub(super) fn switch(address: &Address, shown: &[&'static str]) -> Markup {
    let present = shown_period(shown);
    let option = |period: &'static str| {
        (period, in_window(address, shown, period).href(), present == Some(period))
    };
    choice("Period of changes, volumes and takers", &PERIODS.map(option))
}

/// The period whose change is shown; without a change, that of the first column that has one.
fn shown_period(shown: &[&str]) -> Option<&'static str> {
    let is_of = |column: &str, period: &str| column.ends_with(&format!("_{period}"));
    let change = PERIODS.into_iter().find(|period| {
        shown.iter().any(|column| column.starts_with("change_") && is_of(column, period))
    });
    change.or_else(|| {
        PERIODS.into_iter().find(|period| shown.iter().any(|column| is_of(column, period)))
    })
}

fn in_window(address: &Address, shown: &[&'static str], period: &str) -> Address {
    let mut names: Vec<String> = Vec::new();
    for column in shown {
        let moved = moved(column, period);
        if !names.contains(&moved) {
            names.push(moved);
        }
    }
    let mut orders: Vec<String> = Vec::new();
    for word in address.words("sort") {
        let (sign, column) = word.strip_prefix('-').map_or(("", word.as_str()), |rest| ("-", rest));
        let column = moved(column, period);
        if !orders.iter().any(|known| known.trim_start_matches('-') == column) {
            orders.push(format!("{sign}{column}"));
        }
    }
    let first = address.first_page();
    let first = if names == columns::DEFAULT {
        first.without("cols")
    } else {
        first.with("cols", names.join(","))
    };
    if orders.is_empty() { first.without("sort") } else { first.with("sort", orders.join(",")) }
}

/// The column of another period that stands for this one. Upstream counts volumes of a day and longer, the tape those
/// of shorter windows; what only the tape counts is not known beyond a day.
fn moved(column: &str, period: &str) -> String {
    let parts = column.rsplit_once('_');
    let parts = parts.filter(|(figure, of)| FIGURES.contains(figure) && PERIODS.contains(of));
    let Some((figure, _)) = parts else { return column.to_owned() };
    let is_counted = COUNTED.contains(&period);
    match figure {
        "change" => format!("change_{period}"),
        "volume" | "taker_volume" if is_counted && period != "24h" => {
            format!("taker_volume_{period}")
        }
        "volume" | "taker_volume" => format!("volume_{period}"),
        figure => format!("{figure}_{}", if is_counted { period } else { "24h" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(pairs: &[(&str, &str)]) -> Address {
        let pairs: Vec<_> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Address::new("/markets", &pairs)
    }

    #[test]
    fn columns_and_order_move_together() {
        let here = address(&[("sort", "-volume_24h,title"), ("offset", "100"), ("q", "rain")]);
        assert_eq!(
            in_window(&here, &columns::DEFAULT, "1h").href(),
            "/markets?q=rain&cols=title,price,change_1h,taker_volume_1h,liquidity,spread,end_date\
             &sort=-taker_volume_1h,title"
        );
        let back =
            ["title", "price", "change_1h", "taker_volume_1h", "liquidity", "spread", "end_date"];
        assert_eq!(in_window(&address(&[]), &back, "24h").href(), "/markets");
    }

    #[test]
    fn what_only_the_tape_counts_stays_within_a_day() {
        assert_eq!(moved("trades_1h", "30d"), "trades_24h");
        assert_eq!(moved("volume_24h", "7d"), "volume_7d");
        assert_eq!(moved("volume_total", "1h"), "volume_total");
        assert_eq!(shown_period(&["title", "volume_7d"]), Some("7d"));
    }

    #[test]
    fn every_column_that_a_switch_names_exists() {
        let known: Vec<&str> = columns::names().collect();
        for column in &known {
            for period in PERIODS {
                let column = moved(column, period);
                assert!(known.contains(&column.as_str()), "{column}");
            }
        }
    }
}
