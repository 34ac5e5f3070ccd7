//! Where the upstream hosts are.

use std::fmt;

use reqwest::Url;

/// An upstream host that answers HTTP requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Host {
    /// The catalogue: events, markets, tags.
    Gamma,
    /// Order books and prices.
    Clob,
    /// Trades, positions, holders.
    Data,
    /// The profit charts of the site's profiles.
    UserPnl,
}

impl Host {
    /// Every host.
    pub const ALL: [Self; 4] = [Self::Gamma, Self::Clob, Self::Data, Self::UserPnl];

    /// The short name used in messages and metric labels.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gamma => "gamma",
            Self::Clob => "clob",
            Self::Data => "data",
            Self::UserPnl => "user-pnl",
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A base address that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} address {text:?} cannot be used: {problem}")]
pub struct InvalidEndpoint {
    /// Which address.
    pub name: &'static str,
    /// As it was given.
    pub text: String,
    /// What is wrong, and what would be right.
    pub problem: String,
}

/// Schemes of the hosts that answer requests.
const WEB: &[&str] = &["http", "https"];
/// Schemes of the hosts of sockets.
const SOCKETS: &[&str] = &["ws", "wss"];

/// Base addresses of the upstream hosts. Each may carry a path prefix: `http://127.0.0.1:8090/gamma`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    gamma: Url,
    clob: Url,
    data: Url,
    user_pnl: Option<Url>,
    ws: Url,
    rtds: Url,
}

impl Endpoints {
    /// Public address of Gamma.
    pub const GAMMA: &'static str = "https://gamma-api.polymarket.com";
    /// Public address of the CLOB.
    pub const CLOB: &'static str = "https://clob.polymarket.com";
    /// Public address of the Data API.
    pub const DATA: &'static str = "https://data-api.polymarket.com";
    /// Public address of the profit charts. Polymarket does not document it.
    pub const USER_PNL: &'static str = "https://user-pnl-api.polymarket.com";
    /// Public address of the CLOB's `WebSockets`; the market channel is at `/ws/market` below it.
    pub const WS: &'static str = "wss://ws-subscriptions-clob.polymarket.com";
    /// Public address of RTDS, the site's feed of live data.
    pub const RTDS: &'static str = "wss://ws-live-data.polymarket.com";

    /// Checks five base addresses. The host of profit charts has none then: nothing asks Polymarket for
    /// what belongs to another exchange. [`Self::with_user_pnl`] gives it one.
    pub fn new(
        gamma: &str,
        clob: &str,
        data: &str,
        ws: &str,
        rtds: &str,
    ) -> Result<Self, InvalidEndpoint> {
        Ok(Self {
            gamma: parse("gamma", gamma, WEB)?,
            clob: parse("clob", clob, WEB)?,
            data: parse("data", data, WEB)?,
            user_pnl: None,
            ws: parse("ws", ws, SOCKETS)?,
            rtds: parse("rtds", rtds, SOCKETS)?,
        })
    }

    /// The same with the host of profit charts at this address.
    pub fn with_user_pnl(self, user_pnl: &str) -> Result<Self, InvalidEndpoint> {
        Ok(Self { user_pnl: Some(parse("user-pnl", user_pnl, WEB)?), ..self })
    }

    /// All hosts below one address, each by its name: `http://127.0.0.1:9100/clob`, `ws://127.0.0.1:9100/rtds`.
    pub fn below(base: &str) -> Result<Self, InvalidEndpoint> {
        let [gamma, clob, data] = ["gamma", "clob", "data"].map(|name| Self::web_below(base, name));
        let [ws, rtds] = ["ws", "rtds"].map(|name| Self::socket_below(base, name));
        Self::new(&gamma, &clob, &data, &ws, &rtds)?
            .with_user_pnl(&Self::web_below(base, Host::UserPnl.name()))
    }

    /// The address of a host that answers requests below `base`.
    pub fn web_below(base: &str, name: &str) -> String {
        format!("{}/{name}", base.trim_end_matches('/'))
    }

    /// The address of a host of sockets below `base`, which begins with `http`.
    pub fn socket_below(base: &str, name: &str) -> String {
        Self::web_below(base, name).replacen("http", "ws", 1)
    }

    /// The public hosts.
    pub fn public() -> Result<Self, InvalidEndpoint> {
        Self::new(Self::GAMMA, Self::CLOB, Self::DATA, Self::WS, Self::RTDS)?
            .with_user_pnl(Self::USER_PNL)
    }

    /// The base address of the CLOB's `WebSockets`.
    pub fn ws(&self) -> &Url {
        &self.ws
    }

