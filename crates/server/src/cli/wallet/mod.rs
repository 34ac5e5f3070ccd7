//! `wallet`: one wallet on the command line, as a running terminal tells it.

mod lists;
mod summary;
mod terminal;
mod text;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::bail;
use clap::{Args, ValueEnum};

use self::terminal::Terminal;
use super::progress::Progress;
use crate::api::wallet::reply::WalletReply;
use crate::config::LogFormat;
use crate::view::wallet::WalletProfile;

/// What `--no-wait` ends with where the history is not held yet: come back later (`EX_TEMPFAIL` of sysexits.h).
const NOT_YET: u8 = 75;
/// How often a terminal is asked how far an import is.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// After so long in the queue it is said what may be the matter.
const LONG_WAIT: Duration = Duration::from_secs(30);
/// Rows of a list where none are asked for.
const DEFAULT_LIMIT: usize = 25;

#[derive(Debug, Args)]
#[command(after_help = "\
Asks a terminal that runs (`cascadian serve` or `cascadian demo`). A wallet whose history is not held yet is \
imported first, which takes moments to minutes.

  cascadian wallet 0x379a410a36c101e3b8dfb6c90d1176eb0def4b1a
  cascadian wallet @somebody positions
  cascadian wallet @somebody trades side=buy min_usdc=100 since=2026-01-01 --limit 50
  cascadian wallet @somebody activity --csv > activity.csv
  cascadian wallet @somebody --json | jq .pnl.totals

Ends with 0, with 1 after an error, and with 75 where --no-wait was given and the history is not held yet.")]
pub(super) struct Wallet {
    /// Address in any case, user name, or address of a profile page
    #[arg(value_name = "ADDRESS")]
    who: String,
    /// What to print
    #[arg(value_enum, value_name = "WHAT", default_value_t = What::Summary)]
    what: What,
    /// Parameters of the API's list, for trades and activity, as in: `side=buy min_usdc=100`
    #[arg(value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    /// At most this many rows [default: 25]
    #[arg(long, conflicts_with = "csv")]
    limit: Option<usize>,
    /// Print JSON as the API has it: the summary as one object, a list with one row a line
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print the whole list as CSV
    #[arg(long)]
    csv: bool,
    /// Do not wait for a history that is not held yet
    #[arg(long)]
    no_wait: bool,
    /// Address of the terminal to ask
    #[arg(
        long,
        env = "CASCADIAN_URL",
        value_name = "URL",
        default_value = "http://127.0.0.1:8080"
    )]
    url: String,
}

/// What there is to print of a wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Who it is, what it is worth and made, and how that agrees with the venue
    Summary,
    /// What it holds
    Positions,
    /// What it held: sold, redeemed, or settled by a resolution
    Closed,
    /// Its trades, the newest first
    Trades,
    /// Everything it did, the newest first
    Activity,
}

