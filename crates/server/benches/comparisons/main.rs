//! The product against what it is built on, measured in one run: a sync against `COPY` of the rows it wrote,
//! the list of markets against an empty answer and against `PostgreSQL` asked per request, charts, streams, imports of
//! wallets and answers about them, and scores.
//!
//! `bench/run` builds it, runs it and judges what it finds. By itself:
//! `cargo bench -p server --bench comparisons -- [sync] [http] [charts] [streams] [wallets] [scores]`. Findings go to standard
//! output, one JSON object a line; progress goes to standard error.

#![expect(clippy::print_stderr, reason = "progress for whoever waits")]

mod baseline;
mod copy;
mod findings;
mod http;
mod live;
mod load;
mod scores;
mod setup;
mod wallet_answers;
mod wallets;

use std::process::ExitCode;

use anyhow::Context;

// The product's own allocator, so that its figures are its own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PARTS: [&str; 6] = ["sync", "http", "charts", "streams", "wallets", "scores"];

fn main() -> ExitCode {
    // Cargo adds `--bench`.
    let parts: Vec<String> =
        std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let Some(unknown) = parts.iter().find(|part| !PARTS.contains(&part.as_str())) {
        eprintln!("error: there is no comparison {unknown:?}; there are {}", PARTS.join(", "));
        return ExitCode::FAILURE;
    }
    match run(|part| parts.is_empty() || parts.iter().any(|wanted| wanted == part)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(is_wanted: impl Fn(&str) -> bool) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    // Durable like the product's. Started from the main thread, since it ends with the thread that started it.
    let options = store::ClusterOptions::new(store::testing::fresh_data_dir());
    let cluster = store::Cluster::start(&options).context("cannot start PostgreSQL")?;
    runtime.block_on(async {
        let database = setup::database(cluster).await?;
        if is_wanted("sync") {
            copy::compare(&database).await.context("sync")?;
        }
        if is_wanted("http") {
            http::compare(&database).await.context("http")?;
        }
        if is_wanted("charts") {
            live::compare_charts(&database).await.context("charts")?;
        }
        if is_wanted("streams") {
            live::compare_streams().await.context("streams")?;
        }
        if is_wanted("wallets") {
            wallet_answers::compare(&database).await.context("answers about wallets")?;
            wallets::compare(&database).await.context("wallets")?;
        }
        if is_wanted("scores") {
            scores::compare(&database).await.context("scores")?;
        }
        database.close().await;
        Ok(())
    })
}
