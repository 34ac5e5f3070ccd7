//! `config check` and `config print`.

use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};

use super::Configured;
use crate::config::Config;

#[derive(Debug, Args)]
pub(super) struct ConfigCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Check the configuration and change nothing
    Check(Configured),
    /// Print the effective configuration as a file would say it, without secrets
    Print(Configured),
}

impl ConfigCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        match self.what {
            What::Check(configured) => {
                configured.resolve()?;
                super::say("the configuration can be used");
                Ok(ExitCode::SUCCESS)
            }
            What::Print(configured) => {
                let config: Config = configured.resolve()?;
                let text = toml::to_string(&config.to_settings())
                    .context("cannot print the configuration")?;
                super::print(text.trim_end())
            }
        }
    }
}