impl Wallet {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        if self.csv && self.what == What::Summary {
            bail!("--csv needs a list, as in `cascadian wallet {} trades --csv`", self.who);
        }
        if self.limit.is_some() && self.what == What::Summary {
            bail!("--limit needs a list, as in `cascadian wallet {} trades --limit 50`", self.who);
        }
        let parameters = pairs(&self.parameters)?;
        if !parameters.is_empty() && !matches!(self.what, What::Trades | What::Activity) {
            bail!("only trades and activity can be narrowed down by parameters");
        }
        super::log_to_stderr("warn", LogFormat::Text)?;
        super::runtime()?.block_on(self.answer(&parameters))
    }

    async fn answer(&self, parameters: &[(String, String)]) -> anyhow::Result<ExitCode> {
        let terminal = Terminal::at(&self.url)?;
        let profile = self.profile(&terminal).await?;
        say_who_is_meant(&profile);
        let address = profile.data.address.clone();
        let is_held = profile.data.history.is_some();
        if !is_held {
            super::say(&format!(
                "the history of {address} is not held yet ({}); without --no-wait it is waited for",
                profile.data.import.state
            ));
        }
        match self.what {
            What::Summary => summary::print(&terminal, profile, self.json).await?,
            _ if !is_held => {}
            what => {
                let form = match (self.csv, self.json) {
                    (true, _) => lists::Form::Csv,
                    (_, true) => lists::Form::Json,
                    _ => lists::Form::Table,
                };
                let limit = self.limit.unwrap_or(DEFAULT_LIMIT);
                lists::List { terminal: &terminal, address: &address, parameters, limit, form }
                    .print(what)
                    .await?;
            }
        }
        Ok(if is_held { ExitCode::SUCCESS } else { ExitCode::from(NOT_YET) })
    }

    /// Who it is, once its history is held; at once where that is not waited for.
    async fn profile(&self, terminal: &Terminal) -> anyhow::Result<WalletReply<WalletProfile>> {
        let mut waiting: Option<Waiting> = None;
        loop {
            let profile: WalletReply<WalletProfile> =
                terminal.wallet(&self.who, "profile", &[]).await?;
            if profile.data.history.is_some() || self.no_wait {
                if let Some(waiting) = waiting {
                    waiting.progress.clear();
                }
                return Ok(profile);
            }
            let import = &profile.data.import;
            if import.state == "failed" {
                let why = import.last_error.as_deref().unwrap_or("no reason is known");
                let again = text::instant(import.due_at);
                bail!("its history could not be imported: {why}; it is tried again at {again}");
            }
            waiting.get_or_insert_with(|| Waiting::begin(&profile.data.address)).look(&profile);
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

/// A wait for an import, as it is shown.
struct Waiting {
    progress: Progress,
    since: Instant,
    is_explained: bool,
}

impl Waiting {
    fn begin(address: &str) -> Self {
        super::say(&format!(
            "the history of {address} is imported first; it goes on if you stop waiting"
        ));
        Self { progress: Progress::new(), since: Instant::now(), is_explained: false }
    }

    fn look(&mut self, profile: &WalletReply<WalletProfile>) {
        let import = &profile.data.import;
        self.progress.tell(match import.progress_rows {
            Some(rows) => format!("{} rows of activity read", text::count(rows)),
            None => "waiting for its turn".to_owned(),
        });
        let is_long = import.progress_rows.is_none() && self.since.elapsed() > LONG_WAIT;
        if is_long && !self.is_explained {
            self.is_explained = true;
            super::say(
                "still waiting for its turn: many are before it, or nothing imports here (it takes a \
                 process with the role `ingest` and --wallet-workers above 0)",
            );
        }
    }
}

fn say_who_is_meant(profile: &WalletReply<WalletProfile>) {
    let metadata = &profile.metadata;
    if let (Some(from), Some("key")) = (&metadata.resolved_from, metadata.resolved_by.as_deref()) {
        super::say(&format!("{from} is a key; it signs for the wallet {}", metadata.address));
    }
}

/// The parameters; a whole query string pasted from a URL works as well as single ones.
fn pairs(parameters: &[String]) -> anyhow::Result<Vec<(String, String)>> {
    let one = |parameter: &str| match parameter.split_once('=') {
        Some((name @ ("limit" | "cursor"), _)) => bail!("{name} is chosen with --limit"),
        Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
        None => bail!("{parameter:?} is not NAME=VALUE, as in side=buy"),
    };
    parameters.iter().flat_map(|text| text.split('&')).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Wallet, clap::Error> {
        use clap::{CommandFactory as _, FromArgMatches as _};
        let command = Wallet::augment_args(super::super::Cli::command().subcommand_required(false));
        let mut words = vec!["wallet"];
        words.extend(arguments);
        Wallet::from_arg_matches(&command.try_get_matches_from(words)?)
    }

    #[test]
    fn a_list_and_how_it_is_printed_are_chosen_by_words() {
        let all = ["@name", "trades", "side=buy", "min_usdc=5", "--limit", "3", "--json"];
        let wallet = read(&all).unwrap();
        assert_eq!((wallet.what, wallet.limit, wallet.json), (What::Trades, Some(3), true));
        let expected = [("side", "buy"), ("min_usdc", "5")];
        let read_pairs = pairs(&wallet.parameters).unwrap();
        assert!(
            read_pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).eq(expected)
        );
        assert_eq!(read(&["@name"]).unwrap().what, What::Summary);
        assert!(read(&["@name", "trades", "--csv", "--json"]).is_err());
        assert!(read(&["@name", "everything"]).is_err());
    }

    #[test]
    fn what_a_list_cannot_be_narrowed_down_by_is_refused() {
        let refused = |text: &str| pairs(&[text.to_owned()]).unwrap_err().to_string();
        assert!(refused("buy").contains("NAME=VALUE"));
        assert!(refused("limit=3").contains("--limit"));
        assert_eq!(pairs(&["side=buy&since=2026-01-01".to_owned()]).unwrap().len(), 2);
    }
}
