//! `audit`: whether scores keep the errors that they may make.

mod report;
mod text;
mod truth;
mod world;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use domain::null_audit::{Sample, Subject, Trial};
use ingest::intelligence::audit::{self, AuditOptions, Audited};
use serde_json::json;
use store::intelligence::audits::ScoreAudit;
use store::{Database, migrate};

use super::{Configured, open_database, start_quietly};
use crate::config::Config;

/// Synthetic wallets of each population, as scoring is documented with.
const WALLETS: usize = 40_000;

#[derive(Debug, Args)]
#[command(after_help = "\
Tries every score on wallets of which it is known what they are: synthetic ones at fair prices, the bets that the \
database holds with outcomes drawn anew from what was paid, and, with --lab-url, a simulated world that tells.

  cascadian audit --trial synthetic
  cascadian audit --kind smart_money --trial redrawn --json | jq .results.lines
  cascadian audit --lab-url http://127.0.0.1:8090 --write audit.md
  cascadian audit --world --write docs/audit.md

Ends with 0 where every error is within its budget, and with 1 where one is not or after an error.")]
pub(super) struct Audit {
    /// What to audit: a score (`whale`, `smart_money`, `reputation`, `maker`, `bot`), `insiders`, `flips`, `wash` or
    /// `clusters` [default: everything]
    #[arg(long, value_parser = subject)]
    kind: Option<Subject>,
    /// What to try it on
    #[arg(long, value_enum, default_value_t = Trials::All)]
    trial: Trials,
    /// What all draws come from
    #[arg(long, default_value_t = AuditOptions::default().seed)]
    seed: u64,
    /// Synthetic wallets of each population
    #[arg(long, default_value_t = WALLETS, value_name = "N")]
    wallets: usize,
    /// Make a simulated world, let this program read it into a database of its own, and try everything on that
    #[arg(long, conflicts_with_all = ["keep", "trial"])]
    world: bool,
    /// Size of it against the standard world
    #[arg(long, requires = "world", default_value_t = 1.0, value_name = "SCALE")]
    world_scale: f64,
    /// Keep what is found in the database, where a score over its budget leaves the rankings
    #[arg(long)]
    keep: bool,
    /// Write what is found to a file as Markdown, too
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Print JSON, one audit a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    configured: Configured,
}

/// What something can be tried on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Trials {
    /// Wallets made from a seed
    Synthetic,
    /// The bets that are held, with outcomes drawn anew
    Redrawn,
    /// What the database says of a simulated world, beside what is true of it
    Planted,
    /// All of them; planted only with --lab-url
    All,
}

impl Trials {
    fn has(self, trial: Trial) -> bool {
        match self {
            Self::Synthetic => trial == Trial::Synthetic,
            Self::Redrawn => trial == Trial::Redrawn,
            Self::Planted => trial == Trial::Planted,
            Self::All => true,
        }
    }
}

fn subject(text: &str) -> Result<Subject, String> {
    Subject::of_slug(text).ok_or_else(|| {
        let all: Vec<&str> = Subject::ALL.iter().map(|subject| subject.slug()).collect();
        format!("there is no such thing; there are {}", all.join(", "))
    })
}

impl Audit {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        if self.wallets == 0 {
            bail!("--wallets must be at least 1");
        }
        let settings = self.configured.merged()?;
        let lab = settings.lab_url.clone();
        let config = Config::resolve(settings)?;
        if self.trial == Trials::Planted && lab.is_none() {
            bail!(
                "--trial planted needs --lab-url: only a simulated world tells what is true of it"
            );
        }
        let asked = Asked {
            kind: self.kind,
            trial: self.trial,
            sample: Sample { seed: self.seed, wallets: self.wallets },
            keep: self.keep,
            lab,
        };
        let sample = asked.sample;
        let work = async {
            let found = if self.world {
                asked.find_in_world(self.world_scale).await?
            } else {
                asked.find(&config).await?
            };
            if let Some(file) = &self.write {
                std::fs::write(file, report::markdown(&found, sample, Utc::now().date_naive()))
                    .with_context(|| format!("cannot write {}", file.display()))?;
            }
            told(&found, self.kind, self.trial, self.json)?;
            let is_within = found.iter().all(|audit| audit.is_within);
            Ok(if is_within { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        };
        start_quietly(&config, work)
    }
}

/// What is to be found out.
struct Asked {
    kind: Option<Subject>,
    trial: Trials,
    sample: Sample,
    keep: bool,
    /// The simulated world that the database is of.
    lab: Option<String>,
}

impl Asked {
    fn audited(&self) -> Vec<Audited> {
        let mut audited = Audited::all();
        audited.retain(|one| self.kind.is_none_or(|kind| kind == one.subject));
        audited
    }

