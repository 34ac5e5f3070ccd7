//! `/v2/leaderboard` and `/v2/biggest-winners`.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::present;
use crate::{assert_near, data, number, rows, start, text, walk};

#[tokio::test]
async fn boards_page_to_the_end_in_rank_order() {
    let lab = start(91).await;
    for period in ["day", "week", "month", "all"] {
        for (sort, column) in [("PNL", "pnl"), ("VOLUME", "volume")] {
            let path = format!("/leaderboard?time_period={period}&sort_by={sort}");
            let whole = walk(&lab, &format!("{path}&limit=1000")).await;
            let parts = walk(&lab, &format!("{path}&limit=9")).await;
            assert!(whole.len() > 20, "{path}: {}", whole.len());
            assert_eq!(whole, parts);
            let wallets: BTreeSet<String> = whole.iter().map(|row| text(row, "user_id")).collect();
            assert_eq!(wallets.len(), whole.len());
            for (place, pair) in (2..).zip(whole.windows(2)) {
                let (better, worse) = (number(&pair[0], column), number(&pair[1], column));
                assert!(better >= worse);
                let rank = if better == worse { pair[0]["rank"].as_u64().unwrap() } else { place };
                assert_eq!(pair[1]["rank"], rank);
            }
            let best = &whole[0];
            let path = format!("/leaderboard?time_period={period}&user={}", text(best, "user_id"));
            let standing = data(&lab, &path).await;
            assert_eq!(standing[format!("rank_{column}")], 1);
            assert_eq!((&standing["pnl"], &standing["volume"]), (&best["pnl"], &best["volume"]));
        }
    }
    lab.stop().await;
}

#[tokio::test]
async fn categories_add_up_to_everything() {
    let lab = start(92).await;
    let sum = |rows: &[Value], name: &str| rows.iter().map(|row| number(row, name)).sum::<f64>();
    for period in ["week", "all"] {
        let board = async |category: &str| {
            let path = format!(
                "/leaderboard?limit=1000&sort_by=VOLUME&time_period={period}&category={category}"
            );
            walk(&lab, &path).await
        };
        let overall = board("overall").await;
        let mut volume = 0.0;
        let mut pnl = 0.0;
        for category in [
            "politics",
            "geopolitics",
            "Sports",
            "crypto",
            "economics",
            "finance",
            "tech",
            "science",
            "culture",
            "weather",
        ] {
            let rows = board(category).await;
            volume += sum(&rows, "volume");
            pnl += sum(&rows, "pnl");
        }
        assert_near(volume, sum(&overall, "volume"), 0.01);
        // Wallets that only hold are on no volume board, so profits add up roughly.
        assert!(pnl.is_finite());
        assert!(board("combos").await.is_empty());
        assert!(board("no-such-category").await.is_empty());
    }
    lab.stop().await;
}

#[tokio::test]
async fn a_board_agrees_with_the_wallets_own_profits() {
    let lab = start(93).await;
    let all = walk(&lab, "/leaderboard?limit=1000&time_period=all").await;
    let week = walk(&lab, "/leaderboard?limit=1000&time_period=week").await;
    for row in all.iter().take(15) {
        let wallet = text(row, "user_id");
        let series = data(&lab, &format!("/user-pnl?user={wallet}&interval=max&fidelity=3h")).await;
        let points = rows(&series["points"]);
        let last = points.last().unwrap();
        assert_near(number(row, "pnl"), number(last, "realized_pnl"), 1e-5);
        assert_near(number(row, "volume"), number(last, "volume"), 1e-5);
        // A week ago is on the grid, too.
        let week_ago = present().timestamp() - 7 * 86_400;
        let before = points.iter().find(|point| point["timestamp"] == week_ago);
        let before = before.map_or(0.0, |point| number(point, "position_pnl"));
        if let Some(lately) = week.iter().find(|other| other["user_id"] == *wallet) {
            assert_near(number(lately, "pnl"), number(last, "position_pnl") - before, 1e-5);
        }
    }
    lab.stop().await;
}

#[tokio::test]
async fn winners_were_paid_more_than_they_spent() {
    let lab = start(94).await;
    let wins = walk(&lab, "/biggest-winners?time_period=all&limit=40").await;
    assert!(wins.len() > 100 && wins.len() <= 500, "{}", wins.len());
    for (place, win) in (1..).zip(&wins) {
        assert_eq!((&win["win_rank"], &win["kind"]), (&place.into(), &"market".into()));
        let profit = number(win, "final_value") - number(win, "initial_value");
        assert_near(number(win, "pnl"), profit, 1e-5);
        assert!(profit > 0.0 && win["event_id"].is_u64());
    }
    assert!(wins.is_sorted_by(|better, worse| number(better, "pnl") >= number(worse, "pnl")));
    let day = walk(&lab, "/biggest-winners?limit=1000").await;
    let since = present().timestamp() - 86_400;
    assert!(day.iter().all(|win| win["resolved_at"].as_i64().unwrap() > since));
    let sports = walk(&lab, "/biggest-winners?limit=1000&time_period=all&category=sports").await;
    assert!(!sports.is_empty() && sports.len() <= wins.len());
    // The biggest win of a wallet is on its card.
    let best = &wins[0];
    let stats = data(&lab, &format!("/user-stats?user={}", text(best, "user_id"))).await;
    assert_eq!(stats["biggest_win"], best["pnl"]);
    lab.stop().await;
}

#[tokio::test]
async fn boards_move_with_the_minute() {
    let lab = start(95).await;
    let board = async || data(&lab, "/leaderboard?limit=1000&sort_by=VOLUME").await;
    let before = board().await;
    assert_eq!(before, board().await);
    lab.lab.with_world(|world| world.advance(present() + chrono::TimeDelta::hours(2)));
    assert_ne!(before, board().await);
    lab.stop().await;
}
