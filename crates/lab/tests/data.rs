//! scratch
mod support;
use lab::Lab;
use support::{Running, small_world};

#[tokio::test]
async fn scratch() {
    let t = std::time::Instant::now();
    let world = small_world(1);
    eprintln!("world {:?} fills {} wallets {} markets {}", t.elapsed(), world.fill_count(), world.wallet_count(), world.market_count());
    let running = Running::start(Lab::world(world)).await;
    let trades = running.json("/data/v2/trades?limit=1000&taker_only=false").await;
    let rows = trades["data"].as_array().unwrap();
    eprintln!("{}", serde_json::to_string_pretty(&rows[0]).unwrap());
    eprintln!("{}", trades["pagination"]);
    let user = rows[0]["proxy_wallet"].as_str().unwrap().to_owned();
    let cond = rows[0]["condition_id"].as_str().unwrap().to_owned();
    let token = rows[0]["token_id"].as_str().unwrap().to_owned();
    for path in [
        format!("/data/v2/positions?user={user}&limit=1"), format!("/data/v2/positions?user={user}&limit=1&status=CLOSED"),
        format!("/data/v2/activity?user={user}&limit=2"),
        format!("/data/v2/activity?user={user}&limit=2&type=REDEEM,DEPOSIT,SPLIT,REWARD&exclude_deposits_withdrawals=false"),
        format!("/data/v2/value?user={user}"), format!("/data/v2/user-stats?user={user}"), format!("/data/v2/user-volume?user={user}"),
        format!("/data/v2/user-pnl?user={user}&interval=6h&fidelity=3h"),
        format!("/data/v2/holders?condition={cond}&limit=1"), format!("/data/v2/holders?condition={cond}&limit=1&include_pnl=true"),
        format!("/data/v2/oi?condition={cond}"), "/data/v2/oi".into(), format!("/data/v2/tokens?condition={cond}"),
        format!("/data/v2/resolutions?condition={cond}"), format!("/data/v2/prices-history?token_id={token}&interval=1h&limit=3"),
        "/data/v2/leaderboard?limit=2".into(), "/data/v2/leaderboard?limit=1&time_period=all&sort_by=VOLUME".into(), format!("/data/v2/leaderboard?user={user}"),
        "/data/v2/biggest-winners?limit=1&time_period=all".into(), "/data/v2/status".into(), format!("/data/v2/approvals?user={user}"),
        "/data/v2/builders/leaderboard".into(), "/data/v2/builders/volume".into(), format!("/data/v2/positions/combos?user={user}"),
        format!("/data/trades?limit=1"), format!("/data/positions?user={user}&limit=1"), format!("/data/closed-positions?user={user}&limit=1"),
        format!("/data/activity?user={user}&limit=1"), format!("/data/holders?market={cond}&limit=1"), format!("/data/value?user={user}"),
        format!("/data/traded?user={user}"), format!("/data/v1/leaderboard?limit=1"), format!("/data/v1/market-positions?market={cond}&limit=1"),
        format!("/data/oi"), format!("/user-pnl/user-pnl?user_address={user}&interval=6h&fidelity=3h"), "/data".into(),
        "/data/v2/nope".into(), "/data/nope".into(), "/data/v2/trades?offset=1".into(), "/data/v2/approvals?user=x".into(),"/data/positions".into(),
    ] {
        let t = std::time::Instant::now();
        let r = running.get(&path).await;
        let (s, h) = (r.status(), r.headers().clone());
        let b = r.text().await.unwrap();
        eprintln!("== {path} {s} {:?} {:?} {:?}\n{:.1200}", t.elapsed(), h.get("x-trace-id"), h.get("cache-control"), b);
    }
}
