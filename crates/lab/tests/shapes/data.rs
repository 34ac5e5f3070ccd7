//! Bodies of the host of trades, positions and profits.

use serde_json::Value;

use crate::Bodies;
use crate::recordings::Recordings;
use crate::sample::{Sample, array, text, without};

/// How many wallets or markets are asked for one by one.
const SOME: usize = 40;

/// Nobody's: the wallet that was asked for when the answers for unknown ones were recorded.
const UNKNOWN: &str = "0xfa53405fa12212476204b416af94905a8e5c4a07";

/// Answers of the second version to one question for each of several.
struct Question {
    name: &'static str,
    /// Recorded answers.
    files: &'static [&'static str],
    path: &'static str,
    of: Of,
}

/// What is put in for `{}` in a path.
#[derive(Clone, Copy)]
enum Of {
    Once,
    Wallets,
    /// Wallets, and one that nobody knows.
    WalletsAndNobody,
    Conditions,
    Resolved,
    Pending,
    Tokens,
    Events,
}

const fn ask(
    name: &'static str,
    files: &'static [&'static str],
    path: &'static str,
    of: Of,
) -> Question {
    Question { name, files, path, of }
}

const QUESTIONS: &[Question] = &[
    ask("data /v2/trades", &["trades"], "/trades?limit=1000", Of::Once),
    ask(
        "data /v2/activity",
        &["activity", "activity_tips"],
        "/activity?limit=500&user={}",
        Of::Wallets,
    ),
    ask("data /v2/positions", &["positions"], "/positions?limit=500&user={}", Of::Wallets),
    ask(
        "data /v2/positions?status=CLOSED",
        &["positions_closed"],
        "/positions?limit=500&status=CLOSED&user={}",
        Of::Wallets,
    ),
    ask(
        "data /v2/user-pnl",
        &["user_pnl"],
        "/user-pnl?interval=1w&fidelity=1d&user={}",
        Of::Wallets,
    ),
    ask(
        "data /v2/user-stats",
        &["user_stats", "user_stats_unknown"],
        "/user-stats?user={}",
        Of::WalletsAndNobody,
    ),
    ask("data /v2/user-volume", &["user_volume"], "/user-volume?user={}", Of::Wallets),
    ask("data /v2/value", &["value"], "/value?user={}", Of::Wallets),
    ask("data /v2/holders", &["holders"], "/holders?condition={}", Of::Conditions),
    ask(
        "data /v2/holders?include_pnl",
        &["holders_pnl"],
        "/holders?include_pnl=true&limit=100&condition={}",
        Of::Conditions,
    ),
    ask("data /v2/oi?condition", &["open_interest"], "/oi?condition={}", Of::Conditions),
    ask("data /v2/oi", &["open_interest_global"], "/oi", Of::Once),
    ask("data /v2/live-volume", &["live_volume"], "/live-volume?event_id={}", Of::Events),
    ask(
        "data /v2/prices-history",
        &["prices_history"],
        "/prices-history?token_id={}&interval=1d&limit=500",
        Of::Tokens,
    ),
    ask(
        "data /v2/resolutions, resolved",
        &["resolutions"],
        "/resolutions?condition={}",
        Of::Resolved,
    ),
    ask(
        "data /v2/resolutions, pending",
        &["resolutions_pending"],
        "/resolutions?condition={}",
        Of::Pending,
    ),
    ask("data /v2/tokens", &["tokens"], "/tokens?condition={}", Of::Resolved),
    ask(
        "data /v2/leaderboard",
        &["leaderboard"],
        "/leaderboard?time_period=week&limit=500",
        Of::Once,
    ),
    ask(
        "data /v2/leaderboard?user",
        &["leaderboard_user", "leaderboard_user_unknown"],
        "/leaderboard?time_period=week&user={}",
        Of::WalletsAndNobody,
    ),
    ask(
        "data /v2/biggest-winners",
        &["biggest_winners"],
        "/biggest-winners?time_period=week&limit=500",
        Of::Once,
    ),
    ask(
        "data /v2/biggest-winners?category=combos",
        &["biggest_winners_combos"],
        "/biggest-winners?category=combos&time_period=all",
        Of::Once,
    ),
    ask("data /v2/approvals", &["approvals"], "/approvals?user={}", Of::Wallets),
    ask(
        "data /v2/builders/leaderboard",
        &["builders_leaderboard"],
        "/builders/leaderboard?time_period=week",
        Of::Once,
    ),
    ask(
        "data /v2/builders/volume",
        &["builder_volume"],
        "/builders/volume?interval=week",
        Of::Once,
    ),
    ask(
        "data /v2/positions/combos",
        &["combo_positions"],
        "/positions/combos?user={}",
        Of::Wallets,
    ),
    ask("data /v2/activity/combos", &["combo_activity"], "/activity/combos?user={}", Of::Wallets),
    ask("data /v2/status", &["status"], "/status", Of::Once),
];

