//! Bodies of the host of trades, positions and profits.

use serde_json::Value;

use crate::Bodies;
use crate::recordings::Recordings;
use crate::sample::{Sample, array, text};

/// How many wallets or markets are asked for one by one.
const SOME: usize = 40;

/// Nobody's: the wallet that was asked for when the answers for unknown ones were recorded.
const UNKNOWN: &str = "0xfa53405fa12212476204b416af94905a8e5c4a07";

pub async fn bodies(sample: &Sample, recordings: &Recordings) -> Vec<Bodies> {
    let mut all = first_version(sample, recordings).await;
    let version2 = Version2 { sample, recordings };
    all.extend(version2.feeds().await);
    all.extend(version2.wallets().await);
    all.extend(version2.markets().await);
    all.extend(version2.resolutions().await);
    all.extend(version2.boards().await);
    all
}

async fn first_version(sample: &Sample, recordings: &Recordings) -> Vec<Bodies> {
    let mut trades = recordings.rows("data-v1/trades-100.json.gz");
    trades.extend(recordings.rows("one-market-2026-10/trades.json"));
    let activity = sample.each("/data/activity?limit=500&user={}", &sample.wallets[..SOME]).await;
    vec![
        Bodies::new("data /trades", trades, array(sample.json("/data/trades?limit=500").await)),
        Bodies::new(
            "data /activity",
            recordings.rows("data-v1/activity-3500.json.gz"),
            activity.into_iter().flat_map(array).collect(),
        ),
    ]
}

struct Version2<'a> {
    sample: &'a Sample,
    recordings: &'a Recordings,
}

impl Version2<'_> {
    fn body(&self, name: &'static str, file: &str, lab: Vec<Value>) -> Bodies {
        let recorded = vec![self.recordings.body(&format!("data-v2/{file}.json"))];
        Bodies::new(name, recorded, lab)
    }

    async fn one(&self, name: &'static str, file: &str, path: &str) -> Bodies {
        let answer = self.sample.json(&format!("/data/v2{path}")).await;
        self.body(name, file, vec![answer])
    }

    async fn of_wallets(&self, name: &'static str, file: &str, path: &str) -> Bodies {
        let path = format!("/data/v2{path}");
        self.body(name, file, self.sample.each(&path, &self.sample.wallets[..SOME]).await)
    }

    async fn of_markets(&self, name: &'static str, file: &str, path: &str) -> Bodies {
        let path = format!("/data/v2{path}");
        self.body(name, file, self.sample.each(&path, self.sample.conditions().take(SOME)).await)
    }

    async fn feeds(&self) -> Vec<Bodies> {
        vec![
            self.one("data /v2/trades", "trades", "/trades?limit=1000").await,
            self.of_wallets("data /v2/activity", "activity", "/activity?limit=500&user={}").await,
            self.of_wallets(
                "data /v2/activity?type",
                "activity_tips",
                "/activity?type=TRADE%2CTIP&user={}",
            )
            .await,
        ]
    }

    async fn wallets(&self) -> Vec<Bodies> {
        let unknown = |path: &str| path.replace("{}", UNKNOWN);
        vec![
            self.of_wallets("data /v2/positions", "positions", "/positions?limit=500&user={}").await,
            self.of_wallets(
                "data /v2/positions?status=CLOSED",
                "positions_closed",
                "/positions?limit=500&status=CLOSED&user={}",
            )
            .await,
            self.of_wallets(
                "data /v2/user-pnl",
                "user_pnl",
                "/user-pnl?interval=1w&fidelity=1d&user={}",
            )
            .await,
            self.of_wallets("data /v2/user-stats", "user_stats", "/user-stats?user={}").await,
            self.one(
                "data /v2/user-stats of nobody",
                "user_stats_unknown",
                &unknown("/user-stats?user={}"),
            )
            .await,
            self.of_wallets("data /v2/user-volume", "user_volume", "/user-volume?user={}").await,
            self.of_wallets("data /v2/value", "value", "/value?user={}").await,
        ]
    }

    async fn markets(&self) -> Vec<Bodies> {
        let events = self.sample.markets.iter().map(|market| &market.event).take(SOME);
        let histories = "/data/v2/prices-history?token_id={}&interval=1d&limit=500";
        vec![
            self.of_markets("data /v2/holders", "holders", "/holders?condition={}").await,
            self.of_markets(
                "data /v2/holders?include_pnl",
                "holders_pnl",
                "/holders?include_pnl=true&limit=100&condition={}",
            )
            .await,
            self.of_markets("data /v2/oi?condition", "open_interest", "/oi?condition={}").await,
            self.one("data /v2/oi", "open_interest_global", "/oi").await,
            self.body(
                "data /v2/live-volume",
                "live_volume",
                self.sample.each("/data/v2/live-volume?event_id={}", events).await,
            ),
            self.body(
                "data /v2/prices-history",
                "prices_history",
                self.sample.each(histories, self.sample.tokens().take(5)).await,
            ),
            self.one("data /v2/status", "status", "/status").await,
        ]
    }

    async fn resolutions(&self) -> Vec<Bodies> {
        let closed = self.conditions_by_status("closed=true", &["resolved"]).await;
        let pending = self.conditions_by_status("closed=false", &["proposed", "disputed"]).await;
        let resolutions = "/data/v2/resolutions?condition={}";
        vec![
            self.body(
                "data /v2/resolutions, resolved",
                "resolutions",
                self.sample.each(resolutions, closed.iter().take(SOME)).await,
            ),
            self.body(
                "data /v2/resolutions, pending",
                "resolutions_pending",
                self.sample.each(resolutions, pending.iter().take(SOME)).await,
            ),
            self.body(
                "data /v2/tokens",
                "tokens",
                self.sample.each("/data/v2/tokens?condition={}", closed.iter().take(SOME)).await,
            ),
        ]
    }

    /// Markets whose resolution has come as far as one of `statuses`.
    async fn conditions_by_status(&self, which: &str, statuses: &[&str]) -> Vec<String> {
        let markets = self.sample.running.enumerate("markets", &format!("&{which}")).await;
        let is_at = |market: &&Value| {
            market["umaResolutionStatus"].as_str().is_some_and(|status| statuses.contains(&status))
        };
        markets.iter().filter(is_at).map(|market| text(market, "conditionId")).collect()
    }

    async fn boards(&self) -> Vec<Bodies> {
        vec![
            self.one(
                "data /v2/leaderboard",
                "leaderboard",
                "/leaderboard?time_period=week&limit=500",
            )
            .await,
            self.of_wallets(
                "data /v2/leaderboard?user",
                "leaderboard_user",
                "/leaderboard?time_period=week&user={}",
            )
            .await,
            self.one(
                "data /v2/leaderboard?user of nobody",
                "leaderboard_user_unknown",
                &format!("/leaderboard?time_period=week&user={UNKNOWN}"),
            )
            .await,
            self.one(
                "data /v2/biggest-winners",
                "biggest_winners",
                "/biggest-winners?time_period=week&limit=500",
            )
            .await,
        ]
    }
}
