//! From what was set to a configuration, with every mistake noted.

use std::{net::SocketAddr, time::Duration};

use chrono::TimeDelta;
use ingest::intelligence::IntelligenceOptions;
use ingest::live::LiveOptions;
use ingest::record::{RecordingOptions, Retention};
use ingest::wallets::WalletOptions;
use ingest::{ClosedScope, IngestOptions};
use polymarket::{Endpoints, Host};
use store::DatabaseUrl;

use super::{Config, DEFAULT_LOG, LogFormat, Roles, Settings};
use crate::http::{security::PublicUrl, state::Secret};

/// The address served when none is given: this machine only.
const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

#[derive(Default)]
pub(super) struct Check {
    pub(super) mistakes: Vec<(&'static str, String)>,
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
    pub(super) fn resolve(&mut self, settings: Settings) -> Option<Config> {
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
        let wallets = self.wallets(&settings);
        let intelligence = self.intelligence(&settings);
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
            wallets,
            intelligence,
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

    fn wallets(&mut self, settings: &Settings) -> WalletOptions {
        let defaults = WalletOptions::default();
        let mut within = |field, value: Option<u64>, least: u64, most: u64| match value {
            Some(value) if !(least..=most).contains(&value) => {
                self.mistakes.push((field, format!("{value} is not from {least} to {most}")));
                None
            }
            value => value,
        };
        let workers = within("wallet-workers", settings.wallet_workers.map(u64::from), 0, 32);
        let rows = within("wallet-rows", settings.wallet_rows, 1_000, 5_000_000);
        let board = within("wallet-board", settings.wallet_board.map(u64::from), 0, 1_000);
        let refresh = within("wallet-refresh-s", settings.wallet_refresh_s, 60, 604_800);
        let background = within("wallet-background-s", settings.wallet_background_s, 60, 604_800);
        let after = |seconds: Option<u64>, default| {
            seconds
                .and_then(|seconds| i64::try_from(seconds).ok())
                .map_or(default, TimeDelta::seconds)
        };
        WalletOptions {
            workers: workers
                .and_then(|count| u32::try_from(count).ok())
                .unwrap_or(defaults.workers),
            most_rows: rows.unwrap_or(defaults.most_rows),
            board_length: board
                .and_then(|count| u16::try_from(count).ok())
                .unwrap_or(defaults.board_length),
            refresh_every: after(refresh, defaults.refresh_every),
            background_every: after(background, defaults.background_every),
            ..defaults
        }
    }

    fn intelligence(&mut self, settings: &Settings) -> IntelligenceOptions {
        let defaults = IntelligenceOptions::default();
        let markets = settings.intelligence_markets.unwrap_or(defaults.markets);
        if !(1..=2_000).contains(&markets) {
            let message = format!("{markets} is not from 1 to 2000");
            self.mistakes.push(("intelligence-markets", message));
        }
        let audit_every = match settings.audit_interval_s {
            Some(0) => Duration::ZERO,
            seconds => self.seconds("audit-interval-s", seconds, defaults.audit_every),
        };
        IntelligenceOptions {
            markets,
            flows_every: self.seconds(
                "flows-interval-s",
                settings.flows_interval_s,
                defaults.flows_every,
            ),
            holders_every: self.seconds(
                "holders-interval-s",
                settings.holders_interval_s,
                defaults.holders_every,
            ),
            wash_every: self.seconds(
                "wash-interval-s",
                settings.wash_interval_s,
                defaults.wash_every,
            ),
            evidence_every: self.seconds(
                "evidence-interval-s",
                settings.evidence_interval_s,
                defaults.evidence_every,
            ),
            signals_every: self.seconds(
                "signals-interval-s",
                settings.signals_interval_s,
                defaults.signals_every,
            ),
            scoring_every: self.seconds(
                "scoring-interval-s",
                settings.scoring_interval_s,
                defaults.scoring_every,
            ),
            clusters_every: self.seconds(
                "clusters-interval-s",
                settings.clusters_interval_s,
                defaults.clusters_every,
            ),
            consensus_every: self.seconds(
                "consensus-interval-s",
                settings.consensus_interval_s,
                defaults.consensus_every,
            ),
            audit_every,
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
        let user_pnl = web(&settings.user_pnl_url, Host::UserPnl.name(), Endpoints::USER_PNL);
        let endpoints = endpoints.and_then(|endpoints| endpoints.with_user_pnl(&user_pnl));
        let field = |name| match name {
            "gamma" => "gamma-url",
            "clob" => "clob-url",
            "data" => "data-url",
            "user-pnl" => "user-pnl-url",
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
