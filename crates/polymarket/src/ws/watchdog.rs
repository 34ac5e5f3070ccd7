//! When to ping, and when silence means that a connection is dead.

use tokio::time::Instant;

use super::{ConnectionOptions, LossCause};

/// What arrived, as far as its silence would be missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// The answer to a `PING`.
    Pong,
    /// A message.
    Data,
    /// Anything else, for example a ping of the protocol itself.
    Other,
}

/// What is to be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Alarm {
    /// Send a `PING`.
    Ping,
    /// The connection is dead.
    Dead(LossCause),
}

/// The signs of life of one connection.
#[derive(Debug)]
pub(super) struct Watchdog {
    options: ConnectionOptions,
    next_ping: Instant,
    /// When the oldest unanswered `PING` has to be answered.
    pong_due: Option<Instant>,
    heard_at: Instant,
    data_at: Instant,
}

impl Watchdog {
    /// Of a connection made now.
    pub(super) fn new(options: ConnectionOptions, now: Instant) -> Self {
        let next_ping = now + options.ping_every;
        Self { options, next_ping, pong_due: None, heard_at: now, data_at: now }
    }

    pub(super) fn heard(&mut self, sign: Sign, now: Instant) {
        self.heard_at = now;
        match sign {
            Sign::Pong => self.pong_due = None,
            Sign::Data => self.data_at = now,
            Sign::Other => {}
        }
    }

    /// When to look again.
    pub(super) fn due(&self) -> Instant {
        let others = [self.pong_due, self.data_due(), Some(self.silence_due())];
        others.into_iter().flatten().fold(self.next_ping, Instant::min)
    }

    /// What is to be done; `None` before [`Self::due`].
    pub(super) fn look(&mut self, now: Instant) -> Option<Alarm> {
        if self.pong_due.is_some_and(|due| due <= now) {
            return Some(Alarm::Dead(LossCause::NoPong));
        }
        if self.silence_due() <= now {
            return Some(Alarm::Dead(LossCause::Silent));
        }
        if self.data_due().is_some_and(|due| due <= now) {
            return Some(Alarm::Dead(LossCause::NoData));
        }
        self.ping(now).then_some(Alarm::Ping)
    }

    /// Whether a `PING` is to be sent now; it then counts as sent.
    pub(super) fn ping(&mut self, now: Instant) -> bool {
        if now < self.next_ping {
            return false;
        }
        self.next_ping = now + self.options.ping_every;
        self.pong_due.get_or_insert(now + self.options.pong_within);
        true
    }

    fn silence_due(&self) -> Instant {
        self.heard_at + self.options.silence
    }

    fn data_due(&self) -> Option<Instant> {
        self.options.data_silence.map(|silence| self.data_at + silence)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn watched(data_silence: Option<Duration>) -> (Watchdog, Instant) {
        let now = Instant::now();
        let options = ConnectionOptions { data_silence, ..ConnectionOptions::default() };
        (Watchdog::new(options, now), now)
    }

    #[test]
    fn a_ping_every_ten_seconds_wants_an_answer_within_ten() {
        let (mut watchdog, start) = watched(None);
        assert_eq!(watchdog.due(), start + 10 * SECOND);
        assert_eq!(watchdog.look(start + 9 * SECOND), None);
        assert_eq!(watchdog.look(start + 10 * SECOND), Some(Alarm::Ping));
        watchdog.heard(Sign::Data, start + 15 * SECOND);
        assert_eq!(watchdog.due(), start + 20 * SECOND, "data is no answer");
        let dead = Some(Alarm::Dead(LossCause::NoPong));
        assert_eq!(watchdog.look(start + 20 * SECOND), dead);
    }

    #[test]
    fn answers_keep_a_quiet_connection_alive() {
        let (mut watchdog, start) = watched(None);
        for tens in 1..100 {
            let now = start + 10 * tens * SECOND;
            assert_eq!(watchdog.due(), now);
            assert_eq!(watchdog.look(now), Some(Alarm::Ping));
            watchdog.heard(Sign::Pong, now + SECOND);
        }
    }

    #[test]
    fn answers_are_no_data_where_data_is_expected() {
        let (mut watchdog, start) = watched(Some(15 * SECOND));
        watchdog.heard(Sign::Data, start + 2 * SECOND);
        assert_eq!(watchdog.look(start + 10 * SECOND), Some(Alarm::Ping));
        watchdog.heard(Sign::Pong, start + 11 * SECOND);
        watchdog.heard(Sign::Other, start + 12 * SECOND);
        assert_eq!(watchdog.due(), start + 17 * SECOND);
        let dead = Some(Alarm::Dead(LossCause::NoData));
        assert_eq!(watchdog.look(start + 17 * SECOND), dead);
    }

    #[test]
    fn silence_is_noticed_without_pings_too() {
        let options = ConnectionOptions { ping_every: 60 * SECOND, ..ConnectionOptions::default() };
        let start = Instant::now();
        let mut watchdog = Watchdog::new(options, start);
        watchdog.heard(Sign::Other, start + 5 * SECOND);
        assert_eq!(watchdog.due(), start + 35 * SECOND);
        let dead = Some(Alarm::Dead(LossCause::Silent));
        assert_eq!(watchdog.look(start + 35 * SECOND), dead);
    }

    #[test]
    fn a_ping_late_by_a_flood_of_messages_has_its_full_time() {
        let (mut watchdog, start) = watched(None);
        assert!(!watchdog.ping(start + 9 * SECOND));
        assert!(watchdog.ping(start + 14 * SECOND));
        assert!(!watchdog.ping(start + 15 * SECOND));
        assert_eq!(watchdog.due(), start + 24 * SECOND);
    }
}
