//! The CLOB's market channel.

use std::collections::HashMap;

use axum::extract::ws::WebSocket;
use serde::Deserialize;

use super::desk::Token;
use super::frame::FrameKind;
use super::session::Session;
use crate::server::App;

/// Below the lab's root.
const PATH: &str = "/ws/ws/market";

/// What upstream answers to what it does not understand, and to a second handshake.
const INVALID: &str = "INVALID OPERATION";

/// A message of the client. `level` is taken and has no effect: its meaning is not documented.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Request {
    assets_ids: Vec<String>,
    #[serde(rename = "type")]
    channel: Option<String>,
    operation: Option<String>,
    custom_feature_enabled: Option<bool>,
    initial_dump: Option<bool>,
}

/// What a message asks for.
#[derive(Debug, PartialEq, Eq)]
enum Wish {
    /// The first message, `type` and all.
    Handshake,
    Subscribe,
    Unsubscribe,
    /// Not to be understood.
    Invalid,
}

impl Request {
    fn wish(&self) -> Wish {
        match (self.operation.as_deref(), self.channel.as_deref()) {
            (Some("subscribe"), _) => Wish::Subscribe,
            (Some("unsubscribe"), _) => Wish::Unsubscribe,
            (None, Some(channel)) if channel.eq_ignore_ascii_case("market") => Wish::Handshake,
            _ => Wish::Invalid,
        }
    }
}

/// Serves a connection until it ends.
pub(super) async fn serve(app: App, socket: WebSocket) {
    let mut channel = Channel {
        session: Session::start(app, PATH, socket),
        greeted: false,
        dump: true,
        tokens: HashMap::new(),
    };
    while let Some(text) = channel.session.heard().await {
        if channel.answer(&text).await.is_none() {
            break;
        }
    }
}

struct Channel {
    session: Session,
    /// The handshake is over.
    greeted: bool,
    /// Whether new subscriptions begin with books.
    dump: bool,
    /// What is watched.
    tokens: HashMap<String, Token>,
}

impl Channel {
    /// `None` when the connection is over.
    async fn answer(&mut self, text: &str) -> Option<()> {
        if text == "PING" {
            return self.session.say(FrameKind::Pong, "PONG").await;
        }
        let request: Request = serde_json::from_str(text).unwrap_or_default();
        let wish = request.wish();
        if wish == Wish::Invalid || (wish == Wish::Handshake && self.greeted) {
            return self.session.say(FrameKind::Data, INVALID).await;
        }
        self.greeted = true;
        self.dump = request.initial_dump.unwrap_or(self.dump);
        if let Some(custom) = request.custom_feature_enabled {
            self.session.lab.desk().set_custom(self.session.reader, custom);
        }
        match wish {
            Wish::Unsubscribe => self.unsubscribe(&request.assets_ids),
            _ => self.subscribe(request.assets_ids).await,
        }
        Some(())
    }

    /// Watches the tokens that are known; of the others upstream says nothing.
    async fn subscribe(&mut self, ids: Vec<String>) {
        let (lab, reader, dump) = (self.session.lab.clone(), self.session.reader, self.dump);
        // The world may be busy living.
        let watched = tokio::task::spawn_blocking(move || {
            let watched = lab.with_world(|world| {
                let known = ids.into_iter().filter_map(|id| {
                    let token = world.by_token(&id)?;
                    Some((id, token))
                });
                let known: Vec<(String, Token)> = known.collect();
                let tokens = known.iter().map(|&(_, token)| token).collect();
                lab.desk().request_watch(world, reader, tokens, dump);
                known
            });
            lab.desk().deliver();
            watched
        });
        match watched.await {
            Ok(watched) => self.tokens.extend(watched.unwrap_or_default()),
            Err(error) => tracing::error!(%error, "A subscription could not be taken."),
        }
    }

    fn unsubscribe(&mut self, ids: &[String]) {
        let tokens: Vec<Token> = ids.iter().filter_map(|id| self.tokens.remove(id)).collect();
        self.session.lab.desk().unwatch(self.session.reader, &tokens);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_as_upstream_reads_them() {
        let wish = |text: &str| serde_json::from_str::<Request>(text).unwrap_or_default().wish();
        let handshake = r#"{"assets_ids":["1"],"type":"market","initial_dump":true,"level":2}"#;
        assert_eq!(wish(handshake), Wish::Handshake);
        assert_eq!(wish(r#"{"assets_ids":[],"type":"MARKET"}"#), Wish::Handshake);
        assert_eq!(wish(r#"{"operation":"subscribe","assets_ids":["1"]}"#), Wish::Subscribe);
        assert_eq!(wish(r#"{"operation":"unsubscribe","assets_ids":["1"]}"#), Wish::Unsubscribe);
        assert_eq!(wish(r#"{"operation":"ping","assets_ids":[]}"#), Wish::Invalid);
        assert_eq!(wish(r#"{"type":"user","markets":[]}"#), Wish::Invalid);
        assert_eq!(wish(r#"{"assets_ids":["1"]}"#), Wish::Invalid);
        assert_eq!(wish("ping"), Wish::Invalid);
    }
}
