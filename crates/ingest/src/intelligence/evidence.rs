//! Not yet.

use std::time::Duration;

use super::service::{Job, JobError, Sources};

/// Not yet.
#[derive(Debug, Default)]
pub struct EvidenceJob;

impl Job for EvidenceJob {
    const NAME: &'static str = "evidence";

    fn every(sources: &Sources) -> Duration {
        sources.options.evidence_every
    }

    async fn run(&mut self, _: &Sources) -> Result<(), JobError> {
        Ok(())
    }
}
