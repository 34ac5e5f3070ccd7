//! Not yet.

use std::time::Duration;

use super::service::{Job, JobError, Sources};

/// Not yet.
#[derive(Debug, Default)]
pub struct SignalsJob;

impl Job for SignalsJob {
    const NAME: &'static str = "signals";

    fn every(sources: &Sources) -> Duration {
        sources.options.signals_every
    }

    async fn run(&mut self, _: &Sources) -> Result<(), JobError> {
        Ok(())
    }
}
