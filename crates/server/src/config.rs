//! One configuration, from three places: a flag or its `CASCADIAN_…` variable, else the file, else the
//! default. The same names in all of them.

use std::{fs, net::SocketAddr, path::PathBuf, time::Duration};

use chrono::TimeDelta;
use clap::Args;
use ingest::live::LiveOptions;
use ingest::record::{RecordingOptions, Retention};
use ingest::{ClosedScope, IngestOptions};
use polymarket::{Endpoints, Host};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use store::DatabaseUrl;

use crate::http::{security::PublicUrl, state::Secret};

/// The address served when none is given: this machine only.
const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

/// What is logged when nothing is said.
pub const DEFAULT_LOG: &str = "info,sqlx::postgres::notice=warn";

/// What can be set. Every field is optional here; [`Config`] is what comes of it.
#[derive(Debug, Clone, Default, PartialEq, Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// Address to serve on [default: 127.0.0.1:8080]
    #[arg(long, env = "CASCADIAN_LISTEN", value_name = "ADDR")]
    pub listen: Option<String>,
    /// Directory of the private database [default: the user's data directory]
    #[arg(long, env = "CASCADIAN_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Use this PostgreSQL server instead of a private one: `postgres://USER:PASSWORD@HOST/NAME`
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Token that may start a sync from anywhere; without one, only this machine may
    #[arg(long, env = "CASCADIAN_ADMIN_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    pub admin_token: Option<String>,
    /// Address people use, where it is not the one served on
    #[arg(long, env = "CASCADIAN_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// What this process does: api, ingest [default: both]
    #[arg(long, env = "CASCADIAN_ROLES", value_delimiter = ',', value_name = "ROLES")]
    pub roles: Option<Vec<String>>,
    /// A lab to use instead of Polymarket: all addresses below it that are not given
    #[arg(long, env = "CASCADIAN_LAB_URL", value_name = "URL")]
    pub lab_url: Option<String>,
    /// Base address of Gamma
    #[arg(long, env = "CASCADIAN_GAMMA_URL", value_name = "URL")]
    pub gamma_url: Option<String>,
    /// Base address of the CLOB API
    #[arg(long, env = "CASCADIAN_CLOB_URL", value_name = "URL")]
    pub clob_url: Option<String>,
    /// Base address of the Data API
    #[arg(long, env = "CASCADIAN_DATA_URL", value_name = "URL")]
    pub data_url: Option<String>,
    /// Base address of the CLOB WebSockets; the market channel is at /ws/market below it
    #[arg(long, env = "CASCADIAN_WS_URL", value_name = "URL")]
    pub ws_url: Option<String>,
    /// Base address of RTDS, the feed of live trades
    #[arg(long, env = "CASCADIAN_RTDS_URL", value_name = "URL")]
    pub rtds_url: Option<String>,
    /// Seconds from one full sync to the next [default: 300]
    #[arg(long, env = "CASCADIAN_SYNC_INTERVAL_S", value_name = "SECONDS")]
    pub sync_interval_s: Option<u64>,
    /// Seconds from one refresh of the hot set to the next [default: 60]
    #[arg(long, env = "CASCADIAN_HOT_INTERVAL_S", value_name = "SECONDS")]
    pub hot_interval_s: Option<u64>,
    /// Lifetime volume, in dollars, from which a market is hot [default: 100000]
    #[arg(long, env = "CASCADIAN_HOT_VOLUME", value_name = "USDC")]
    pub hot_volume: Option<u64>,
    /// Liquidity, in dollars, from which a market is hot [default: 50000]
    #[arg(long, env = "CASCADIAN_HOT_LIQUIDITY", value_name = "USDC")]
    pub hot_liquidity: Option<u64>,
    /// Closed markets to fetch: none, all, or "since 2026-01-31" [default: none]
    #[arg(long, env = "CASCADIAN_SYNC_CLOSED", num_args = 1..=2, value_name = "SCOPE")]
    #[serde(deserialize_with = "words_of_text", serialize_with = "text_of_words", default)]
    pub sync_closed: Option<Vec<String>>,
    /// Markets whose order books are streamed because they trade most; those somebody looks at come on top
    /// [default: 1000]
    #[arg(long, env = "CASCADIAN_LIVE_MARKETS", value_name = "COUNT")]
    pub live_markets: Option<u32>,
    /// Seconds from one reading of the tape of trades to the next [default: 30]
    #[arg(long, env = "CASCADIAN_TAPE_INTERVAL_S", value_name = "SECONDS")]
    pub tape_interval_s: Option<u64>,
    /// Hours of trades to read when none are held, 1 to 720 [default: 24]
    #[arg(long, env = "CASCADIAN_TAPE_BACK_H", value_name = "HOURS")]
    pub tape_back_h: Option<u32>,
    /// Seconds of a round through the open markets whose books are not streamed, 60 to 86400; 0: they are not looked
    /// at [default: 600]
    #[arg(long, env = "CASCADIAN_TAIL_INTERVAL_S", value_name = "SECONDS")]
    pub tail_interval_s: Option<u64>,
    /// Days to keep trades, by whole months [default: for ever]
    #[arg(long, env = "CASCADIAN_KEEP_TRADES_D", value_name = "DAYS")]
    pub keep_trades_d: Option<u32>,
    /// Days to keep minute bars, by whole months [default: for ever]
    #[arg(long, env = "CASCADIAN_KEEP_MINUTES_D", value_name = "DAYS")]
    pub keep_minutes_d: Option<u32>,
    /// Days to keep hour bars, by whole months [default: for ever]
    #[arg(long, env = "CASCADIAN_KEEP_HOURS_D", value_name = "DAYS")]
    pub keep_hours_d: Option<u32>,
    /// Percentage of upstream's published rate limits to use, 1 to 100 [default: 25]
    #[arg(long, env = "CASCADIAN_UPSTREAM_RATE_PERCENT", value_name = "PERCENT")]
    pub upstream_rate_percent: Option<u8>,
    /// What to log, as in "info,sqlx=warn" [default: info]
    #[arg(long, env = "CASCADIAN_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// How to log: text or json [default: text]
    #[arg(long, env = "CASCADIAN_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<String>,
}

