//! Who is asking, as far as the connection tells, and how often they may.

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{Extensions, HeaderMap, HeaderName, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::ErrorCode;
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    state::keyed::DefaultKeyedStateStore,
};

use crate::http::{error::ApiError, state::AppState};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Requests a client may make per second in the long run.
const REQUESTS_PER_SECOND: NonZeroU32 = NonZeroU32::new(50).expect("not zero");
/// Requests a client may make at once.
const BURST: NonZeroU32 = NonZeroU32::new(200).expect("not zero");
/// How many clients are remembered before those that have been quiet are forgotten.
const REMEMBERED_CLIENTS: usize = 10_000;

/// The address a request came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// A process on this machine, speaking for itself.
    Local,
    /// Another machine; or unknown, where a proxy does not say for whom it speaks, or a browser sends what a page of
    /// another site made it send.
    Remote(IpAddr),
}

impl Client {
    /// Reads the connection's peer. A proxy on this machine is believed when it says for whom it asks;
    /// what others claim in headers is not.
    pub fn of(extensions: &Extensions, headers: &HeaderMap) -> Self {
        let unknown = IpAddr::V6(Ipv6Addr::UNSPECIFIED);
        let peer = extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(unknown, |peer| peer.0.ip().to_canonical());
        if !peer.is_loopback() {
            return Self::Remote(peer);
        }
        let is_proxied =
            headers.contains_key(&X_FORWARDED_FOR) || headers.contains_key(header::FORWARDED);
        if !is_proxied {
            let site = headers.get(&SEC_FETCH_SITE);
            let is_foreign = site.is_some_and(|site| site != "same-origin" && site != "none");
            return if is_foreign { Self::Remote(unknown) } else { Self::Local };
        }
        // The last entry is the one the nearest proxy wrote.
        let last = headers.get_all(&X_FORWARDED_FOR).iter().next_back();
        let last = last.and_then(|value| value.to_str().ok()?.rsplit(',').next());
        Self::Remote(last.and_then(|text| text.trim().parse().ok()).unwrap_or(unknown))
    }
}

/// Counts requests per client; IPv6 clients by the /64 network that one household or host is given.
#[derive(Debug)]
pub(super) struct ClientLimits(RateLimiter<IpAddr, DefaultKeyedStateStore<IpAddr>, DefaultClock>);

impl Default for ClientLimits {
    fn default() -> Self {
        Self(RateLimiter::keyed(Quota::per_second(REQUESTS_PER_SECOND).allow_burst(BURST)))
    }
}

impl ClientLimits {
    fn admit(&self, address: IpAddr) -> Result<(), ApiError> {
        if self.0.len() > REMEMBERED_CLIENTS {
            self.0.retain_recent();
        }
        self.0.check_key(&network(address)).map_err(|refusal| {
            let wait = refusal.wait_time_from(DefaultClock::default().now());
            ApiError::new(ErrorCode::RateLimited).retry_after(wait)
        })
    }
}

/// What one household or host is given: the address, or the /64 network of an IPv6 one.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
    }
}

/// Middleware: refuses clients of other machines that ask too often.
pub(super) async fn limit_rate(
    State(app): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    if let Client::Remote(address) = Client::of(request.extensions(), request.headers())
        && let Err(refusal) = app.client_limits().admit(address)
    {
        return refusal.into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn client(peer: &str, forwarded: Option<&'static str>) -> Client {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo::<SocketAddr>(peer.parse().unwrap()));
        let mut headers = HeaderMap::new();
        if let Some(forwarded) = forwarded {
            headers.insert(X_FORWARDED_FOR, HeaderValue::from_static(forwarded));
        }
        Client::of(&extensions, &headers)
    }

    #[test]
    fn only_a_local_proxy_is_believed() {
        let remote = |text: &str| Client::Remote(text.parse().unwrap());
        assert_eq!(client("127.0.0.1:1", None), Client::Local);
        assert_eq!(client("[::1]:1", None), Client::Local);
        assert_eq!(client("[::ffff:127.0.0.1]:1", None), Client::Local);
        assert_eq!(client("127.0.0.1:1", Some("9.9.9.9, 1.2.3.4")), remote("1.2.3.4"));
        assert_eq!(client("127.0.0.1:1", Some("nonsense")), remote("::"));
        assert_eq!(client("5.6.7.8:1", Some("127.0.0.1")), remote("5.6.7.8"));
        assert_eq!(Client::of(&Extensions::new(), &HeaderMap::new()), remote("::"));
    }

    #[test]
    fn a_page_of_another_site_does_not_speak_for_this_machine() {
        let sent_from = |site: &'static str| {
            let mut extensions = Extensions::new();
            extensions.insert(ConnectInfo::<SocketAddr>("127.0.0.1:1".parse().unwrap()));
            let mut headers = HeaderMap::new();
            headers.insert(SEC_FETCH_SITE, HeaderValue::from_static(site));
            Client::of(&extensions, &headers)
        };
        assert_eq!(["same-origin", "none"].map(sent_from), [Client::Local; 2]);
        let unknown = Client::Remote("::".parse().unwrap());
        assert_eq!(["cross-site", "same-site"].map(sent_from), [unknown; 2]);
    }

    #[test]
    fn a_burst_is_admitted_and_then_a_wait_is_named() {
        let limits = ClientLimits::default();
        let address: IpAddr = "2001:db8::1".parse().unwrap();
        let neighbour: IpAddr = "2001:db8::2".parse().unwrap();
        // A few may be replenished while the loop runs.
        let refused = (0..2 * BURST.get()).find_map(|_| limits.admit(address).err()).unwrap();
        assert_eq!(refused.code(), ErrorCode::RateLimited);
        assert!((0..2 * BURST.get()).any(|_| limits.admit(neighbour).is_err()), "same network");
        assert!(limits.admit("2001:db8:1::1".parse().unwrap()).is_ok(), "another network");
    }
}
