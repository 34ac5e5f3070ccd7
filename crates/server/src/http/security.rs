//! What browsers are told to refuse, and what we refuse from them.

use std::{fmt, net::IpAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::ErrorCode;

use crate::http::{error::ApiError, state::AppState};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Addresses that machines ask by whatever name they know; they tell nothing about anybody.
const PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// The word that lets a page's own inline script run, and no other. Fresh with every request.
#[derive(Debug, Clone)]
pub struct Nonce(Arc<str>);

impl Nonce {
    fn fresh() -> Self {
        Self(format!("{:032x}", rand::random::<u128>()).into())
    }

    /// The nonce that `harden` gave the request.
    pub fn of(extensions: &Extensions) -> Self {
        extensions.get().cloned().unwrap_or_else(Self::fresh)
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Middleware: the headers that confine what a browser does with an answer.
pub(super) async fn harden(
    State(app): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let nonce = Nonce::fresh();
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.run(request).await;
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let headers = response.headers_mut();
    let policy = if is_page {
        format!(
            "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; \
             img-src 'self' https: data:; font-src 'self'; connect-src 'self'; base-uri 'none'; \
             form-action 'self'; frame-ancestors 'none'"
        )
    } else {
        "default-src 'none'; frame-ancestors 'none'".to_owned()
    };
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
        (PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        (COOP, "same-origin"),
        (CORP, "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if app.settings().public_url.as_ref().is_some_and(PublicUrl::is_https) {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    response
}

/// Middleware: refuses requests that a foreign page made a browser send.
///
/// A page whose domain name was pointed at this machine (DNS rebinding) reveals itself by that name in
/// `Host`; a page elsewhere that posts here, by `Sec-Fetch-Site` or `Origin`. Clients other than browsers
/// send neither of the latter two and pass.
pub(super) async fn refuse_foreign(
    State(app): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let public_host = app.settings().public_url.as_ref().map(PublicUrl::host);
    let host = authority(&request);
    let known = host.as_ref().is_some_and(|host| is_own_name(host.host(), public_host));
    if !known && !PROBES.contains(&request.uri().path()) {
        let name = host.as_ref().map_or("", Authority::host);
        let message = format!(
            "This server does not answer to the name \"{name}\"; start it with --public-url to give it one."
        );
        return ApiError::new(ErrorCode::NotAllowed).saying(message).into_response();
    }
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !is_safe && !is_same_origin(request.headers(), host.as_ref(), public_host) {
        let message = "Requests that change something are not taken from other sites.";
        return ApiError::new(ErrorCode::NotAllowed).saying(message).into_response();
    }
    next.run(request).await
}

fn authority(request: &Request) -> Option<Authority> {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    host.and_then(|host| host.parse().ok()).or_else(|| request.uri().authority().cloned())
}

/// An address, `localhost` or a name under it, or the configured name. Addresses are safe: rebinding
/// needs a name.
fn is_own_name(host: &str, public_host: Option<&str>) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    bare.parse::<IpAddr>().is_ok()
        || name == "localhost"
        || name.ends_with(".localhost")
        || public_host.is_some_and(|public| public.eq_ignore_ascii_case(&name))
}

fn is_same_origin(headers: &HeaderMap, host: Option<&Authority>, public: Option<&str>) -> bool {
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    let Some(origin) = origin.and_then(|(_, rest)| rest.parse::<Authority>().ok()) else {
        return false;
    };
    host.is_some_and(|host| host == &origin)
        || public.is_some_and(|public| public.eq_ignore_ascii_case(origin.host()))
}

/// The address under which people reach the server, through a proxy perhaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    text: String,
    host: String,
}

/// Text that is no address of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be http://HOST or https://HOST, without a path")]
pub struct InvalidPublicUrl;

impl PublicUrl {
    /// The address, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn host(&self) -> &str {
        &self.host
    }

    fn is_https(&self) -> bool {
        self.text.starts_with("https://")
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::str::FromStr for PublicUrl {
    type Err = InvalidPublicUrl;

    fn from_str(text: &str) -> Result<Self, InvalidPublicUrl> {
        let text = text.trim_end_matches('/');
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let authority: Authority =
            rest.ok_or(InvalidPublicUrl)?.parse().map_err(|_| InvalidPublicUrl)?;
        if authority.host().is_empty() || authority.as_str().contains('@') {
            return Err(InvalidPublicUrl);
        }
        Ok(Self { text: text.to_owned(), host: authority.host().to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_own_names_are_known_and_others_not() {
        for host in ["localhost", "LOCALHOST", "a.localhost", "127.0.0.1", "[::1]", "10.1.2.3"] {
            assert!(is_own_name(host, None), "{host}");
        }
        for host in ["evil.example", "localhost.evil.example", ""] {
            assert!(!is_own_name(host, None), "{host}");
        }
        assert!(is_own_name("Terminal.Example", Some("terminal.example")));
    }

    #[test]
    fn only_browsers_on_other_sites_are_refused() {
        let host: Authority = "127.0.0.1:8080".parse().unwrap();
        let check = |name: HeaderName, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            is_same_origin(&headers, Some(&host), Some("terminal.example"))
        };
        assert!(is_same_origin(&HeaderMap::new(), Some(&host), None), "curl sends neither");
        assert!(check(SEC_FETCH_SITE, "same-origin"));
        assert!(!check(SEC_FETCH_SITE, "cross-site"));
        assert!(!check(SEC_FETCH_SITE, "same-site"));
        assert!(check(header::ORIGIN, "http://127.0.0.1:8080"));
        assert!(check(header::ORIGIN, "https://terminal.example"));
        assert!(!check(header::ORIGIN, "http://127.0.0.1:9999"));
        assert!(!check(header::ORIGIN, "null"));
    }

    #[test]
    fn public_urls_are_sites() {
        let url: PublicUrl = "https://terminal.example/".parse().unwrap();
        assert_eq!((url.as_str(), url.host()), ("https://terminal.example", "terminal.example"));
        for bad in ["terminal.example", "ftp://x", "https://x/path", "https://", "http://u@x"] {
            assert_eq!(bad.parse::<PublicUrl>(), Err(InvalidPublicUrl), "{bad}");
        }
    }
}