/// The command line splits `since 2026-01-31` into words; a file has it as one text.
fn words_of_text<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Vec<String>>, D::Error> {
    Option::<String>::deserialize(input).map(|text| text.map(|text| vec![text]))
}

#[expect(clippy::ref_option, reason = "serde hands out a reference to the field")]
fn text_of_words<S: Serializer>(words: &Option<Vec<String>>, output: S) -> Result<S::Ok, S::Error> {
    words.as_ref().map(|words| words.join(" ")).serialize(output)
}

macro_rules! fields {
    ($visit:ident) => {
        $visit!(
            listen,
            data_dir,
            database_url,
            admin_token,
            public_url,
            roles,
            lab_url,
            gamma_url,
            clob_url,
            data_url,
            ws_url,
            rtds_url,
            sync_interval_s,
            hot_interval_s,
            hot_volume,
            hot_liquidity,
            sync_closed,
            live_markets,
            tape_interval_s,
            tape_back_h,
            tail_interval_s,
            keep_trades_d,
            keep_minutes_d,
            keep_hours_d,
            upstream_rate_percent,
            log,
            log_format
        )
    };
}

impl Settings {
    /// These settings, and `other`'s where these say nothing.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        macro_rules! merge {
            ($($field:ident),+) => { Self { $($field: self.$field.or(other.$field)),+ } };
        }
        fields!(merge)
    }

    /// Reads a TOML file. Unknown keys are mistakes.
    pub fn from_file(path: &PathBuf) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path).map_err(|error| {
            ConfigError::one("config", format!("cannot read {}: {error}", path.display()))
        })?;
        toml::from_str(&text).map_err(|error| {
            ConfigError::one("config", format!("{}: {}", path.display(), error.to_string().trim()))
        })
    }
}

/// What a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles {
    /// Serves pages and the API.
    pub api: bool,
    /// Keeps the catalogue up to date.
    pub ingest: bool,
}

/// How to log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The checked configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address to serve on.
    pub listen: SocketAddr,
    /// Directory of the private database; `None` for the default one.
    pub data_dir: Option<PathBuf>,
    /// The server to use instead of a private one.
    pub database_url: Option<DatabaseUrl>,
    /// Who has it may start a sync from anywhere.
    pub admin_token: Option<Secret>,
    /// The address people use.
    pub public_url: Option<PublicUrl>,
    /// What this process does.
    pub roles: Roles,
    /// Where upstream is.
    pub endpoints: Endpoints,
    /// How the catalogue is kept up to date.
    pub ingest: IngestOptions,
    /// Which books are followed.
    pub live: LiveOptions,
    /// What is recorded of what happens.
    pub recording: RecordingOptions,
    /// Share of upstream's published limits to use, in percent.
    pub upstream_rate_percent: u8,
    /// What to log.
    pub log: String,
    /// How to log it.
    pub log_format: LogFormat,
}

