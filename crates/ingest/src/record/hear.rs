//! The activity socket: trades within a second, and not always.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use domain::tape::Trade;
use domain::{Address, Shares, TransactionHash};
use metrics::counter;
use polymarket::ws::activity::{ActivityChannel, ActivityEvent, ActivityMessage, ActivityTrade};
use store::trades::{HeardTrade, TapeSource};
use store::{StoreError, streaming};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::service::{Pen, Sources};

/// Trades that come within this time are written together.
const GATHER: Duration = Duration::from_millis(250);

/// Writes what the socket tells, until the database is lost.
pub(super) async fn hear(
    service: Arc<Sources>,
    pen: Pen,
    term: CancellationToken,
) -> Result<(), StoreError> {
    let options = service.options.activity.clone();
    let (channel, mut events) = match ActivityChannel::new(&service.endpoints, options) {
        Ok(made) => made,
        Err(error) => {
            tracing::error!(%error, "trades are not heard, only read");
            return std::future::pending().await;
        }
    };
    let listening = tokio::spawn(channel.run(term));
    let _ends_with_this = AbortOnDrop(listening);
    while let Some(event) = events.recv().await {
        let mut trades = Vec::new();
        take(event, &mut trades);
        let until = Instant::now() + GATHER;
        while let Ok(Some(event)) = timeout_at(until, events.recv()).await {
            take(event, &mut trades);
        }
        let reading = known(&service, trades).await?;
        pen.write_trades(TapeSource::Activity, &reading, service.now()).await?;
    }
    // The channel ends when it is cancelled, and otherwise never.
    std::future::pending().await
}

fn take(event: ActivityEvent, trades: &mut Vec<ActivityTrade>) {
    match event {
        ActivityEvent::Received { messages, .. } => {
            for message in messages {
                match message {
                    ActivityMessage::Trade(trade) if !trade.is_combo() => trades.push(*trade),
                    ActivityMessage::Trade(_) | ActivityMessage::Unknown(_) => {}
                    ActivityMessage::Unusable(_) => {
                        counter!("cascadian_activity_unusable_total").increment(1);
                    }
                }
            }
        }
        ActivityEvent::Lost { cause, .. } => {
            tracing::info!(%cause, "the activity socket was lost; its trades are read instead");
        }
        ActivityEvent::Unreachable { cause, .. } => {
            tracing::warn!(%cause, "the activity socket cannot be reached");
        }
        ActivityEvent::Connected { .. } => {}
    }
}

/// The trades of markets that are held. The others are read when their markets are.
async fn known(
    service: &Sources,
    trades: Vec<ActivityTrade>,
) -> Result<Vec<HeardTrade>, StoreError> {
    let conditions: BTreeSet<&str> = trades.iter().map(|trade| trade.condition.as_str()).collect();
    let conditions: Vec<_> = conditions.into_iter().collect();
    let markets = streaming::by_conditions(service.database.service(), &conditions).await?;
    let heard = trades.iter().filter_map(|told| {
        let market = markets.get(told.condition.as_str())?;
        let trade = Trade {
            market_id: market.market_id.clone(),
            condition_id: market.condition_id.clone(),
            outcome_index: market.tokens.iter().position(|token| *token == told.token)?,
            token_id: told.token.clone(),
            side: told.side,
            price: told.price,
            shares: Shares::new(told.shares).ok().filter(|shares| *shares > Shares::ZERO)?,
            traded_at: told.traded_at?,
            // Without it nothing tells the trade from others: the record will.
            transaction_hash: Some(TransactionHash::parse(told.transaction_hash.as_deref()?).ok()?),
            wallet: Some(Address::parse(told.wallet.as_deref()?).ok()?),
        };
        Some(HeardTrade { trade, name: told.name.clone() })
    });
    Ok(heard.collect())
}

/// Ends a task with the value.
struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
