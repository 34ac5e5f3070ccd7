//! The command line. Data goes to standard output, everything else to standard error.

mod audit;
mod config;
mod doctor;
mod lab;
mod markets;
mod migrate;
mod progress;
mod serve;
mod sync;
mod wallet;
mod world;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use store::{Cluster, ClusterOptions, Database, DatabaseSource};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::writer::MakeWriterExt;

use crate::config::{Config, LogFormat, Settings};
use world::WorldArgs;

/// An open, self-hosted intelligence terminal for Polymarket.
#[derive(Debug, Parser)]
#[command(name = "cascadian", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the terminal and keep its catalogue up to date
    Serve(Configured),
    /// Serve the terminal on a simulated world: no account, no network
    Demo(Demo),
    /// Fetch the catalogue once, now
    Sync(Configured),
    /// Print the markets that pass a screen
    Markets(markets::Markets),
    /// Print what a wallet holds, did and made
    Wallet(wallet::Wallet),
    /// Try every score on wallets of which it is known what they are
    Audit(Box<audit::Audit>),
    /// Bring the database's schema up to date
    Migrate(migrate::Migrate),
    /// Check everything this program needs, and say what is missing
    Doctor(Configured),
    /// Check or print the configuration
    Config(config::ConfigCommand),
    /// Print the OpenAPI document of the server
    Openapi,
    /// Print the reference of error codes
    Errors,
    /// Run a Polymarket on this machine
    Lab(lab::Lab),
}

/// Settings of a command, from flags, variables and a file.
#[derive(Debug, Args)]
struct Configured {
    /// TOML file with the same names as the flags
    #[arg(long, env = "CASCADIAN_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Debug, Args)]
struct Demo {
    #[command(flatten)]
    configured: Configured,
    #[command(flatten)]
    world: WorldArgs,
}

impl Configured {
    fn merged(self) -> anyhow::Result<Settings> {
        let file = self.config.as_ref().map(Settings::from_file).transpose()?;
        Ok(self.settings.or(file.unwrap_or_default()))
    }

    fn resolve(self) -> anyhow::Result<Config> {
        Ok(Config::resolve(self.merged()?)?)
    }
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let command = Cli::parse().command;
    match dispatch(command) {
        Ok(code) => code,
        Err(error) => {
            // The whole chain on one line: each part says what the one before it was about.
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Tells the person at the terminal something that is not data.
#[expect(clippy::print_stderr, reason = "the command line talks to people on standard error")]
fn say(line: &str) {
    eprintln!("{line}");
}

fn dispatch(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(configured) => {
            let config = configured.resolve()?;
            start(&config, serve::serve(&config))
        }
        Command::Demo(demo) => {
            let settings = demo.configured.merged()?;
            let config = serve::demo_config(settings)?;
            start(&config, serve::demo(&config, demo.world))
        }
        Command::Sync(configured) => {
            let config = configured.resolve()?;
            start_quietly(&config, sync::sync(&config))
        }
        Command::Markets(markets) => markets.run(),
        Command::Wallet(wallet) => wallet.run(),
        Command::Audit(audit) => audit.run(),
        Command::Migrate(migrate) => migrate.run(),
        Command::Doctor(configured) => doctor::doctor(configured),
        Command::Config(command) => command.run(),
        Command::Openapi => print(crate::api::openapi::document().trim_end()),
        Command::Errors => print(crate::http::error::errors_markdown().trim_end()),
        Command::Lab(lab) => lab.run(),
    }
}

/// Logs at the configured level and runs to the end.
fn start(
    config: &Config,
    work: impl Future<Output = anyhow::Result<ExitCode>>,
) -> anyhow::Result<ExitCode> {
    log_to_stderr(&config.log, config.log_format)?;
    runtime()?.block_on(work)
}

/// The same for commands that show their own progress: only what went wrong is logged, unless a filter was
/// asked for.
fn start_quietly(
    config: &Config,
    work: impl Future<Output = anyhow::Result<ExitCode>>,
) -> anyhow::Result<ExitCode> {
    let is_default = config.log == crate::config::DEFAULT_LOG;
    log_to_stderr(if is_default { "warn" } else { &config.log }, config.log_format)?;
    runtime()?.block_on(work)
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.context("cannot start the runtime")
}

fn log_to_stderr(filter: &str, format: LogFormat) -> anyhow::Result<()> {
    let filter: EnvFilter = filter.parse().context("the log filter cannot be used")?;
    let writer = std::io::stderr.with_max_level(tracing::Level::TRACE);
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(writer)
        .with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Text => builder.with_target(false).compact().init(),
        LogFormat::Json => builder.json().flatten_event(true).init(),
    }
    Ok(())
}

fn print(text: &str) -> anyhow::Result<ExitCode> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n"));
    match written {
        // The reader had enough, as in `… | head`.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(error) => Err(error).context("cannot write to standard output"),
        Ok(()) => Ok(ExitCode::SUCCESS),
    }
}

/// Opens the configured database, starting the private one where it is meant.
///
/// Called from the main thread: the private server dies with the thread that started it.
async fn open_database(config: &Config) -> anyhow::Result<Database> {
    let source = match &config.database_url {
        Some(url) => DatabaseSource::Url(url.clone()),
        None => DatabaseSource::Private(start_cluster(config)?),
    };
    let database = Database::open(source).await.context("cannot open the database")?;
    Ok(database)
}

fn start_cluster(config: &Config) -> anyhow::Result<Cluster> {
    let data_dir = match &config.data_dir {
        Some(dir) => dir.clone(),
        None => store::cluster::default_data_dir()?,
    };
    let began = std::time::Instant::now();
    let cluster = Cluster::start(&ClusterOptions::new(&data_dir))
        .context("cannot start the private database")?;
    tracing::info!(
        database.dir = %data_dir.display(), database.attached = !cluster.is_owner(),
        elapsed_ms = ingest::tally::milliseconds(began.elapsed()), "private database is up"
    );
    Ok(cluster)
}