pub async fn bodies(sample: &Sample, recordings: &Recordings) -> Vec<Bodies> {
    let mut all = first_version(sample, recordings).await;
    // What is said of paging is the same for every route; rows are compared route by route.
    let mut paging = Bodies::new("data /v2 pagination", Vec::new(), Vec::new());
    for question in QUESTIONS {
        let file = |file: &&str| recordings.body(&format!("data-v2/{file}.json"));
        let recorded = question.files.iter().map(file).collect();
        let path = format!("/data/v2{}", question.path);
        let lab = match question.of {
            Of::Once => vec![sample.json(&path).await],
            of => sample.each(&path, &ids(sample, of)).await,
        };
        all.push(Bodies::new(
            question.name,
            unpaged(recorded, &mut paging.recorded),
            unpaged(lab, &mut paging.lab),
        ));
    }
    all.push(paging);
    all
}

/// The bodies without what they say of paging, which goes `into` another place.
fn unpaged(bodies: Vec<Value>, into: &mut Vec<Value>) -> Vec<Value> {
    let unpaged = |body: Value| {
        let (body, pagination) = without(body, "pagination");
        into.extend((!pagination.is_null()).then_some(pagination));
        body
    };
    bodies.into_iter().map(unpaged).collect()
}

fn ids(sample: &Sample, of: Of) -> Vec<String> {
    let some = |ids: &mut dyn Iterator<Item = &String>| ids.take(SOME).cloned().collect();
    match of {
        Of::Once => Vec::new(),
        Of::Wallets => some(&mut sample.wallets.iter()),
        Of::WalletsAndNobody => {
            let mut wallets: Vec<_> = some(&mut sample.wallets.iter());
            wallets.push(UNKNOWN.to_owned());
            wallets
        }
        Of::Conditions => some(&mut sample.conditions()),
        Of::Resolved => some(&mut sample.resolved.iter()),
        Of::Pending => some(&mut sample.pending.iter()),
        Of::Tokens => some(&mut sample.tokens().take(5)),
        Of::Events => some(&mut sample.markets.iter().map(|market| &market.event)),
    }
}

async fn first_version(sample: &Sample, recordings: &Recordings) -> Vec<Bodies> {
    let mut trades = recordings.rows("data-v1/trades-100.json.gz");
    trades.extend(recordings.rows("one-market-2026-10/trades.json"));
    let activity = sample.each("/data/activity?limit=500&user={}", &ids(sample, Of::Wallets)).await;
    vec![
        Bodies::new("data /trades", trades, array(sample.json("/data/trades?limit=500").await)),
        Bodies::new(
            "data /activity",
            recordings.rows("data-v1/activity-3500.json.gz"),
            activity.into_iter().flat_map(array).collect(),
        ),
    ]
}

/// Condition ids of the rows of a listing whose resolution has come as far as one of `statuses`.
pub fn with_status(markets: &[Value], statuses: &[&str]) -> Vec<String> {
    let is_at = |market: &&Value| {
        market["umaResolutionStatus"].as_str().is_some_and(|status| statuses.contains(&status))
    };
    markets.iter().filter(is_at).map(|market| text(market, "conditionId")).collect()
}
