//! Which simulated world to make, and how to make the same one again.

use std::path::Path;

use anyhow::{Context, bail};
use chrono::{DateTime, SubsecRound, Utc};
use clap::Args;
use lab::{World, WorldOptions};
use serde::{Deserialize, Serialize};

/// File in a demo's data directory that says which world its database knows.
const FILE: &str = "world.json";

/// What makes one world differ from another.
#[derive(Debug, Clone, PartialEq, Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WorldArgs {
    /// The same seed, size and beginning make the same world
    #[arg(long, env = "CASCADIAN_SEED", default_value_t = 7)]
    seed: u64,
    /// Size against the standard world of 2,400 markets, 2,100 wallets and 500,000 fills
    #[arg(long, env = "CASCADIAN_SCALE", default_value_t = 1.0, value_parser = positive)]
    scale: f64,
    /// Markets to begin with, if not those of the scale
    #[arg(long, env = "CASCADIAN_MARKETS", value_name = "N")]
    markets: Option<usize>,
    /// People trade so many times as often as in its past; for soak and load
    #[arg(long, env = "CASCADIAN_ACTIVITY", default_value_t = 1.0, value_parser = positive)]
    activity: f64,
    /// The instant up to which its past is generated, such as 2026-11-23T12:00:00Z; it then lives on
    /// [default: now]
    #[arg(long, env = "CASCADIAN_SINCE", value_name = "INSTANT")]
    since: Option<DateTime<Utc>>,
}

fn positive(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if number > 0.0 && number <= 1_000.0 {
        Ok(number)
    } else {
        Err("must be above 0 and at most 1000".to_owned())
    }
}

impl WorldArgs {
    /// Makes the world and lives it up to now.
    pub(super) fn generate(&self) -> anyhow::Result<World> {
        if let Some(since) = self.since.filter(|&since| since > Utc::now()) {
            bail!("--since {since} is in the future; give an instant that has passed");
        }
        let mut world = self.begin();
        world.advance(Utc::now());
        Ok(world)
    }

    /// Makes the world with its past.
    pub(super) fn begin(&self) -> World {
        let since = self.since.unwrap_or_else(Utc::now).trunc_subsecs(0);
        let options = WorldOptions::new(self.seed, since).scale(self.scale).activity(self.activity);
        let options = match self.markets {
            Some(markets) => options.markets(markets),
            None => options,
        };
        let began = std::time::Instant::now();
        let world = World::generate(&options);
        tracing::info!(
            markets = world.market_count(),
            wallets = world.wallet_count(),
            fills = world.fill_count(),
            elapsed_ms = ingest::tally::milliseconds(began.elapsed()),
            "simulated world made"
        );
        world
    }

    /// The world that the database in `data_dir` knows, or this one if it knows none yet. A demo that is
    /// started again goes on where it was: its database would not fit a world with another past.
    pub(super) fn kept_in(self, data_dir: &Path) -> anyhow::Result<Self> {
        let file = data_dir.join(FILE);
        let wanted =
            Self { since: self.since.or(Some(Utc::now().trunc_subsecs(0))), ..self.clone() };
        match std::fs::read_to_string(&file) {
            Ok(text) => {
                let known: Self = serde_json::from_str(&text)
                    .with_context(|| format!("{} is not what the demo wrote", file.display()))?;
                let fits = known == Self { since: self.since.or(known.since), ..self };
                if !fits {
                    bail!(
                        "{} holds another simulated world ({text}); give the same options, another \
                         --data-dir, or remove that directory",
                        data_dir.display()
                    );
                }
                Ok(known)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                std::fs::create_dir_all(data_dir)
                    .and_then(|()| std::fs::write(&file, serde_json::to_string(&wanted)?))
                    .with_context(|| format!("cannot write {}", file.display()))?;
                Ok(wanted)
            }
            Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(seed: u64) -> WorldArgs {
        WorldArgs { seed, scale: 1.0, markets: None, activity: 1.0, since: None }
    }

    #[test]
    fn a_demo_goes_on_with_the_world_its_database_knows() {
        let dir = tempfile::tempdir().unwrap();
        let first = args(7).kept_in(dir.path()).unwrap();
        assert!(first.since.is_some());
        assert_eq!(args(7).kept_in(dir.path()).unwrap(), first);
        let refused = args(8).kept_in(dir.path()).unwrap_err().to_string();
        assert!(refused.contains("another simulated world"), "{refused}");
        let elsewhere = WorldArgs { activity: 100.0, ..args(7) };
        assert!(elsewhere.kept_in(dir.path()).is_err());
    }

    #[test]
    fn a_world_of_the_future_is_refused() {
        let tomorrow = Utc::now() + chrono::TimeDelta::days(1);
        let refused = WorldArgs { since: Some(tomorrow), ..args(1) }.generate().unwrap_err();
        assert!(refused.to_string().contains("in the future"), "{refused}");
        for wrong in ["0", "-1", "x", "NaN", "1e9"] {
            assert!(positive(wrong).is_err(), "{wrong} was taken");
        }
    }
}
