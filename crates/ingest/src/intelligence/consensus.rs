//! Where smart money stands.

/// Placeholder until it does something.
#[derive(Debug, Default)]
pub struct ConsensusJob;

impl super::service::Job for ConsensusJob {
    const NAME: &'static str = "consensus";

    fn every(sources: &super::Sources) -> std::time::Duration {
        sources.options.consensus_every
    }

    async fn run(&mut self, _sources: &super::Sources) -> Result<(), super::JobError> {
        Ok(())
    }
}
