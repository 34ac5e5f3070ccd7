//! `lab replay` and `lab world`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use lab::{Lab as Polymarket, Replay};
use tokio::net::TcpListener;

use super::{log_to_stderr, runtime, serve::stop_on_signal, world::WorldArgs};
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
        #[command(flatten)]
        world: WorldArgs,
        /// Time stands still, at the end of the generated past, until a test moves it at /lab/clock
        #[arg(long)]
        stepped: bool,
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
            What::World { world, stepped: true, serve } => {
                (Polymarket::world(world.begin()), serve.listen)
            }
            What::World { world, stepped: false, serve } => {
                (Polymarket::world_live(world.generate()?), serve.listen)
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
