//! `migrate`.

use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use store::migrate;

use super::{Configured, open_database, start_quietly};

#[derive(Debug, Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    configured: Configured,
    /// Only print what would be applied
    #[arg(long)]
    plan: bool,
}

impl Migrate {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.configured.resolve()?;
        start_quietly(&config, async {
            let database = open_database(&config).await?;
            let migrations = if self.plan {
                migrate::plan(&database).await
            } else {
                migrate::run(&database).await
            };
            let migrations = migrations.context("cannot bring the database up to date")?;
            for migration in &migrations {
                super::print(&format!("{:04} {}", migration.version, migration.description))?;
            }
            let what = if self.plan { "would be applied" } else { "applied" };
            super::say(&format!("{} migrations {what}", migrations.len()));
            database.close().await;
            Ok(ExitCode::SUCCESS)
        })
    }
}
