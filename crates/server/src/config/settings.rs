//! What can be set, by whatever means.

use std::{fs, path::PathBuf};

use clap::Args;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ConfigError;

/// What can be set. Every field is optional here; [`super::Config`] is what comes of it.
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
    /// Base address of the site's profit charts
    #[arg(long, env = "CASCADIAN_USER_PNL_URL", value_name = "URL")]
    pub user_pnl_url: Option<String>,
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
    /// Imports of wallets' histories at once; 0: none [default: 2]
    #[arg(long, env = "CASCADIAN_WALLET_WORKERS", value_name = "COUNT")]
    pub wallet_workers: Option<u32>,
    /// Most rows of activity to keep of a wallet, 1000 to 5000000; a larger one's figures are withheld
    /// [default: 500000]
    #[arg(long, env = "CASCADIAN_WALLET_ROWS", value_name = "COUNT")]
    pub wallet_rows: Option<u64>,
    /// Leaders of each of upstream's boards to import, 0 to 1000 [default: 100]
    #[arg(long, env = "CASCADIAN_WALLET_BOARD", value_name = "COUNT")]
    pub wallet_board: Option<u16>,
    /// Seconds from one import of a wallet on a board, or that is followed, to the next, 60 to 604800 [default: 900]
    #[arg(long, env = "CASCADIAN_WALLET_REFRESH_S", value_name = "SECONDS")]
    pub wallet_refresh_s: Option<u64>,
    /// Seconds from one import of any other wallet to the next, 60 to 604800 [default: 86400]
    #[arg(long, env = "CASCADIAN_WALLET_BACKGROUND_S", value_name = "SECONDS")]
    pub wallet_background_s: Option<u64>,
    /// Seconds from one look at new trades, for flows and large ones, to the next [default: 5]
    #[arg(long, env = "CASCADIAN_FLOWS_INTERVAL_S", value_name = "SECONDS")]
    pub flows_interval_s: Option<u64>,
    /// Seconds from one reading of a market's holders to the next [default: 3600]
    #[arg(long, env = "CASCADIAN_HOLDERS_INTERVAL_S", value_name = "SECONDS")]
    pub holders_interval_s: Option<u64>,
    /// Seconds from one look for trade with oneself to the next [default: 3600]
    #[arg(long, env = "CASCADIAN_WASH_INTERVAL_S", value_name = "SECONDS")]
    pub wash_interval_s: Option<u64>,
    /// Seconds from one look for trades ahead of news to the next [default: 60]
    #[arg(long, env = "CASCADIAN_EVIDENCE_INTERVAL_S", value_name = "SECONDS")]
    pub evidence_interval_s: Option<u64>,
    /// Seconds from one look for signals to the next [default: 60]
    #[arg(long, env = "CASCADIAN_SIGNALS_INTERVAL_S", value_name = "SECONDS")]
    pub signals_interval_s: Option<u64>,
    /// Seconds from one scoring of all wallets to the next [default: 300]
    #[arg(long, env = "CASCADIAN_SCORING_INTERVAL_S", value_name = "SECONDS")]
    pub scoring_interval_s: Option<u64>,
    /// Seconds from one search for wallets of one owner to the next [default: 3600]
    #[arg(long, env = "CASCADIAN_CLUSTERS_INTERVAL_S", value_name = "SECONDS")]
    pub clusters_interval_s: Option<u64>,
    /// Seconds from one look at where smart money stands to the next [default: 120]
    #[arg(long, env = "CASCADIAN_CONSENSUS_INTERVAL_S", value_name = "SECONDS")]
    pub consensus_interval_s: Option<u64>,
    /// Seconds from one audit of the scores to the next; 0: they are not audited [default: 86400]
    #[arg(long, env = "CASCADIAN_AUDIT_INTERVAL_S", value_name = "SECONDS")]
    pub audit_interval_s: Option<u64>,
    /// Markets whose holders and trades are looked through because they trade most, 1 to 2000 [default: 200]
    #[arg(long, env = "CASCADIAN_INTELLIGENCE_MARKETS", value_name = "COUNT")]
    pub intelligence_markets: Option<u32>,
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
            user_pnl_url,
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
            wallet_workers,
            wallet_rows,
            wallet_board,
            wallet_refresh_s,
            wallet_background_s,
            flows_interval_s,
            holders_interval_s,
            wash_interval_s,
            evidence_interval_s,
            signals_interval_s,
            scoring_interval_s,
            clusters_interval_s,
            consensus_interval_s,
            audit_interval_s,
            intelligence_markets,
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
