//! Documented and measured limits, and which of them a path falls under.

/// A limit on requests in any ten seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bucket {
    /// How reports call it.
    pub(crate) name: &'static str,
    /// Requests in ten seconds, at factor 1.
    pub(crate) limit: u32,
    /// Paths that it covers, with what is below them. The empty path covers everything.
    prefixes: &'static [&'static str],
    /// A path falls under one route at most, the one that names most of it, and under every bucket
    /// that is none.
    is_route: bool,
}

const fn shared(name: &'static str, limit: u32, prefixes: &'static [&'static str]) -> Bucket {
    Bucket { name, limit, prefixes, is_route: false }
}

const fn route(name: &'static str, limit: u32, prefixes: &'static [&'static str]) -> Bucket {
    Bucket { name, limit, prefixes, is_route: true }
}

/// In the order of reports.
pub(crate) const BUCKETS: [Bucket; 29] = [
    shared("all hosts", 15_000, &[""]),
    shared("gamma", 4_000, &["/gamma"]),
    shared("gamma events and markets", 900, &["/gamma/events", "/gamma/markets"]),
    route("gamma /events", 500, &["/gamma/events"]),
    route("gamma /markets", 300, &["/gamma/markets"]),
    route("gamma /public-search", 350, &["/gamma/public-search"]),
    route("gamma /comments", 200, &["/gamma/comments"]),
    route("gamma /tags", 200, &["/gamma/tags"]),
    route("gamma /status", 100, &["/gamma/status"]),
    shared("clob", 9_000, &["/clob"]),
    route("clob /book", 1_500, &["/clob/book"]),
    route("clob /books", 500, &["/clob/books"]),
    route("clob /price", 1_500, &["/clob/price"]),
    route("clob /prices", 500, &["/clob/prices"]),
    route("clob /midpoint", 1_500, &["/clob/midpoint"]),
    route("clob /midpoints", 500, &["/clob/midpoints"]),
    route("clob /prices-history", 1_000, &["/clob/prices-history"]),
    route("clob /tick-size", 200, &["/clob/tick-size"]),
    shared("data", 1_000, &["/data"]),
    route("data /trades", 200, &["/data/trades"]),
    route("data /positions", 150, &["/data/positions"]),
    route("data /closed-positions", 150, &["/data/closed-positions"]),
    route("data /v2/trades", 200, &["/data/v2/trades"]),
    route("data /v2/positions", 200, &["/data/v2/positions"]),
    route("data /v2/positions/combos", 400, &["/data/v2/positions/combos"]),
    route("data /v2/activity", 400, &["/data/v2/activity"]),
    route("data /v2/holders", 400, &["/data/v2/holders"]),
    route("data /v2/user-pnl", 400, &["/data/v2/user-pnl"]),
    shared("user-pnl", 200, &["/user-pnl"]),
];

impl Bucket {
    /// How many bytes of `path` it names; `None` when it does not cover it.
    fn covers(&self, path: &str) -> Option<usize> {
        let covers = |prefix: &&&str| {
            path.strip_prefix(**prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.prefixes.iter().filter(covers).map(|prefix| prefix.len()).max()
    }
}

/// Places in [`BUCKETS`] of those that a request to `path` counts against.
pub(crate) fn buckets_of(path: &str) -> Vec<usize> {
    let covering = |wants_routes: bool| {
        let buckets = BUCKETS.iter().enumerate();
        let buckets = buckets.filter(move |(_, bucket)| bucket.is_route == wants_routes);
        buckets.filter_map(|(place, bucket)| Some((bucket.covers(path)?, place)))
    };
    let route = covering(true).max();
    covering(false).chain(route).map(|(_, place)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &str) -> Vec<&'static str> {
        buckets_of(path).into_iter().map(|place| BUCKETS[place].name).collect()
    }

    #[test]
    fn a_path_counts_against_its_host_and_its_route() {
        let keyset = ["all hosts", "gamma", "gamma events and markets", "gamma /events"];
        assert_eq!(names("/gamma/events/keyset"), keyset);
        assert_eq!(names("/gamma/series"), ["all hosts", "gamma"]);
        assert_eq!(names("/clob/books"), ["all hosts", "clob", "clob /books"]);
        assert_eq!(names("/clob/prices-history"), ["all hosts", "clob", "clob /prices-history"]);
        assert_eq!(names("/clob/batch-prices-history"), ["all hosts", "clob"]);
        assert_eq!(names("/data/trades"), ["all hosts", "data", "data /trades"]);
        assert_eq!(names("/ws/ws/market"), ["all hosts"]);
    }

    #[test]
    fn of_two_routes_the_longer_one_counts() {
        let combos = ["all hosts", "data", "data /v2/positions/combos"];
        assert_eq!(names("/data/v2/positions/combos"), combos);
        assert_eq!(names("/data/v2/positions"), ["all hosts", "data", "data /v2/positions"]);
    }
}
