//! A sync of a recorded year against `COPY` of the very rows it wrote, into the same indexed tables of the same
//! durable database.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use lab::{Lab, Replay};
use store::{Database, PgConnection};

use crate::findings::{Finding, Target, median};
use crate::setup::{Served, empty, recorded};

/// Both sides once more than is counted: the first run warms the caches.
const RUNS: usize = 5;
/// A sync fetches, decodes, checks and compares besides writing: it may take this many times as long.
const TARGET: Target = Target::AtMost(5.0);

/// How a table's rows get out and in again.
struct Copied {
    out: &'static str,
    back: &'static str,
}

const TABLES: [Copied; 3] = [
    Copied { out: "COPY events TO STDOUT", back: "COPY events FROM STDIN" },
    Copied { out: "COPY markets TO STDOUT", back: "COPY markets FROM STDIN" },
    Copied { out: "COPY market_analytics TO STDOUT", back: "COPY market_analytics FROM STDIN" },
];

pub(crate) async fn compare(database: &Database) -> anyhow::Result<()> {
    let Some(dir) = recorded("gamma-2024") else { return Ok(()) };
    let served = Served::start(Lab::replay(Replay::load(&dir)?)).await?;
    let mut runs = Vec::new();
    for run in 0..=RUNS {
        empty(database).await?;
        let began = Instant::now();
        let log = served.sync_into(database).await?;
        let sync = began.elapsed();
        let mut owner = database.owner().await?;
        let rows = rows(&mut owner).await?;
        empty(database).await?;
        let began = Instant::now();
        write(&mut owner, &rows).await?;
        let copy = began.elapsed();
        let counts = log.counts;
        eprintln!(
            "sync {:.2} s (fetch {} ms over two lanes, write {} ms, {} pages, {} markets, {:.1} MB); COPY {:.2} s",
            sync.as_secs_f64(),
            counts.fetch_ms,
            counts.write_ms,
            counts.pages,
            counts.inserted,
            rows.iter().map(Vec::len).sum::<usize>() as f64 / 1e6,
            copy.as_secs_f64(),
        );
        if run > 0 {
            runs.push((sync, copy, counts));
        }
    }
    let seconds = |of: fn(&(Duration, Duration, _)) -> Duration| {
        median(runs.iter().map(|run| of(run).as_secs_f64()))
    };
    let fetch_ms = median(runs.iter().map(|(_, _, counts)| counts.fetch_ms as f64));
    let write_ms = median(runs.iter().map(|(_, _, counts)| counts.write_ms as f64));
    Finding {
        what: "sync of gamma-2024, limiter open".to_owned(),
        figure: format!(
            "{:.2} s (fetch {fetch_ms:.0} ms over two lanes, write {write_ms:.0} ms)",
            seconds(|run| run.0)
        ),
        baseline: format!("COPY of the same rows {:.2} s", seconds(|run| run.1)),
        value: median(runs.iter().map(|(sync, copy, _)| sync.as_secs_f64() / copy.as_secs_f64())),
        unit: "×",
        target: Some(TARGET),
    }
    .print()
}

/// The rows of each table, as `COPY` writes them.
async fn rows(owner: &mut PgConnection) -> anyhow::Result<Vec<Vec<u8>>> {
    let mut rows = Vec::new();
    for table in TABLES {
        let mut text = Vec::new();
        let mut chunks = owner.copy_out_raw(table.out).await?;
        while let Some(chunk) = chunks.try_next().await? {
            text.extend_from_slice(&chunk);
        }
        rows.push(text);
    }
    Ok(rows)
}

async fn write(owner: &mut PgConnection, rows: &[Vec<u8>]) -> anyhow::Result<()> {
    for (table, text) in TABLES.iter().zip(rows) {
        let mut copy = owner.copy_in_raw(table.back).await?;
        copy.send(text.as_slice()).await?;
        copy.finish().await?;
    }
    Ok(())
}
