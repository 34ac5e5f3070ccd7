//! What the lab answers has the shape of what was recorded from Polymarket: every member, its type
//! and its format. Where they differ, `differences.rs` says why.

#![expect(
    clippy::panic,
    unreachable_pub,
    reason = "the modules of a test binary are its own, and panics are how tests fail"
)]

#[path = "../support/mod.rs"]
mod support;

mod clob;
mod compare;
mod data;
mod differences;
mod gamma;
mod recordings;
mod sample;
mod shape;
mod sockets;

use std::collections::BTreeSet;

use compare::{Difference, Kind, differences};
use differences::{Known, NOT_COMPARED, known};
use recordings::Recordings;
use sample::Sample;
use serde_json::Value;
use shape::Shape;
use support::recorded_dir;

/// Bodies of one kind, as recorded and as the lab answers them.
pub struct Bodies {
    /// What they are, as in [`Known::body`].
    pub name: &'static str,
    /// As recorded.
    pub recorded: Vec<Value>,
    /// Recorded of things so old that they have members which are gone since. Only those are looked
    /// for.
    pub older: Vec<Value>,
    /// As the lab answers them.
    pub lab: Vec<Value>,
}

impl Bodies {
    /// Bodies of which none are old.
    pub fn new(name: &'static str, recorded: Vec<Value>, lab: Vec<Value>) -> Self {
        Self { name, recorded, older: Vec::new(), lab }
    }

    fn differences(&self) -> Vec<Difference> {
        let lab = Shape::of(&self.lab);
        let mut found = differences(&Shape::of(&self.recorded), &lab);
        let ever = Shape::of(self.recorded.iter().chain(&self.older));
        let gone = differences(&ever, &lab).into_iter().filter(|is| is.kind == Kind::Missing);
        let known: BTreeSet<_> = found.iter().map(|is| (is.kind, is.path.clone())).collect();
        found.extend(gone.filter(|is| !known.contains(&(is.kind, is.path.clone()))));
        found
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shapes_agree_with_what_was_recorded() {
    let dir = recorded_dir();
    if !dir.is_dir() {
        eprintln!("SKIPPED: no recorded data at {}; set CASCADIAN_RECORDED_DATA", dir.display());
        return;
    }
    let recordings = Recordings::in_dir(dir);
    let sample = Sample::start().await;
    let mut all = gamma::bodies(&sample, &recordings).await;
    all.extend(clob::bodies(&sample, &recordings).await);
    all.extend(data::bodies(&sample, &recordings).await);
    all.extend(sockets::bodies(&sample, &recordings).await);
    sample.stop().await;

    let mut complaints = Vec::new();
    let mut seen = BTreeSet::new();
    for bodies in &all {
        let name = bodies.name;
        if bodies.recorded.is_empty() || bodies.lab.is_empty() {
            let count = (bodies.recorded.len(), bodies.lab.len());
            complaints
                .push(format!("{name}: nothing to compare: {count:?} recorded and of the lab"));
            continue;
        }
        for difference in bodies.differences() {
            if !is_known(name, &difference) {
                complaints.push(format!("{name}: not listed: {difference}"));
            }
            seen.insert((name, difference.kind, difference.path));
        }
    }
    complaints.extend(stale(&seen));
    complaints.extend(unaccounted(&recordings));
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

fn is_known(body: &str, difference: &Difference) -> bool {
    known().any(|known| {
        known.body == body
            && known.kind == difference.kind
            && known.paths.contains(&difference.path.as_str())
    })
}

/// Entries of the list that describe nothing any more.
fn stale(seen: &BTreeSet<(&str, Kind, String)>) -> Vec<String> {
    let mut stale = Vec::new();
    for Known { body, kind, paths, why } in known() {
        for path in *paths {
            if !seen.contains(&(*body, *kind, (*path).to_owned())) {
                stale.push(format!("{body}: no longer so: {kind:?} {path} ({why})"));
            }
        }
    }
    stale
}

/// Recordings that are neither compared nor said not to be.
fn unaccounted(recordings: &Recordings) -> Vec<String> {
    let unused = recordings.unused();
    let named: BTreeSet<_> =
        NOT_COMPARED.iter().flat_map(|(files, _)| *files).map(|file| (*file).to_owned()).collect();
    let forgotten =
        unused.difference(&named).map(|file| format!("{file} is compared with nothing"));
    let wrong =
        named.difference(&unused).map(|file| format!("{file} is compared, or does not exist"));
    forgotten.chain(wrong).collect()
}
