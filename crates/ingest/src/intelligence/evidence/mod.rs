//! Who traded as if they knew: three layers that are never added up, and none of which shows that anybody knew anything.

mod accounts;
mod leakage;
mod pairs;

use std::time::Duration;

use store::StoreError;
use store::intelligence::evidence::{self, InformedEvidence};

use self::accounts::Accounts;
use self::pairs::Pairs;
use super::service::{Job, JobError, Sources};

/// Accounts are tested once in so many times: what they rest on changes when markets are resolved.
const RARELY: u32 = 30;
/// Rows that are written at once.
const AT_ONCE: usize = 500;

/// Looks for evidence.
#[derive(Debug, Default)]
pub struct EvidenceJob {
    times: u32,
    accounts: Accounts,
    pairs: Option<Pairs>,
}

impl Job for EvidenceJob {
    const NAME: &'static str = "evidence";

    fn every(sources: &Sources) -> Duration {
        sources.options.evidence_every
    }

    async fn run(&mut self, sources: &Sources) -> Result<(), JobError> {
        let now = sources.now();
        leakage::look(sources, now).await?;
        if self.times.is_multiple_of(RARELY) {
            self.accounts.test(sources, now).await?;
        }
        self.times = self.times.wrapping_add(1);
        match &mut self.pairs {
            Some(pairs) => pairs.go_on(sources, now, &self.accounts).await?,
            None => self.pairs = Some(Pairs::rebuild(sources, now, &self.accounts).await?),
        }
        Ok(())
    }
}

async fn write(sources: &Sources, said: &[InformedEvidence]) -> Result<(), StoreError> {
    let mut connection = sources.database.service().acquire().await.map_err(StoreError::from)?;
    for part in said.chunks(AT_ONCE) {
        let new = evidence::record(&mut connection, part).await?;
        metrics::counter!("cascadian_evidence_recorded_total").increment(new);
    }
    Ok(())
}
