//! Which process runs the server of a data directory.

use std::fs::File;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::FlockOperation;

use super::error::ClusterError;

/// Held by the process that runs the server. The system releases it when that process ends,
/// however it ends; children do not inherit it.
#[derive(Debug)]
pub(crate) struct DataLock {
    _file: File,
}

impl DataLock {
    /// Takes the lock; `None` while another process, or another part of this one, holds it.
    pub(crate) fn try_take(path: &Path) -> Result<Option<Self>, ClusterError> {
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(ClusterError::io("open the lock", path))?;
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(errno) => Err(ClusterError::io("lock", path)(errno.into())),
        }
    }
}