    /// The address of RTDS.
    pub fn rtds(&self) -> &Url {
        &self.rtds
    }

    /// The address of the CLOB's market channel.
    pub(crate) fn market_channel(&self) -> Url {
        below(&self.ws, ["ws", "market"])
    }

    /// The base address of a host; `None` where it has none.
    pub fn base(&self, host: Host) -> Option<&Url> {
        match host {
            Host::Gamma => Some(&self.gamma),
            Host::Clob => Some(&self.clob),
            Host::Data => Some(&self.data),
            Host::UserPnl => self.user_pnl.as_ref(),
        }
    }

    /// The address of a resource below a host's base. Segments are percent-encoded, `.` and `..` ignored.
    pub(crate) fn resource(&self, host: Host, segments: &[String]) -> Option<Url> {
        Some(below(self.base(host)?, segments))
    }
}

fn below(base: &Url, segments: impl IntoIterator<Item = impl AsRef<str>>) -> Url {
    let mut url = base.clone();
    // `parse` has refused addresses that cannot have a path.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

fn parse(name: &'static str, text: &str, schemes: &[&str]) -> Result<Url, InvalidEndpoint> {
    let refuse = |problem: String| InvalidEndpoint { name, text: text.to_owned(), problem };
    let url = Url::parse(text.trim()).map_err(|error| refuse(error.to_string()))?;
    if !schemes.contains(&url.scheme()) || url.cannot_be_a_base() {
        return Err(refuse(format!("it must begin with {}://", schemes.join(":// or "))));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("it must not have a query or a fragment".to_owned()));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(base: &str, segments: &[&str]) -> String {
        let endpoints = Endpoints::new(base, base, base, "ws://x", "ws://x").unwrap();
        let segments: Vec<_> = segments.iter().map(|&s| s.to_owned()).collect();
        endpoints.resource(Host::Gamma, &segments).unwrap().to_string()
    }

    #[test]
    fn paths_are_joined_below_the_prefix() {
        for base in ["http://127.0.0.1:1/gamma", "http://127.0.0.1:1/gamma/"] {
            assert_eq!(
                resource(base, &["events", "keyset"]),
                "http://127.0.0.1:1/gamma/events/keyset"
            );
        }
        assert_eq!(resource("https://a.b", &["tags"]), "https://a.b/tags");
    }

    #[test]
    fn segments_cannot_leave_their_place() {
        assert_eq!(
            resource("http://a/g", &["events", "slug", "../x?y#z"]),
            "http://a/g/events/slug/..%2Fx%3Fy%23z"
        );
        assert_eq!(resource("http://a/g", &[".."]), "http://a/g");
    }

    #[test]
    fn unusable_addresses_are_refused_with_the_remedy() {
        for (text, part) in [
            ("gamma-api.polymarket.com", "relative URL"),
            ("ftp://a", "http:// or https://"),
            ("http://a?b=c", "query"),
        ] {
            let error = Endpoints::new(text, text, text, "ws://a", "ws://a").unwrap_err();
            assert_eq!(error.name, "gamma");
            assert!(error.to_string().contains(part), "{error}");
        }
        let error = Endpoints::new("http://a", "http://a", "http://a", "ws://a", "http://a");
        let error = error.unwrap_err();
        assert_eq!(error.name, "rtds");
        assert!(error.to_string().contains("ws:// or wss://"), "{error}");
    }

    #[test]
    fn profit_charts_are_nowhere_unless_somebody_says_where() {
        let base = |endpoints: &Endpoints| endpoints.base(Host::UserPnl).map(ToString::to_string);
        let given = Endpoints::new("http://a", "http://a", "http://a", "ws://a", "ws://a").unwrap();
        assert_eq!(base(&given), None);
        let below = Endpoints::below("http://127.0.0.1:9100/").unwrap();
        assert_eq!(base(&below).as_deref(), Some("http://127.0.0.1:9100/user-pnl"));
        let public = Endpoints::public().unwrap();
        assert_eq!(base(&public).as_deref(), Some("https://user-pnl-api.polymarket.com/"));
        let error = given.with_user_pnl("user-pnl-api.polymarket.com").unwrap_err();
        assert_eq!(error.name, "user-pnl");
    }

    #[test]
    fn channels_are_where_upstream_documents_them() {
        let public = Endpoints::public().unwrap();
        assert_eq!(
            public.market_channel().as_str(),
            "wss://ws-subscriptions-clob.polymarket.com/ws/market"
        );
        assert_eq!(public.rtds().as_str(), "wss://ws-live-data.polymarket.com/");
    }
}
