//! The server's log: a file of bounded size, and its last lines in memory for error messages.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::ChildStderr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// Size at which the file is put aside as `….1`, replacing the one before: so the log takes at
/// most twice this.
const ROTATE_AT_BYTES: u64 = 8 << 20;

/// Lines kept for error messages.
const TAIL_LINES: usize = 30;

/// Longest line kept; the rest of a longer one counts as the next line.
const LONGEST_LINE_BYTES: u64 = 16 << 10;

/// Where the server's messages go.
#[derive(Debug, Clone)]
pub(super) struct ServerLog {
    path: PathBuf,
    tail: Arc<Mutex<VecDeque<String>>>,
}

impl ServerLog {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, tail: Arc::default() }
    }

    /// Copies until every process that inherited the pipe has ended. The pipe is always drained,
    /// even when the file cannot be written: a full pipe would halt the server.
    pub(super) fn follow(&self, stderr: ChildStderr) -> std::io::Result<JoinHandle<()>> {
        let log = self.clone();
        log.tail().clear();
        thread::Builder::new().name("postgres-log".to_owned()).spawn(move || {
            let mut writer = RotatingFile::open(log.path.clone());
            let mut reader = BufReader::new(stderr);
            let mut line = Vec::new();
            while let Ok(1..) =
                std::io::Read::take(&mut reader, LONGEST_LINE_BYTES).read_until(b'\n', &mut line)
            {
                writer.write(&line);
                log.remember(String::from_utf8_lossy(&line).trim_end().to_owned());
                line.clear();
            }
        })
    }

    /// The last lines since the server was last started.
    pub(super) fn last_words(&self) -> String {
        let tail = self.tail();
        if tail.is_empty() {
            return format!("(nothing; see {})", self.path.display());
        }
        tail.iter().cloned().collect::<Vec<_>>().join("\n")
    }

    fn remember(&self, line: String) {
        let mut tail = self.tail();
        if tail.len() == TAIL_LINES {
            tail.pop_front();
        }
        tail.push_back(line);
    }

    fn tail(&self) -> std::sync::MutexGuard<'_, VecDeque<String>> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct RotatingFile {
    path: PathBuf,
    /// The open file and its size; `None` once it could not be written.
    file: Option<(File, u64)>,
}

impl RotatingFile {
    fn open(path: PathBuf) -> Self {
        let file = File::options().append(true).create(true).open(&path).and_then(|file| {
            let size = file.metadata()?.len();
            Ok((file, size))
        });
        if let Err(error) = &file {
            tracing::warn!(%error, path = %path.display(), "cannot write the database's log");
        }
        Self { path, file: file.ok() }
    }

    fn write(&mut self, line: &[u8]) {
        if self.file.as_ref().is_some_and(|(_, size)| *size >= ROTATE_AT_BYTES) {
            let mut aside = self.path.clone().into_os_string();
            aside.push(".1");
            // Should this fail, the file is opened again and grows: losing lines would be worse.
            let _ = fs::rename(&self.path, aside);
            *self = Self::open(std::mem::take(&mut self.path));
        }
        if let Some((file, size)) = &mut self.file {
            match file.write_all(line) {
                Ok(()) => *size += line.len() as u64,
                Err(error) => {
                    tracing::warn!(%error, "cannot write the database's log");
                    self.file = None;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_put_aside_when_it_is_large() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("postgres.log");
        let mut file = RotatingFile::open(path.clone());
        let megabyte = vec![b'x'; 1 << 20];
        for _ in 0..20 {
            file.write(&megabyte);
        }
        let size = |path: PathBuf| fs::metadata(path).unwrap().len();
        assert!(size(path) <= ROTATE_AT_BYTES);
        assert_eq!(size(directory.path().join("postgres.log.1")), ROTATE_AT_BYTES);
    }
}
