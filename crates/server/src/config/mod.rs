//! One configuration, from three places: a flag or its `CASCADIAN_…` variable, else the file, else the
//! default. The same names in all of them.

mod check;
mod settings;

use std::{net::SocketAddr, path::PathBuf};

use ingest::IngestOptions;
use ingest::intelligence::IntelligenceOptions;
use ingest::live::LiveOptions;
use ingest::record::RecordingOptions;
use ingest::wallets::WalletOptions;
use polymarket::{Endpoints, Host};
use store::DatabaseUrl;

pub use settings::Settings;

use self::check::Check;
use crate::http::{security::PublicUrl, state::Secret};

/// What is logged when nothing is said.
pub const DEFAULT_LOG: &str = "info,sqlx::postgres::notice=warn";

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
    /// How wallets' histories are imported.
    pub wallets: WalletOptions,
    /// How often scores, flows and signals are made.
    pub intelligence: IntelligenceOptions,
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
        let address = |host| self.endpoints.base(host).map(ToString::to_string);
        Settings {
            listen: Some(self.listen.to_string()),
            data_dir: self.data_dir.clone(),
            database_url: self.database_url.as_ref().map(|_| "…".to_owned()),
            admin_token: self.admin_token.as_ref().map(|_| "…".to_owned()),
            public_url: self.public_url.as_ref().map(ToString::to_string),
            roles: Some(roles),
            lab_url: None,
            gamma_url: address(Host::Gamma),
            clob_url: address(Host::Clob),
            data_url: address(Host::Data),
            user_pnl_url: address(Host::UserPnl),
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
            wallet_workers: Some(self.wallets.workers),
            wallet_rows: Some(self.wallets.most_rows),
            wallet_board: Some(self.wallets.board_length),
            wallet_refresh_s: u64::try_from(self.wallets.refresh_every.num_seconds()).ok(),
            wallet_background_s: u64::try_from(self.wallets.background_every.num_seconds()).ok(),
            flows_interval_s: Some(self.intelligence.flows_every.as_secs()),
            holders_interval_s: Some(self.intelligence.holders_every.as_secs()),
            wash_interval_s: Some(self.intelligence.wash_every.as_secs()),
            evidence_interval_s: Some(self.intelligence.evidence_every.as_secs()),
            signals_interval_s: Some(self.intelligence.signals_every.as_secs()),
            scoring_interval_s: Some(self.intelligence.scoring_every.as_secs()),
            clusters_interval_s: Some(self.intelligence.clusters_every.as_secs()),
            consensus_interval_s: Some(self.intelligence.consensus_every.as_secs()),
            audit_interval_s: Some(self.intelligence.audit_every.as_secs()),
            intelligence_markets: Some(self.intelligence.markets),
            upstream_rate_percent: Some(self.upstream_rate_percent),
            log: Some(self.log.clone()),
            log_format: Some(
                if self.log_format == LogFormat::Json { "json" } else { "text" }.to_owned(),
            ),
        }
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
    fn a_lab_stands_for_every_host_that_has_no_address_of_its_own() {
        let lab = Some("http://127.0.0.1:9100".to_owned());
        let elsewhere = Some("http://127.0.0.1:1/charts".to_owned());
        let settings =
            Settings { lab_url: lab, user_pnl_url: elsewhere.clone(), ..Settings::default() };
        let told = Config::resolve(settings.clone()).unwrap().to_settings();
        assert_eq!(told.user_pnl_url, elsewhere);
        let settings = Settings { user_pnl_url: None, ..settings };
        let told = Config::resolve(settings).unwrap().to_settings();
        for url in [told.gamma_url, told.clob_url, told.data_url, told.user_pnl_url] {
            assert!(url.as_ref().unwrap().starts_with("http://127.0.0.1:9100/"), "{url:?}");
        }
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
            wallet_board: Some(1_001),
            wallet_refresh_s: Some(59),
            flows_interval_s: Some(0),
            intelligence_markets: Some(0),
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
            "wallet-board",
            "wallet-refresh-s",
            "flows-interval-s",
            "intelligence-markets",
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
