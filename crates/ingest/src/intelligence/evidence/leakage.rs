//! Of markets: how much of the way the price had gone before the news. That takes the time of the first article, and this
//! program has no source of news, so that each market is out of scope, and the row says why.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::MarketId;
use domain::insiders::leakage::{Case, leakage};
use serde_json::json;
use store::intelligence::evidence::{InformedEvidence, Layer};
use store::intelligence::{note_read, read_until};
use store::{StoreError, resolutions};

use super::super::service::Sources;

/// Under this name it is noted how far resolutions were looked through.
const JOB: &str = "leakage";
/// Of the definition.
const VERSION: i16 = 1;
/// Several write, so that news may be a little older than others before them.
const LOOK_BACK: TimeDelta = TimeDelta::minutes(1);

/// Looks at the markets that were resolved since the last time.
pub(super) async fn look(sources: &Sources, now: DateTime<Utc>) -> Result<(), StoreError> {
    let database = sources.database.service();
    let mut until = read_until(database, JOB).await?.unwrap_or(DateTime::UNIX_EPOCH);
    loop {
        let heard = resolutions::observed_after(database, until - LOOK_BACK).await?;
        let last = heard.last().map(|(_, told)| told.observed_at);
        let mut said = BTreeMap::new();
        for (market, told) in &heard {
            let payout = told.state.payouts.as_ref().and_then(|payouts| payouts.first());
            let Some(paid) = payout.and_then(|paid| f64::try_from(*paid).ok()) else { continue };
            let Ok(market_id) = MarketId::parse(market) else { continue };
            // The last word of a market counts.
            said.insert(market_id.clone(), row(market_id, paid, told.observed_at));
        }
        super::write(sources, &said.into_values().collect::<Vec<_>>()).await?;
        let Some(last) = last.filter(|last| *last > until) else { break };
        until = last;
        let mut connection = database.acquire().await.map_err(StoreError::from)?;
        note_read(&mut connection, JOB, until.min(now)).await?;
    }
    Ok(())
}

fn row(market_id: MarketId, paid: f64, observed_at: DateTime<Utc>) -> InformedEvidence {
    let case = Case {
        open: None,
        at_news: None,
        resolved: Some(paid),
        opened_at: observed_at,
        news: None,
        decided: None,
        hazard_per_hour: None,
    };
    let (finding, ingredients) = match leakage(&case) {
        Ok(found) => {
            let told = json!({
                "ils": found.score, "beyond_hazard": found.beyond_hazard, "low": found.span.low, "high": found.span.high,
            });
            (Ok(found.score), told)
        }
        Err(why) => (Err(why.slug().to_owned()), json!({ "why": why.why() })),
    };
    InformedEvidence {
        layer: Layer::Leakage,
        as_of: observed_at,
        version: VERSION,
        finding,
        wallet: None,
        market_id: Some(market_id),
        ingredients,
        evidence: json!([]),
    }
}
