//! RTDS, the site's own feed of live data; here only its trades.

use axum::extract::ws::WebSocket;
use serde::Deserialize;

use super::activity::Subscription;
use super::frame::FrameKind;
use super::session::Session;
use crate::server::App;

/// Below the lab's root.
const PATH: &str = "/rtds";

/// A message of the client.
#[derive(Debug, Deserialize)]
struct Request {
    action: Action,
    subscriptions: Vec<Subscription>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Action {
    Subscribe,
    Unsubscribe,
}

/// Serves a connection until it ends.
pub(super) async fn serve(app: App, socket: WebSocket) {
    let mut session = Session::start(app, PATH, socket);
    while let Some(text) = session.heard().await {
        // Upstream's own client says it in small letters.
        if text.eq_ignore_ascii_case("PING") {
            if session.say(FrameKind::Pong, "PONG").await.is_none() {
                break;
            }
        } else {
            change(&session, &text);
        }
    }
}

/// Does as the client says. One subscription that is not understood spoils all of its message, and
/// nothing is said about it.
fn change(session: &Session, text: &str) {
    let Ok(Request { action, subscriptions }) = serde_json::from_str(text) else { return };
    if !subscriptions.iter().all(Subscription::is_known) {
        return;
    }
    session.lab.desk().resubscribe(session.reader, |current| match action {
        Action::Subscribe => {
            for subscription in subscriptions {
                if !current.contains(&subscription) {
                    current.push(subscription);
                }
            }
        }
        Action::Unsubscribe => {
            current.retain(|one| !subscriptions.iter().any(|ended| one.is_ended_by(ended)));
        }
    });
}
