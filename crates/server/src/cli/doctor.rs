//! `doctor`: checks what the program needs, one line each, and says what to do about what is missing.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use polymarket::Host;
use store::migrate;

use super::{Configured, open_database, serve::gamma_client, start_quietly};
use crate::config::Config;

/// How long upstream may take to answer.
const UPSTREAM_DEADLINE: Duration = Duration::from_secs(15);

/// Runs every check, also after one has failed.
pub(super) fn doctor(configured: Configured) -> anyhow::Result<ExitCode> {
    let config = match configured.resolve() {
        Ok(config) => config,
        Err(error) => {
            report("configuration", &Err(error))?;
            return Ok(ExitCode::FAILURE);
        }
    };
    report("configuration", &Ok("can be used".to_owned()))?;
    start_quietly(&config, async {
        let mut healthy = true;
        for (name, result) in [
            ("address", address(&config).await),
            ("database", database(&config).await),
            ("upstream", upstream(&config).await),
        ] {
            healthy &= result.is_ok();
            report(name, &result)?;
        }
        Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
}

fn report(name: &str, result: &anyhow::Result<String>) -> anyhow::Result<()> {
    let line = match result {
        Ok(found) => format!("ok    {name:<14} {found}"),
        Err(error) => format!("FAIL  {name:<14} {error:#}"),
    };
    super::print(&line).map(drop)
}

async fn address(config: &Config) -> anyhow::Result<String> {
    let listen = config.listen;
    match tokio::net::TcpListener::bind(listen).await {
        Ok(_) => Ok(format!("{listen} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Ok(format!(
            "{listen} is in use, perhaps by a running cascadian; --listen chooses another"
        )),
        Err(error) => Err(anyhow::anyhow!("cannot serve on {listen}: {error}")),
    }
}

async fn database(config: &Config) -> anyhow::Result<String> {
    let database = open_database(config).await?;
    let place = match database.cluster() {
        Some(cluster) if cluster.is_owner() => "private, started for this check",
        Some(_) => "private, run by another process",
        None => "external",
    };
    let pending = migrate::plan(&database).await?;
    database.close().await;
    Ok(format!("{place}; {} migrations to apply", pending.len()))
}

async fn upstream(config: &Config) -> anyhow::Result<String> {
    let client = gamma_client(config)?;
    let query = polymarket::gamma::EventsQuery { limit: 1, ..Default::default() };
    let page = tokio::time::timeout(UPSTREAM_DEADLINE, client.events_keyset(&query)).await;
    let page = page.map_err(|_| anyhow::anyhow!("no answer within {UPSTREAM_DEADLINE:?}"))??;
    let base = config.endpoints.base(Host::Gamma).context("Gamma has no address")?;
    anyhow::ensure!(!page.events.is_empty(), "{base} answers, but lists no event");
    Ok(format!("{base} answers"))
}
