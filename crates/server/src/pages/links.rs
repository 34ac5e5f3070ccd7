//! Addresses of a list under other filters, orders and pages.

use crate::api::list::query_string;

/// A list's address, as the pairs of its query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    path: &'static str,
    pairs: Vec<(String, String)>,
}

impl Address {
    /// The address with these pairs; empty values are left out, as forms send them for what was not filled
    /// in.
    pub(super) fn new(path: &'static str, pairs: &[(String, String)]) -> Self {
        let pairs = pairs.iter().filter(|(_, value)| !value.trim().is_empty()).cloned().collect();
        Self { path, pairs }
    }

    /// The bare path.
    pub(super) fn path(&self) -> &'static str {
        self.path
    }

    /// The text of a parameter, repetitions joined by commas.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self
            .pairs
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.trim())
            .collect();
        (!values.is_empty()).then(|| values.join(","))
    }

    /// The words of a parameter that is a list.
    pub(super) fn words(&self, name: &str) -> Vec<String> {
        let text = self.get(name).unwrap_or_default();
        text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    /// Every parameter but these.
    pub(super) fn others(&self, names: &[&str]) -> Vec<(&str, &str)> {
        let is_other = |(key, _): &&(String, String)| !names.contains(&key.as_str());
        self.pairs
            .iter()
            .filter(is_other)
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect()
    }

    /// The address without a parameter.
    pub(super) fn without(&self, name: &str) -> Self {
        let mut next = self.clone();
        next.pairs.retain(|(key, _)| key != name);
        next
    }

    /// The address with a parameter.
    pub(super) fn with(&self, name: &str, value: impl Into<String>) -> Self {
        let mut next = self.without(name);
        next.pairs.push((name.to_owned(), value.into()));
        next
    }

    /// The address with a word of a list added, or removed where it is there already. Whoever changes a
    /// filter wants to see the first page.
    pub(super) fn toggled(&self, name: &str, word: &str) -> Self {
        let mut words = self.words(name);
        let before = words.len();
        words.retain(|known| known != word);
        if words.len() == before {
            words.push(word.to_owned());
        }
        let first = self.first_page();
        if words.is_empty() { first.without(name) } else { first.with(name, words.join(",")) }
    }

    /// The address of the first page.
    pub(super) fn first_page(&self) -> Self {
        self.without("offset").without("cursor")
    }

    /// The address under another path.
    pub(super) fn at(&self, path: &'static str) -> Self {
        Self { path, pairs: self.pairs.clone() }
    }

    /// The query string, without `?`.
    pub(super) fn query(&self) -> String {
        // Commas and colons are readable, and allowed in a query.
        let pairs = self.pairs.iter().map(|(key, value)| (key, value));
        query_string(pairs).replace("%2C", ",").replace("%3A", ":")
    }

    /// The text of a link.
    pub(super) fn href(&self) -> String {
        let query = self.query();
        if query.is_empty() { self.path.to_owned() } else { format!("{}?{query}", self.path) }
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
    fn words_toggle_and_the_page_is_forgotten() {
        let here = address(&[("category", "a"), ("category", "b"), ("offset", "100"), ("q", "")]);
        assert_eq!(here.toggled("category", "b").href(), "/markets?category=a");
        assert_eq!(here.toggled("category", "c").href(), "/markets?category=a,b,c");
        assert_eq!(address(&[("tag", "x")]).toggled("tag", "x").href(), "/markets");
    }

    #[test]
    fn values_are_encoded() {
        let here = address(&[]).with("q", "a&b=\"<ü>");
        assert_eq!(here.href(), "/markets?q=a%26b%3D%22%3C%C3%BC%3E");
    }
}