    async fn find(&self, config: &Config) -> anyhow::Result<Vec<ScoreAudit>> {
        let now = Utc::now();
        let mut found = self.synthetic(now).await?;
        let needs_database = self.trial != Trials::Synthetic || self.keep;
        if needs_database {
            let database = open_database(config).await?;
            migrate::run(&database).await.context("cannot bring the database up to date")?;
            found.extend(self.find_in(&database, now).await?);
            if self.keep {
                audit::keep(&database, &found).await.context("cannot keep what was found")?;
            }
            database.close().await;
        }
        Ok(found)
    }

    async fn synthetic(&self, now: DateTime<Utc>) -> anyhow::Result<Vec<ScoreAudit>> {
        if !self.trial.has(Trial::Synthetic) {
            return Ok(Vec::new());
        }
        let (audited, sample) = (self.audited(), self.sample);
        let tried = tokio::task::spawn_blocking(move || {
            audited.iter().map(|one| audit::on_synthetic(one, sample, now)).collect()
        });
        Ok(tried.await?)
    }

    /// The same in a simulated world that is made for it.
    async fn find_in_world(mut self, scale: f64) -> anyhow::Result<Vec<ScoreAudit>> {
        let mut found = self.synthetic(Utc::now()).await?;
        let world = world::ReadWorld::make(scale).await?;
        self.lab = Some(world.base.clone());
        found.extend(self.find_in(&world.database, world.now).await?);
        world.end().await;
        Ok(found)
    }

    async fn find_in(
        &self,
        database: &Database,
        now: DateTime<Utc>,
    ) -> anyhow::Result<Vec<ScoreAudit>> {
        let mut found = Vec::new();
        if self.trial.has(Trial::Redrawn) {
            let options = AuditOptions { seed: self.sample.seed, ..AuditOptions::default() };
            let redrawn = audit::on_redrawn(database, self.audited(), options, now).await?;
            if redrawn.is_empty() && !self.audited().is_empty() {
                super::say("no wallet has a settled bet yet: there is nothing to draw anew");
            }
            found.extend(redrawn);
        }
        if let Some(lab) = self.lab.as_deref().filter(|_| self.trial.has(Trial::Planted)) {
            let truth = truth::told_by(lab).await.context("the lab does not tell what is true")?;
            let mut planted = audit::planted(database, &truth, now).await?;
            let wanted =
                |audit: &ScoreAudit| self.kind.is_none_or(|kind| kind.slug() == audit.kind);
            planted.retain(wanted);
            found.extend(planted);
        }
        Ok(found)
    }
}

/// Prints what was found, and of what was not tried why.
fn told(
    found: &[ScoreAudit],
    kind: Option<Subject>,
    trials: Trials,
    is_json: bool,
) -> anyhow::Result<()> {
    if is_json {
        for audit in found {
            let line = json!({
                "kind": audit.kind,
                "version": audit.version,
                "trial": audit.trial.slug(),
                "ran_at": audit.ran_at,
                "is_within": audit.is_within,
                "results": audit.results,
            });
            super::print(&line.to_string())?;
        }
        return Ok(());
    }
    for audit in found {
        super::print(&text::audit(audit))?;
    }
    for subject in Subject::ALL.into_iter().filter(|one| kind.is_none_or(|kind| kind == *one)) {
        for trial in Trial::ALL.into_iter().filter(|trial| trials.has(*trial)) {
            if let Some(why) = subject.does_not_apply(trial) {
                super::say(&format!("{} is not tried on {}: {why}", subject.slug(), trial.slug()));
            }
        }
    }
    Ok(())
}
