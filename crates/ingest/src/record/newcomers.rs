//! The trades of markets that became known after they were traded, each market's read once.
//!
//! The feed of all trades is read back by minutes only. What was traded in a market before that, and before the
//! catalogue had it, was in the feed when nobody knew whose it was.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::MarketId;
use metrics::counter;
use polymarket::UpstreamError;
use polymarket::data::{TradeScope, TradesQuery, TradesWalk};
use store::streaming::TradedMarket;
use store::tape::{self, TapeProgress};
use store::trades::{HeardTrade, TapeSource};
use store::{StoreError, newcomers};

use super::alike::Alike;
use super::read::{ROWS, known, whole_transactions};
use super::service::{Pen, Sources, ticks};

/// Markets of one round.
const AT_ONCE: u32 = 50;
/// So often upstream may refuse a market's trades before they count as not to be had. While it is only away, or too
/// busy, it is asked for ever.
const REFUSALS: u16 = 5;

/// Reads newcomers' trades as they come, until the database is lost.
pub(super) async fn read(service: Arc<Sources>, pen: Pen) -> Result<(), StoreError> {
    let mut ticks = ticks(service.options.tape_every);
    let mut reader = Reader { service: &service, pen: &pen, refused: HashMap::new() };
    loop {
        ticks.tick().await;
        let Some(tape) = tape::progress(service.database.service()).await? else { continue };
        reader.round(tape).await?;
    }
}

struct Reader<'a> {
    service: &'a Sources,
    pen: &'a Pen,
    /// How often upstream refused, and the time before which trades are missing.
    refused: HashMap<MarketId, (u16, DateTime<Utc>)>,
}

/// What a walk through a market's trades brought.
struct Walked {
    trades: Vec<HeardTrade>,
    /// Nothing older was read.
    oldest: Option<DateTime<Utc>>,
    /// Why the walk ended early.
    error: Option<UpstreamError>,
}

/// What becomes of a market after a walk.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// Everything was read.
    Read,
    /// It is asked for again; the others of the round too, where they would fare no better.
    Again { is_over: bool },
    /// What is missing cannot be had.
    GivenUp,
}

impl Verdict {
    /// `refusals`: those before this walk.
    fn of(error: Option<&UpstreamError>, refusals: u16) -> Self {
        match error {
            None => Self::Read,
            Some(error) if error.kind.is_transient() => Self::Again { is_over: true },
            Some(_) if refusals + 1 < REFUSALS => Self::Again { is_over: false },
            Some(_) => Self::GivenUp,
        }
    }
}

impl Reader<'_> {
    async fn round(&mut self, tape: TapeProgress) -> Result<(), StoreError> {
        let due = {
            let mut lock = self.pen.take().await;
            newcomers::due(lock.connection(), tape, AT_ONCE).await?
        };
        if due.is_empty() {
            self.refused.clear();
            return newcomers::forget_settled(self.service.database.service()).await;
        }
        for market in due {
            if self.settle(&market, tape).await? == (Verdict::Again { is_over: true }) {
                break;
            }
        }
        Ok(())
    }

    /// Reads a market's trades and writes them.
    async fn settle(
        &mut self,
        market: &TradedMarket,
        tape: TapeProgress,
    ) -> Result<Verdict, StoreError> {
        let now = self.service.now();
        let id = &market.market_id;
        let (refusals, missing_to) = self.refused.get(id).copied().unwrap_or((0, now));
        let walked = self.walk(market, tape.complete_from, refusals).await?;
        for part in whole_transactions(&walked.trades, 5_000) {
            self.pen.write_trades(TapeSource::Record, part, self.service.now()).await?;
        }
        let missing_to = walked.oldest.map_or(missing_to, |oldest| oldest.min(missing_to));
        let verdict = Verdict::of(walked.error.as_ref(), refusals);
        let missing = match verdict {
            Verdict::Again { is_over } => {
                if !is_over {
                    self.refused.insert(id.clone(), (refusals + 1, missing_to));
                }
                return Ok(verdict);
            }
            Verdict::Read => None,
            Verdict::GivenUp => Some((tape.complete_from, missing_to)),
        };
        let outcome = if missing.is_none() { "read" } else { "given_up" };
        counter!("cascadian_newcomers_total", "outcome" => outcome).increment(1);
        tracing::debug!(market.id = %id, trades = walked.trades.len(), outcome, "a newcomer's trades");
        let mut lock = self.pen.take().await;
        newcomers::settle(lock.connection(), id, missing, now).await?;
        Ok(verdict)
    }

    /// A market's trades from the newest back to an instant. Of rows that are alike one is taken: whether they are
    /// several trades takes more than one answer to know.
    async fn walk(
        &self,
        market: &TradedMarket,
        until: DateTime<Utc>,
        refusals: u16,
    ) -> Result<Walked, StoreError> {
        let scope = TradeScope::Markets(vec![market.condition_id.clone()]);
        // Another size each time: what was asked for before may be answered from a cache.
        let query = TradesQuery { scope, limit: ROWS - refusals, ..TradesQuery::default() };
        let mut walk = TradesWalk::new(self.service.data.clone(), query);
        let mut walked = Walked { trades: Vec::new(), oldest: None, error: None };
        loop {
            match walk.next_page().await {
                Ok(None) => break,
                Ok(Some(page)) => {
                    let rows = page.rows.rows;
                    let oldest = rows.iter().map(|row| row.traded_at).min();
                    walked.oldest = [walked.oldest, oldest].into_iter().flatten().min();
                    walked.trades.extend(known(self.service, rows).await?);
                    if oldest.is_some_and(|oldest| oldest < until) {
                        break;
                    }
                }
                Err(error) => {
                    tracing::warn!(market.id = %market.market_id, %error, "a newcomer's trades were read in part");
                    walked.error = Some(error);
                    break;
                }
            }
        }
        walked.trades = Alike::default().admit(walked.trades);
        Ok(walked)
    }
}

#[cfg(test)]
mod tests {
    use polymarket::{Host, UpstreamErrorKind};

    use super::*;

    fn error(kind: UpstreamErrorKind) -> UpstreamError {
        let path = "/v2/trades".to_owned();
        UpstreamError { host: Host::Data, path, status: None, retry_after: None, kind }
    }

    #[test]
    fn only_what_upstream_refuses_again_and_again_is_given_up() {
        let refused = error(UpstreamErrorKind::NotFound);
        let away = error(UpstreamErrorKind::Timeout);
        assert_eq!(Verdict::of(None, 0), Verdict::Read);
        assert_eq!(Verdict::of(Some(&refused), 0), Verdict::Again { is_over: false });
        assert_eq!(Verdict::of(Some(&refused), REFUSALS - 1), Verdict::GivenUp);
        assert_eq!(Verdict::of(Some(&away), REFUSALS), Verdict::Again { is_over: true });
    }
}
