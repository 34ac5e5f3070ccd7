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
    /// Nothing is sent on the connection any more but answers to `PING`.
    Frozen,
}

impl Faults {
    /// What becomes of a message that carries data on the socket at `path`; `is_delta` when it is a
    /// `price_change`.
    pub(crate) fn befall(&self, path: &str, is_delta: bool, text: &str) -> FrameFate {
        let occasion = if is_delta { Occasion::Delta } else { Occasion::Message };
        let Some(kind) = self.next(path, occasion) else { return FrameFate::Sent };
        tracing::debug!(path, fault = ?kind, "A fault strikes a message.");
        match kind {
            FaultKind::FrozenButPong => FrameFate::Frozen,
            FaultKind::DroppedDelta => FrameFate::Lost,
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
        let fates: Vec<_> = [true, false, true, true]
            .into_iter()
            .map(|is_delta| faults.befall(MARKET, is_delta, "{}"))
            .collect();
        assert_eq!(fates, [FrameFate::Sent, FrameFate::Sent, FrameFate::Lost, FrameFate::Sent]);
        assert_eq!(faults.active()[0].requests, 3, "books are not counted");
    }

    #[test]
    fn any_message_may_be_the_last() {
        let faults = Faults::default();
        faults.inject(Fault::on("/ws", FaultKind::FrozenButPong).times(1)).unwrap();
        assert_eq!(faults.befall("/rtds", false, "{}"), FrameFate::Sent, "another socket");
        assert_eq!(faults.befall(MARKET, false, "{}"), FrameFate::Frozen);
        assert_eq!(faults.befall(MARKET, true, "{}"), FrameFate::Sent, "another connection");
    }

    #[test]
    fn messages_drift() {
        let faults = Faults::default();
        faults.inject(Fault::on("/ws", FaultKind::ChangedType)).unwrap();
        let fate = faults.befall(MARKET, true, r#"{"price_changes":[{"price":"0.5"}]}"#);
        assert_eq!(fate, FrameFate::Changed(r#"{"price_changes":[{"price":0.5}]}"#.to_owned()));
    }
}
