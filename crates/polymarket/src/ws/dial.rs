//! Making a connection. The handshake goes through the HTTP client, so that sockets have its TLS, its
//! certificates and its proxies.

use chrono::{DateTime, Utc};
use reqwest::header::{
    CONNECTION, RETRY_AFTER, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION,
    UPGRADE,
};
use reqwest::{Client, Response, StatusCode, Upgraded, Url, redirect};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::{Clock, ConnectionOptions, LossCause};
use crate::retry::parse_retry_after;

/// Makes connections to one address.
pub(super) trait Dial: Send + Sync + 'static {
    /// What the connection runs over.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// A new connection, with the WebSocket handshake done.
    fn dial(&self)
    -> impl Future<Output = Result<WebSocketStream<Self::Stream>, LossCause>> + Send;
}

/// A channel could not be made, for example because the system's certificates cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the channel cannot be set up: {0}")]
pub struct ChannelSetUpError(String);

/// Connections to a host.
#[derive(Debug)]
pub(super) struct WebDial {
    client: Client,
    url: Url,
    frames: WebSocketConfig,
    clock: Clock,
}

impl WebDial {
    /// `url` is a `ws` or `wss` address.
    pub(super) fn new(
        mut url: Url,
        options: &ConnectionOptions,
    ) -> Result<Self, ChannelSetUpError> {
        let scheme = if url.scheme() == "wss" { "https" } else { "http" };
        url.set_scheme(scheme).map_err(|()| ChannelSetUpError(format!("{url} is no address")))?;
        let builder = Client::builder()
            // The handshake is one of HTTP/1.1.
            .http1_only()
            .redirect(redirect::Policy::none())
            .connect_timeout(options.connect_within)
            .user_agent(concat!("cascadian/", env!("CARGO_PKG_VERSION")));
        let builder = if options.use_system_proxy { builder } else { builder.no_proxy() };
        let client = builder.build().map_err(|error| ChannelSetUpError(chain(&error)))?;
        let frames = frames(options);
        Ok(Self { client, url, frames, clock: options.clock.clone() })
    }

    async fn upgrade(&self, key: &str) -> Result<Upgraded, LossCause> {
        let request = self
            .client
            .get(self.url.clone())
            .header(CONNECTION, "Upgrade")
            .header(UPGRADE, "websocket")
            .header(SEC_WEBSOCKET_VERSION, "13")
            .header(SEC_WEBSOCKET_KEY, key);
        let unreachable =
            |error: reqwest::Error| LossCause::Unreachable(chain(&error.without_url()));
        let response = request.send().await.map_err(unreachable)?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Err(refusal(&response, self.clock.now()));
        }
        let accepted = response.headers().get(SEC_WEBSOCKET_ACCEPT);
        let expected = derive_accept_key(key.as_bytes());
        if accepted.is_none_or(|accepted| accepted.as_bytes() != expected.as_bytes()) {
            return Err(LossCause::Unreachable("the answer is not to our handshake".to_owned()));
        }
        response.upgrade().await.map_err(unreachable)
    }
}

impl Dial for WebDial {
    type Stream = Upgraded;

    async fn dial(&self) -> Result<WebSocketStream<Upgraded>, LossCause> {
        let stream = self.upgrade(&generate_key()).await?;
        Ok(WebSocketStream::from_raw_socket(stream, Role::Client, Some(self.frames)).await)
    }
}

pub(super) fn frames(options: &ConnectionOptions) -> WebSocketConfig {
    WebSocketConfig::default()
        .max_message_size(Some(options.max_message_bytes))
        .max_frame_size(Some(options.max_message_bytes))
}

fn refusal(response: &Response, now: DateTime<Utc>) -> LossCause {
    let header = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = header.and_then(|value| parse_retry_after(value, now));
    LossCause::Refused { status: response.status().as_u16(), retry_after }
}

/// An error in its own words and those of its causes, without the address.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
