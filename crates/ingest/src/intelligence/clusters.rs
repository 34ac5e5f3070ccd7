//! Wallets that seem to have one owner.

/// Placeholder until it does something.
#[derive(Debug, Default)]
pub struct ClustersJob;

impl super::service::Job for ClustersJob {
    const NAME: &'static str = "clusters";

    fn every(sources: &super::Sources) -> std::time::Duration {
        sources.options.clusters_every
    }

    async fn run(&mut self, _sources: &super::Sources) -> Result<(), super::JobError> {
        Ok(())
    }
}
