//! `lab replay` and `lab world`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use chrono::Utc;
use clap::{Args, Subcommand};
use lab::{Lab as Polymarket, Replay, World, WorldOptions};
use tokio::net::TcpListener;

use super::{log_to_stderr, runtime, serve::stop_on_signal};
use crate::config::LogFormat;

#[derive(Debug, Args)]
pub(super) struct Lab {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Serve recorded responses, as they were recorded
    Replay {
        /// Directory of recorded responses
        dir: PathBuf,
        #[command(flatten)]
        serve: ServeAt,
    },
    /// Serve a generated world whose prices move
    World {
        /// The same seed makes the same world
        #[arg(long, env = "CASCADIAN_SEED", default_value_t = 7)]
        seed: u64,
        /// How many markets the world begins with
        #[arg(long, env = "CASCADIAN_MARKETS", default_value_t = 3000)]
        markets: usize,
        #[command(flatten)]
        serve: ServeAt,
    },
}

#[derive(Debug, Args)]
struct ServeAt {
    /// Address to serve on
    #[arg(long, env = "CASCADIAN_LISTEN", default_value = "127.0.0.1:8090", value_name = "ADDR")]
    listen: SocketAddr,
}

impl Lab {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        log_to_stderr("info", LogFormat::Text)?;
        let (polymarket, address) = match self.what {
            What::Replay { dir, serve } => {
                let catalogue = Replay::load(&dir)
                    .with_context(|| format!("cannot replay {}", dir.display()))?;
                tracing::info!(
                    events = catalogue.event_count(),
                    markets = catalogue.market_count(),
                    "recording loaded"
                );
                (Polymarket::replay(catalogue), serve.listen)
            }
            What::World { seed, markets, serve } => {
                let options = WorldOptions { markets, ..WorldOptions::new(seed, Utc::now()) };
                let world = World::generate(&options);
                (Polymarket::world_live(world), serve.listen)
            }
        };
        runtime()?.block_on(async {
            let stop = stop_on_signal()?;
            let listener = TcpListener::bind(address)
                .await
                .with_context(|| format!("cannot serve on {address}"))?;
            let address = listener.local_addr()?;
            super::say(&format!(
                "\n  The lab is at http://{address}/lab\n  \
                 To use it: CASCADIAN_GAMMA_URL=http://{address}/gamma cascadian serve\n"
            ));
            lab::serve(listener, polymarket, stop).await.context("the lab ended badly")?;
            Ok(ExitCode::SUCCESS)
        })
    }
}
