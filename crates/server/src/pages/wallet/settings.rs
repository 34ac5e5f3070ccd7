//! How a wallet's page is set, as its address says. What it says wrongly is the default.

use domain::QueryReader;

use crate::{
    api::{
        list::query_string,
        wallet::{activity::WalletTradesQuery, pnl::PnlRange},
    },
    http::extract::{FromQuery, read_pairs},
};

/// Parameters of the page; links keep them.
const NAMES: [&str; 5] = ["range", "side", "min", "closed", "trades"];
/// Ranges of the chart of profit, as the script offers them.
pub(super) const RANGES: [&str; 5] = ["1d", "1w", "1m", "1y", DEFAULT_RANGE];
const DEFAULT_RANGE: &str = "all";
/// Ways of a trade.
pub(super) const SIDES: [(&str, &str); 3] = [("", "all"), ("buy", "buys"), ("sell", "sells")];
/// Least sizes of a trade, in dollars.
pub(super) const LEAST: [(&str, &str); 4] =
    [("", "any size"), ("100", "≥ $100"), ("1000", "≥ $1k"), ("10000", "≥ $10k")];
/// Rows of a list on a page.
pub(super) const ROWS: u32 = 100;

/// How the page is set.
pub(super) struct Settings {
    path: String,
    pairs: Vec<(&'static str, String)>,
    pub(super) range: &'static str,
    pub(super) side: &'static str,
    pub(super) least: &'static str,
    /// Closed positions to skip.
    pub(super) closed: u32,
    /// Where the page of trades begins; the newest where there is none.
    pub(super) trades: Option<String>,
}

impl Settings {
    /// Reads the pairs of an address. `id` names the wallet in links, as the reader did.
    pub(super) fn read(id: &str, pairs: &[(String, String)]) -> Self {
        let get = |name: &str| {
            let (_, value) = pairs.iter().find(|(key, _)| key == name)?;
            Some(value.trim()).filter(|value| !value.is_empty())
        };
        let known = |name: &str, all: &[(&'static str, &str)]| {
            let word = get(name)?;
            all.iter().map(|(known, _)| *known).find(|known| *known == word)
        };
        let range = get("range").and_then(|word| RANGES.into_iter().find(|known| *known == word));
        Self {
            path: format!("/wallets/{id}"),
            pairs: NAMES.iter().filter_map(|name| Some((*name, get(name)?.to_owned()))).collect(),
            range: range.unwrap_or(DEFAULT_RANGE),
            side: known("side", &SIDES).unwrap_or_default(),
            least: known("min", &LEAST).unwrap_or_default(),
            closed: get("closed").and_then(|closed| closed.parse().ok()).unwrap_or(0),
            trades: get("trades").map(str::to_owned),
        }
    }

    /// The range, as the API reads it.
    pub(super) fn pnl_range(&self) -> PnlRange {
        let pair = ("range".to_owned(), self.range.to_owned());
        read_pairs(vec![pair]).unwrap_or_default()
    }

    /// Which trades, as the API reads it; a cursor that is none begins at the newest.
    pub(super) fn trades_query(&self) -> WalletTradesQuery {
        let query = |cursor: Option<&String>| {
            let pairs = [
                ("limit", Some(ROWS.to_string())),
                ("side", Some(self.side.to_owned())),
                ("min_usdc", Some(self.least.to_owned())),
                ("cursor", cursor.cloned()),
            ];
            let given = pairs.into_iter().filter_map(|(name, value)| {
                Some((name.to_owned(), value.filter(|value| !value.is_empty())?))
            });
            read_pairs::<WalletTradesQuery>(given.collect())
        };
        query(self.trades.as_ref()).or_else(|_| query(None)).unwrap_or_else(|_| {
            WalletTradesQuery::read(&mut QueryReader::new(Vec::<(String, String)>::new()))
        })
    }

    /// What narrows the trades, as the query of their file.
    pub(super) fn trades_file(&self, address: &str) -> String {
        let path = format!("/api/polymarket/wallet/{address}/trades.csv");
        let filters = [("side", self.side), ("min_usdc", self.least)];
        let filters: Vec<(&str, &str)> =
            filters.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        if filters.is_empty() { path } else { format!("{path}?{}", query_string(filters)) }
    }

    /// The address with a parameter changed; `None` takes it out. Whoever changes a filter sees the newest.
    pub(super) fn with(&self, name: &str, value: Option<&str>) -> String {
        let is_filter = ["side", "min"].contains(&name);
        let kept =
            self.pairs.iter().filter(|(key, _)| *key != name && !(is_filter && *key == "trades"));
        let mut pairs: Vec<(&str, &str)> =
            kept.map(|(key, value)| (*key, value.as_str())).collect();
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            pairs.push((name, value));
        }
        if pairs.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, query_string(pairs))
        }
    }

    /// The address with another range.
    pub(super) fn with_range(&self, range: &str) -> String {
        self.with("range", Some(range).filter(|range| *range != DEFAULT_RANGE))
    }

    /// What the script is told that the page was made with.
    pub(super) fn query(&self) -> String {
        query_string(self.pairs.iter().map(|(name, value)| (name, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        let pairs: Vec<_> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Settings::read("0xab", &pairs)
    }

    #[test]
    fn what_is_not_offered_is_the_default() {
        let odd = settings(&[("range", "3y"), ("side", "long"), ("min", "7"), ("closed", "-1")]);
        assert_eq!((odd.range, odd.side, odd.least, odd.closed), ("all", "", "", 0));
        let set = settings(&[("range", "1w"), ("side", "buy"), ("min", "1000"), ("closed", "200")]);
        assert_eq!((set.range, set.side, set.least, set.closed), ("1w", "buy", "1000", 200));
    }

    #[test]
    fn a_changed_filter_begins_at_the_newest_and_keeps_the_rest() {
        let here = settings(&[("range", "1w"), ("side", "buy"), ("trades", "abc")]);
        assert_eq!(here.with("side", Some("sell")), "/wallets/0xab?range=1w&side=sell");
        assert_eq!(here.with_range("all"), "/wallets/0xab?side=buy&trades=abc");
        assert_eq!(settings(&[]).with("side", Some("")), "/wallets/0xab");
    }
}
