//! The Data API's feed of all trades: the record, minutes late, out of order, and from caches.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::Shares;
use domain::tape::Trade;
use metrics::{counter, gauge};
use polymarket::UpstreamError;
use polymarket::data::{TradeRow, TradesQuery, TradesWalk};
use store::tape::{self, TapeProgress};
use store::trades::{HeardTrade, TapeSource};
use store::{StoreError, newcomers, streaming, sync_logs};

use super::alike::Alike;
use super::service::{Pen, Sources, ticks};

/// Rows of a page at most, and how many sizes of page are asked for in turn: an address that was asked for before may
/// be answered from a cache.
pub(super) const ROWS: u16 = 1_000;
const SIZES: u16 = 50;

/// Pages of one reading at most; more trades than that are read in the next one.
const MOST_PAGES: usize = 20_000;

/// Reads the feed again and again, until the database is lost. Not before the catalogue was fetched once: of markets
/// that are not known trades are left out.
pub(super) async fn read(service: Arc<Sources>, pen: Pen) -> Result<(), StoreError> {
    let mut ticks = ticks(service.options.tape_every);
    let mut reader = Reader { service: &service, pen: &pen, alike: Alike::default(), readings: 0 };
    loop {
        ticks.tick().await;
        if sync_logs::has_ended(service.database.service()).await? {
            reader.read_once().await?;
        }
    }
}

struct Reader<'a> {
    service: &'a Sources,
    pen: &'a Pen,
    alike: Alike,
    readings: u16,
}

/// What a walk through the feed brought.
struct Reading {
    trades: Vec<HeardTrade>,
    newest: Option<DateTime<Utc>>,
    /// The walk went as far back as it should.
    is_whole: bool,
}

impl Reader<'_> {
    /// Reads from the newest trade back to before what is complete, and writes what is new.
    async fn read_once(&mut self) -> Result<(), StoreError> {
        let now = self.service.now();
        let database = self.service.database.service();
        let options = &self.service.options;
        let progress = tape::progress(database).await?;
        // What is wanted may have grown since: then all of it is read once more.
        let wanted_from = now - options.tape_back;
        let progress = progress.filter(|held| held.complete_from <= wanted_from);
        let newest_market = newcomers::newest(database).await?;
        let until = progress.map_or(wanted_from, |held| held.complete_to - options.overlap);
        let reading = self.walk(until).await?;
        let trades = self.alike.admit(reading.trades);
        for part in whole_transactions(&trades, 5_000) {
            let recorded =
                self.pen.write_trades(TapeSource::Record, part, self.service.now()).await?;
            tracing::debug!(rows = part.len(), ?recorded, "tape read");
        }
        if reading.is_whole {
            let complete_to = reading.newest.unwrap_or(now).min(now);
            let held = TapeProgress {
                complete_from: progress.map_or(until, |held| held.complete_from),
                complete_to: progress.map_or(complete_to, |held| held.complete_to.max(complete_to)),
            };
            let markets_from = if progress.is_none() { newest_market } else { None };
            tape::set_progress(database, held, markets_from, now).await?;
            gauge!("cascadian_tape_age_seconds")
                .set((now - held.complete_to).num_milliseconds() as f64 / 1e3);
        }
        Ok(())
    }

    async fn walk(&mut self, until: DateTime<Utc>) -> Result<Reading, StoreError> {
        self.readings = (self.readings + 1) % SIZES;
        let query = TradesQuery { limit: ROWS - self.readings, ..TradesQuery::default() };
        let mut walk = TradesWalk::new(self.service.data.clone(), query);
        let mut reading = Reading { trades: Vec::new(), newest: None, is_whole: false };
        for _ in 0..MOST_PAGES {
            let page = match walk.next_page().await {
                Ok(Some(page)) => page,
                // The feed has nothing older.
                Ok(None) => {
                    reading.is_whole = true;
                    break;
                }
                Err(error) => {
                    Self::fail(&error);
                    break;
                }
            };
            let rows = page.rows.rows;
            let oldest = rows.iter().map(|row| row.traded_at).min();
            reading.newest = reading.newest.max(rows.iter().map(|row| row.traded_at).max());
            reading.trades.extend(known(self.service, rows).await?);
            if oldest.is_some_and(|oldest| oldest < until) {
                reading.is_whole = true;
                break;
            }
        }
        Ok(reading)
    }

    fn fail(error: &UpstreamError) {
        counter!("cascadian_tape_readings_failed_total").increment(1);
        tracing::warn!(%error, "the tape was read in part; the rest follows");
    }
}

/// The trades of markets that are held.
pub(super) async fn known(
    service: &Sources,
    rows: Vec<TradeRow>,
) -> Result<Vec<HeardTrade>, StoreError> {
    let rows: Vec<TradeRow> = rows.into_iter().filter(|row| !row.is_combo).collect();
    let conditions: BTreeSet<&str> = rows
        .iter()
        .filter_map(|row| row.condition_id.as_ref().map(domain::ConditionId::as_str))
        .collect();
    let conditions: Vec<&str> = conditions.into_iter().collect();
    let database = service.database.service();
    let markets = streaming::by_conditions(database, &conditions).await?;
    let known = rows.iter().filter_map(|row| {
        let market = markets.get(row.condition_id.as_ref()?.as_str())?;
        let trade = Trade {
            market_id: market.market_id.clone(),
            condition_id: market.condition_id.clone(),
            // By the token: the index is often unknown, and then says 999.
            outcome_index: market.tokens.iter().position(|token| *token == row.token_id)?,
            token_id: row.token_id.clone(),
            side: row.side,
            price: row.price,
            shares: Shares::new(row.shares).ok().filter(|shares| *shares > Shares::ZERO)?,
            traded_at: row.traded_at,
            transaction_hash: Some(row.transaction_hash.clone()?),
            wallet: Some(row.wallet.clone()),
        };
        Some(HeardTrade { trade, name: row.name.clone() })
    });
    Ok(known.collect())
}

/// Parts of about so many rows; no transaction is cut in two.
pub(super) fn whole_transactions(trades: &[HeardTrade], rows: usize) -> Vec<&[HeardTrade]> {
    let mut parts = Vec::new();
    let mut begin = 0;
    let mut length = 0;
    for transaction in
        trades.chunk_by(|one, next| one.trade.transaction_hash == next.trade.transaction_hash)
    {
        length += transaction.len();
        if length >= rows {
            parts.extend(trades.get(begin..begin + length));
            begin += length;
            length = 0;
        }
    }
    parts.extend(trades.get(begin..).filter(|rest| !rest.is_empty()));
    parts
}

/// Whether the tape is known without a hole from an instant on.
pub(super) fn reaches(
    progress: Option<TapeProgress>,
    from: DateTime<Utc>,
    now: DateTime<Utc>,
) -> bool {
    progress.is_some_and(|held| {
        held.complete_from <= from && now - held.complete_to < TimeDelta::minutes(10)
    })
}