/// Settings that cannot be used, all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError(pub Vec<(&'static str, String)>);

impl ConfigError {
    fn one(field: &'static str, message: impl Into<String>) -> Self {
        Self(vec![(field, message.into())])
    }
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the configuration cannot be used:")?;
        for (field, message) in &self.0 {
            write!(f, "\n  {field}: {message}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Checks settings and fills in the defaults. Reports every mistake at once.
    pub fn resolve(settings: Settings) -> Result<Self, ConfigError> {
        let mut check = Check::default();
        match check.resolve(settings) {
            Some(config) if check.mistakes.is_empty() => Ok(config),
            _ => Err(ConfigError(check.mistakes)),
        }
    }

    /// The effective configuration as the file would say it. Secrets are replaced by `…`.
    pub fn to_settings(&self) -> Settings {
        let mut roles = Vec::new();
        for (name, has) in [("api", self.roles.api), ("ingest", self.roles.ingest)] {
            if has {
                roles.push(name.to_owned());
            }
        }
        Settings {
            listen: Some(self.listen.to_string()),
            data_dir: self.data_dir.clone(),
            database_url: self.database_url.as_ref().map(|_| "…".to_owned()),
            admin_token: self.admin_token.as_ref().map(|_| "…".to_owned()),
            public_url: self.public_url.as_ref().map(ToString::to_string),
            roles: Some(roles),
            lab_url: None,
            gamma_url: Some(self.endpoints.base(Host::Gamma).to_string()),
            clob_url: Some(self.endpoints.base(Host::Clob).to_string()),
            data_url: Some(self.endpoints.base(Host::Data).to_string()),
            ws_url: Some(self.endpoints.ws().to_string()),
            rtds_url: Some(self.endpoints.rtds().to_string()),
            sync_interval_s: Some(self.ingest.interval.as_secs()),
            hot_interval_s: Some(self.ingest.hot_interval.as_secs()),
            hot_volume: Some(self.ingest.hot_volume),
            hot_liquidity: Some(self.ingest.hot_liquidity),
            sync_closed: Some(vec![self.ingest.closed.to_string()]),
            live_markets: Some(self.live.busiest),
            tape_interval_s: Some(self.recording.tape_every.as_secs()),
            tape_back_h: u32::try_from(self.recording.tape_back.num_hours()).ok(),
            tail_interval_s: Some(self.recording.tail_every.map_or(0, |every| every.as_secs())),
            keep_trades_d: self.recording.retention.trades_days,
            keep_minutes_d: self.recording.retention.minutes_days,
            keep_hours_d: self.recording.retention.hours_days,
            upstream_rate_percent: Some(self.upstream_rate_percent),
            log: Some(self.log.clone()),
            log_format: Some(
                if self.log_format == LogFormat::Json { "json" } else { "text" }.to_owned(),
            ),
        }
    }
}

#[derive(Default)]
struct Check {
    mistakes: Vec<(&'static str, String)>,
}

impl Check {
    /// The parsed value, or `None` and a note of the mistake.
    fn parse<T>(
        &mut self,
        field: &'static str,
        text: Option<&str>,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        match parse(text?) {
            Ok(value) => Some(value),
            Err(message) => {
                self.mistakes.push((field, message));
                None
            }
        }
    }

    fn seconds(&mut self, field: &'static str, value: Option<u64>, default: Duration) -> Duration {
        match value {
            Some(seconds) if (5..=86_400).contains(&seconds) => Duration::from_secs(seconds),
            Some(seconds) => {
                self.mistakes.push((field, format!("{seconds} is not from 5 to 86400 seconds")));
                default
            }
            None => default,
        }
    }

    /// `None` only after a mistake was noted; with others, their defaults stand in.
    fn resolve(&mut self, settings: Settings) -> Option<Config> {
        let defaults = IngestOptions::default();
        let endpoints = self.endpoints(&settings);
        let listen = settings.listen.as_deref().or(Some(DEFAULT_LISTEN));
        let listen = self.parse("listen", listen, |text| {
            text.parse().map_err(|_| format!("{text:?} is not an address such as {DEFAULT_LISTEN}"))
        });
        let database_url = self.parse("database-url", settings.database_url.as_deref(), |text| {
            text.parse::<DatabaseUrl>().map_err(|error| error.to_string())
        });
        let admin_token = self.parse("admin-token", settings.admin_token.as_deref(), |text| {
            if text.len() < 16 {
                return Err(
                    "must have at least 16 characters; `openssl rand -hex 24` makes one".to_owned()
                );
            }
            Ok(Secret::new(text))
        });
        let public_url = self.parse("public-url", settings.public_url.as_deref(), |text| {
            text.parse::<PublicUrl>().map_err(|error| error.to_string())
        });
        let closed = settings.sync_closed.as_ref().map(|words| words.join(" "));
        let closed = self.parse("sync-closed", closed.as_deref(), |text| {
            text.parse::<ClosedScope>().map_err(|error| format!("{text:?} {error}"))
        });
        let log_format =
            self.parse("log-format", settings.log_format.as_deref(), |text| match text {
                "text" => Ok(LogFormat::Text),
                "json" => Ok(LogFormat::Json),
                other => Err(format!("{other:?} is neither text nor json")),
            });
        let log = settings.log.clone().unwrap_or_else(|| DEFAULT_LOG.to_owned());
        self.parse("log", Some(&log), |text| {
            let filter = text.parse::<tracing_subscriber::EnvFilter>();
            filter.map(drop).map_err(|error| format!("{text:?}: {error}"))
        });
        let percent = settings.upstream_rate_percent.unwrap_or(25);
        if !(1..=100).contains(&percent) {
            self.mistakes
                .push(("upstream-rate-percent", format!("{percent} is not from 1 to 100")));
        }
        let ingest = IngestOptions {
            interval: self.seconds("sync-interval-s", settings.sync_interval_s, defaults.interval),
            hot_interval: self.seconds(
                "hot-interval-s",
                settings.hot_interval_s,
                defaults.hot_interval,
            ),
            hot_volume: settings.hot_volume.unwrap_or(defaults.hot_volume),
            hot_liquidity: settings.hot_liquidity.unwrap_or(defaults.hot_liquidity),
            closed: closed.unwrap_or_default(),
        };
        let live = LiveOptions {
            busiest: settings.live_markets.unwrap_or(LiveOptions::default().busiest),
            ..LiveOptions::default()
        };
        let recording = self.recording(&settings);
        let roles = self.roles(settings.roles.clone());
        Some(Config {
            listen: listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            data_dir: settings.data_dir,
            database_url,
            admin_token,
            public_url,
            roles,
            endpoints: endpoints?,
            ingest,
            live,
            recording,
            upstream_rate_percent: percent,
            log,
            log_format: log_format.unwrap_or(LogFormat::Text),
        })
    }

    fn recording(&mut self, settings: &Settings) -> RecordingOptions {
        let defaults = RecordingOptions::default();
        let every = self.seconds("tape-interval-s", settings.tape_interval_s, defaults.tape_every);
        if settings.tape_back_h.is_some_and(|hours| !(1..=720).contains(&hours)) {
            self.mistakes.push(("tape-back-h", "is not from 1 to 720 hours".to_owned()));
        }
        let tail = match settings.tail_interval_s {
            None => defaults.tail_every,
            Some(0) => None,
            Some(seconds) if (60..=86_400).contains(&seconds) => Some(Duration::from_secs(seconds)),
            Some(seconds) => {
                let message = format!("{seconds} is neither 0 nor from 60 to 86400 seconds");
                self.mistakes.push(("tail-interval-s", message));
                None
            }
        };
        let mut days = |field, days: Option<u32>| {
            if days == Some(0) {
                self.mistakes.push((field, "0 days would keep nothing".to_owned()));
            }
            days
        };
        let retention = Retention {
            trades_days: days("keep-trades-d", settings.keep_trades_d),
            minutes_days: days("keep-minutes-d", settings.keep_minutes_d),
            hours_days: days("keep-hours-d", settings.keep_hours_d),
        };
        let back = settings.tape_back_h.map(|hours| TimeDelta::hours(hours.into()));
        RecordingOptions {
            tape_every: every,
            tail_every: tail,
            tape_back: back.unwrap_or(defaults.tape_back),
            retention,
            ..defaults
        }
    }

    fn endpoints(&mut self, settings: &Settings) -> Option<Endpoints> {
        let lab = settings.lab_url.as_deref();
        let web = |given: &Option<String>, name: &str, public: &str| {
            let below = || lab.map(|lab| Endpoints::web_below(lab, name));
            given.clone().or_else(below).unwrap_or_else(|| public.to_owned())
        };
        let socket = |given: &Option<String>, name: &str, public: &str| {
            let below = || lab.map(|lab| Endpoints::socket_below(lab, name));
            given.clone().or_else(below).unwrap_or_else(|| public.to_owned())
        };
        let endpoints = Endpoints::new(
            &web(&settings.gamma_url, "gamma", Endpoints::GAMMA),
            &web(&settings.clob_url, "clob", Endpoints::CLOB),
            &web(&settings.data_url, "data", Endpoints::DATA),
            &socket(&settings.ws_url, "ws", Endpoints::WS),
            &socket(&settings.rtds_url, "rtds", Endpoints::RTDS),
        );
        let field = |name| match name {
            "gamma" => "gamma-url",
            "clob" => "clob-url",
            "data" => "data-url",
            "rtds" => "rtds-url",
            _ => "ws-url",
        };
        endpoints.map_err(|error| self.mistakes.push((field(error.name), error.to_string()))).ok()
    }

    fn roles(&mut self, names: Option<Vec<String>>) -> Roles {
        let Some(names) = names else { return Roles { api: true, ingest: true } };
        let mut roles = Roles { api: false, ingest: false };
        for name in &names {
            match name.as_str() {
                "api" => roles.api = true,
                "ingest" => roles.ingest = true,
                other => {
                    self.mistakes.push(("roles", format!("{other:?} is not one of api, ingest")));
                }
            }
        }
        if names.is_empty() {
            self.mistakes.push(("roles", "names no role; there are api and ingest".to_owned()));
        }
        roles
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_printed_configuration_can_be_read_back() {
        let settings = Settings {
            listen: Some("127.0.0.1:9000".to_owned()),
            sync_closed: Some(vec!["since".to_owned(), "2026-01-31".to_owned()]),
            roles: Some(vec!["api".to_owned()]),
            ..Settings::default()
        };
        let config = Config::resolve(settings).unwrap();
        let text = toml::to_string(&config.to_settings()).unwrap();
        let again = Config::resolve(toml::from_str(&text).unwrap()).unwrap();
        assert_eq!(again.to_settings(), config.to_settings());
    }

    #[test]
    fn every_mistake_is_reported_and_secrets_are_not() {
        let settings = Settings {
            listen: Some("nowhere".to_owned()),
            database_url: Some("mysql://me:hunter2@host/db".to_owned()),
            admin_token: Some("hunter2".to_owned()),
            gamma_url: Some("ftp://x".to_owned()),
            sync_interval_s: Some(1),
            tail_interval_s: Some(59),
            sync_closed: Some(vec!["sometimes".to_owned()]),
            roles: Some(vec!["api".to_owned(), "cook".to_owned()]),
            upstream_rate_percent: Some(0),
            log_format: Some("xml".to_owned()),
            ..Settings::default()
        };
        let error = Config::resolve(settings).unwrap_err();
        let fields: Vec<_> = error.0.iter().map(|(field, _)| *field).collect();
        for field in [
            "listen",
            "database-url",
            "admin-token",
            "gamma-url",
            "sync-interval-s",
            "tail-interval-s",
            "sync-closed",
            "roles",
        ] {
            assert!(fields.contains(&field), "{field} in {fields:?}");
        }
        assert!(!error.to_string().contains("hunter2"));
    }

    #[test]
    fn flags_go_before_the_file_and_unknown_keys_are_mistakes() {
        let file: Settings = toml::from_str("listen = '127.0.0.1:1'\nhot-volume = 5").unwrap();
        let flags = Settings { listen: Some("127.0.0.1:2".to_owned()), ..Settings::default() };
        let config = Config::resolve(flags.or(file)).unwrap();
        assert_eq!((config.listen.port(), config.ingest.hot_volume), (2, 5));
        assert!(toml::from_str::<Settings>("lisen = 'x'").is_err());
    }
}
