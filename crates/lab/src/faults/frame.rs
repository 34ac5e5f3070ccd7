//! What goes wrong on sockets.

use super::drift::drifted;
use super::{FaultKind, Faults, Occasion};

/// What becomes of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FrameFate {
    /// It is sent as it is.
    Sent,
    /// This is sent instead.
    Changed(String),
    /// It is not sent.
    Lost,
    /// It is sent after the next `price_change`.
    Held,
    /// Nothing is sent on the connection any more but answers to `PING`.
    Frozen,
    /// The connection breaks off.
    Cut,
    /// The connection is closed with this code.
    Closed(u16),
}

impl Faults {
    /// What becomes of a message that carries data on the socket at `path`.
    pub(crate) fn befall(&self, path: &str, occasion: Occasion, text: &str) -> FrameFate {
        let Some(kind) = self.next(path, occasion) else { return FrameFate::Sent };
        tracing::debug!(path, fault = ?kind, "A fault strikes a message.");
        match kind {
            FaultKind::FrozenButPong => FrameFate::Frozen,
            FaultKind::DroppedDelta => FrameFate::Lost,
            FaultKind::DeltaFirst => FrameFate::Held,
            FaultKind::CutSocket => FrameFate::Cut,
            FaultKind::ClosedSocket { code } => FrameFate::Closed(code),
            kind => {
                let text = drifted(&kind, text).and_then(|text| String::from_utf8(text).ok());
                text.map_or(FrameFate::Sent, FrameFate::Changed)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::Fault;

    const MARKET: &str = "/ws/ws/market";

    #[test]
    fn only_deltas_are_dropped() {
        let faults = Faults::default();
        faults.inject(Fault::on("/ws", FaultKind::DroppedDelta).after(1).times(1)).unwrap();
        let occasions = [Occasion::Delta, Occasion::Message, Occasion::Delta, Occasion::Delta];
        let fates = occasions.map(|occasion| faults.befall(MARKET, occasion, "{}"));
        assert_eq!(fates, [FrameFate::Sent, FrameFate::Sent, FrameFate::Lost, FrameFate::Sent]);
        assert_eq!(faults.active()[0].requests, 3, "books are not counted");
    }

    #[test]
    fn any_message_may_be_the_last() {
        let faults = Faults::default();
        faults.inject(Fault::on("/ws", FaultKind::FrozenButPong).times(1)).unwrap();
        let befall = |path, occasion| faults.befall(path, occasion, "{}");
        assert_eq!(befall("/rtds", Occasion::Message), FrameFate::Sent, "another socket");
        assert_eq!(befall(MARKET, Occasion::Dump), FrameFate::Frozen);
        assert_eq!(befall(MARKET, Occasion::Delta), FrameFate::Sent, "another connection");
    }

    #[test]
    fn messages_drift() {
        let faults = Faults::default();
        faults.inject(Fault::on("/ws", FaultKind::ChangedType)).unwrap();
        let text = r#"{"price_changes":[{"price":"0.5"}]}"#;
        let fate = faults.befall(MARKET, Occasion::Delta, text);
        assert_eq!(fate, FrameFate::Changed(r#"{"price_changes":[{"price":0.5}]}"#.to_owned()));
    }
}
