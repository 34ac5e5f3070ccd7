//! What `/v2` says of one wallet.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{CUT, assert_near, conditions, data, number, rows, start, text, traders, walk};

#[tokio::test]
async fn positions_keep_their_identities() {
    let lab = start(61).await;
    let (mut open, mut closed) = (0, 0);
    for wallet in traders(&lab, 30).await {
        for position in walk(&lab, &format!("/positions?user={wallet}&filter_amount=0")).await {
            assert_identities(&position);
            let (size, cost) =
                (number(&position, "current_size"), number(&position, "entry_cost_usdc"));
            assert_near(number(&position, "avg_price"), cost / size, 1e-4 + CUT / size);
            if cost > 1.0 {
                let percent = number(&position, "unrealized_pnl") / cost * 100.0;
                assert_near(number(&position, "percent_pnl"), percent, 0.05);
            }
            open += 1;
        }
        for position in walk(&lab, &format!("/positions?user={wallet}&status=CLOSED")).await {
            assert_identities(&position);
            assert_eq!(position["status"], "CLOSED");
            assert!(number(&position, "current_size") < 0.1);
            if number(&position, "current_size") == 0.0 {
                assert_eq!(number(&position, "entry_cost_usdc"), 0.0);
                assert_eq!(number(&position, "percent_pnl"), 0.0);
                let base = number(&position, "total_size") * number(&position, "avg_price");
                if base > 5.0 && number(&position, "avg_price") > 0.05 {
                    let percent = number(&position, "realized_pnl") / base * 100.0;
                    // The average is cut to four decimals.
                    let slack = 0.003 * percent.abs() + 0.01;
                    assert_near(number(&position, "percent_realized_pnl"), percent, slack);
                }
            }
            closed += 1;
        }
    }
    assert!(open > 200 && closed > 200, "{open} open, {closed} closed");
    lab.stop().await;
}

fn assert_identities(position: &Value) {
    let of = |name: &str| number(position, name);
    assert_near(of("current_value"), of("current_size") * of("current_price"), CUT);
    assert_near(of("total_cost_usdc"), of("entry_cost_usdc") + of("entry_fees_usdc"), 1e-9);
    assert_near(of("unrealized_pnl"), of("current_value") - of("entry_cost_usdc"), CUT);
    assert_near(of("total_pnl"), of("realized_pnl") + of("unrealized_pnl"), CUT);
    assert!(of("total_size") >= of("current_size") - 1e-9, "{position}");
    assert!((0.0..=1.0).contains(&of("avg_price")), "{position}");
    assert!(position["first_entry_at"].as_i64() <= position["last_event_at"].as_i64());
}

#[tokio::test]
async fn each_status_has_its_positions() {
    let lab = start(62).await;
    let (mut lost, mut won, mut merged) = (0, 0, 0);
    for wallet in traders(&lab, 64).await {
        let of = async |status: &str| {
            let path = format!("/positions?limit=1000&user={wallet}&status={status}");
            walk(&lab, &path).await
        };
        let open = of("OPEN").await;
        let redeemable = of("REDEEMABLE").await;
        let losers = of("REDEEMABLE_LOST").await;
        let mergeable = of("MERGEABLE").await;
        let is_redeemable = |row: &&Value| row["redeemable"] == true;
        assert_eq!(open.iter().filter(is_redeemable).count(), redeemable.len());
        for row in redeemable.iter().chain(&losers) {
            assert_eq!((&row["status"], &row["redeemable"]), (&"REDEEMABLE".into(), &true.into()));
        }
        // Winners come first.
        let is_lost = |row: &Value| number(row, "current_price") == 0.0;
        assert!(redeemable.is_sorted_by_key(is_lost));
        assert_eq!(redeemable.iter().filter(|row| is_lost(row)).count(), losers.len());
        assert!(losers.iter().all(|row| number(row, "current_value") == 0.0));
        assert!(mergeable.iter().all(|row| row["mergeable"] == true && row["status"] == "OPEN"));
        let tokens: BTreeSet<String> = mergeable.iter().map(|row| text(row, "token_id")).collect();
        // Dust on the other side makes a pair, but no position of its own.
        let has_pair = |row: &Value| tokens.contains(&text(row, "opposite_token_id"));
        let pairs = mergeable.iter().filter(|row| has_pair(row)).count();
        (lost, won) = (lost + losers.len(), won + redeemable.len() - losers.len());
        merged += pairs;
    }
    assert!(lost > 5 && won > 0 && merged > 5, "{lost} lost, {won} won, {merged} pairs");
    lab.stop().await;
}

#[tokio::test]
async fn positions_sort_and_page_by_everything() {
    let lab = start(63).await;
    // Makers hold something of most markets.
    let makers = lab.json("/lab/truth/wallets?kind=maker").await;
    let wallet = text(&makers[0], "address");
    let columns = [
        ("CURRENT_VALUE", "current_value"),
        ("PRICE", "current_price"),
        ("TOKENS", "current_size"),
        ("UNREALIZED_PNL", "unrealized_pnl"),
        ("REALIZED_PNL", "realized_pnl"),
        ("TOTAL_PNL", "total_pnl"),
        ("TIMESTAMP", "last_event_at"),
    ];
    for status in ["OPEN", "CLOSED"] {
        for (sort, column) in columns {
            for direction in ["ASC", "DESC"] {
                let path = format!(
                    "/positions?user={wallet}&status={status}&sort_by={sort}&sort_direction={direction}"
                );
                let whole = walk(&lab, &format!("{path}&limit=1000")).await;
                let parts = walk(&lab, &format!("{path}&limit=7")).await;
                assert!(whole.len() > 20, "{status} {}", whole.len());
                assert_eq!(whole, parts, "{path}");
                // Nothing is left to sort closed positions by but what they made.
                let residual = ["CURRENT_VALUE", "TOKENS", "UNREALIZED_PNL"].contains(&sort);
                let by = if status == "CLOSED" && residual { "realized_pnl" } else { column };
                let values: Vec<f64> = whole.iter().map(|row| number(row, by)).collect();
                assert!(
                    values.is_sorted_by(|a, b| if direction == "ASC" { a <= b } else { a >= b }),
                    "{path}: {values:?}"
                );
            }
        }
    }
    lab.stop().await;
}

#[tokio::test]
async fn positions_are_narrowed() {
    let lab = start(64).await;
    let wallet = &traders(&lab, 1).await[0];
    let of = async |query: String| {
        let path = format!("/positions?limit=1000&user={wallet}{query}");
        walk(&lab, &path).await
    };
    let all = of(String::new()).await;
    assert!(all.iter().all(|row| number(row, "current_size") >= 0.1), "no dust");
    let everything = of("&filter_amount=0".to_owned()).await;
    let closed = of("&status=CLOSED".to_owned()).await;
    assert!(everything.len() >= all.len());
    let dusty = closed.iter().filter(|row| number(row, "current_size") > 0.0).count();
    assert_eq!(everything.len(), all.len() + dusty, "dust is closed or shown on request");
    let large = of("&filter_type=CASH&filter_amount=5".to_owned()).await;
    assert_eq!(large.len(), all.iter().filter(|row| number(row, "current_value") >= 5.0).count());

    let one = &all[all.len() / 2];
    let (condition, event) = (text(one, "condition_id"), text(one, "event_id"));
    let in_market = of(format!("&condition={condition}")).await;
    assert!(in_market.contains(one));
    assert!(in_market.iter().all(|row| row["condition_id"] == *condition));
    let in_event = of(format!("&event_id={event}")).await;
    assert!(in_event.contains(one));
    assert!(in_event.iter().all(|row| row["event_id"] == *event));
    let last = one["last_event_at"].as_i64().unwrap();
    let since = of(format!("&start={last}")).await;
    let before = of(format!("&end={}", last - 1)).await;
    assert_eq!(since.len() + before.len(), all.len());
    let title = text(one, "title");
    let word = title.split(' ').nth(2).unwrap().to_uppercase().replace('?', "");
    let titled = of(format!("&title={word}")).await;
    assert!(titled.contains(one) && titled.len() < all.len());
    assert!(of("&title=no+such+words".to_owned()).await.is_empty());
    lab.stop().await;
}

#[tokio::test]
async fn the_positions_of_a_market_are_those_of_its_wallets() {
    let lab = start(65).await;
    for condition in conditions(&lab, false, 3).await {
        let path = format!("/positions?limit=7&condition={condition}&sort_by=TOKENS");
        let of_market = walk(&lab, &path).await;
        assert!(of_market.len() > 7);
        assert!(of_market.iter().all(|row| row["condition_id"] == *condition));
        let wallets: BTreeSet<String> =
            of_market.iter().map(|row| text(row, "proxy_wallet")).collect();
        let mut count = 0;
        for wallet in wallets {
            let own = walk(&lab, &format!("/positions?user={wallet}&condition={condition}")).await;
            assert!(own.iter().all(|row| of_market.contains(row)));
            count += own.len();
        }
        assert_eq!(count, of_market.len());
    }
    lab.stop().await;
}

#[tokio::test]
async fn profits_keep_their_identities_and_agree_with_positions() {
    let lab = start(66).await;
    for wallet in traders(&lab, 12).await {
        let path = format!("/user-pnl?user={wallet}&interval=max&fidelity=3h");
        let series = data(&lab, &path).await;
        let points = rows(&series["points"]);
        assert!(points.len() > 3, "{wallet}");
        let times: Vec<i64> = points.iter().map(|p| p["timestamp"].as_i64().unwrap()).collect();
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] == 10_800), "{times:?}");
        for point in points {
            assert_point(point);
        }
        // The present is on the grid, so the last point is what the positions add up to.
        let last = points.last().unwrap();
        let all = [
            walk(&lab, &format!("/positions?limit=1000&user={wallet}&filter_amount=0")).await,
            walk(&lab, &format!("/positions?limit=1000&user={wallet}&status=CLOSED")).await,
        ]
        .concat();
        let mut seen = BTreeSet::new();
        let all: Vec<Value> =
            all.into_iter().filter(|row| seen.insert(text(row, "token_id"))).collect();
        let sum = |name: &str| all.iter().map(|row| number(row, name)).sum::<f64>();
        let slack = CUT * all.len() as f64;
        assert_near(number(last, "unrealized_pnl"), sum("unrealized_pnl"), slack);
        let gross = number(last, "realized_pnl") - number(last, "fees");
        assert_near(gross, sum("realized_pnl"), slack);
        let value = data(&lab, &format!("/value?user={wallet}")).await;
        assert_eq!(value["proxy_wallet"], *wallet);
        assert_near(number(&value, "value"), sum("current_value"), slack);

        let volume = data(&lab, &format!("/user-volume?user={wallet}")).await;
        let path = format!(
            "/trades?limit=1000&taker_only=false&start=1&filter_amount=0.000001&user={wallet}"
        );
        let trades = walk(&lab, &path).await;
        assert_eq!(volume["trade_count"], trades.len());
        let shares: f64 = trades.iter().map(|row| number(row, "size")).sum();
        assert_near(number(&volume, "volume"), shares, 1e-3);
        let cash: f64 = trades.iter().map(|row| number(row, "size") * number(row, "price")).sum();
        assert_near(number(&volume, "volume_usdc"), cash, 1e-3 + 1e-6 * trades.len() as f64);
        for name in ["volume", "volume_usdc", "trade_count"] {
            assert_eq!(last[name], volume[name]);
        }
        let stats = data(&lab, &format!("/user-stats?user={wallet}")).await;
        if !stats.is_null() {
            assert_eq!(stats["all_time_pnl"], *last);
            let markets: BTreeSet<String> =
                trades.iter().map(|row| text(row, "condition_id")).collect();
            assert_eq!(stats["trades"], markets.len());
            assert!(number(&stats, "biggest_win") >= 0.0);
        }
        assert_chart(&lab, &wallet, points).await;
    }
    lab.stop().await;
}

/// The six identities of a point.
fn assert_point(point: &Value) {
    let of = |name: &str| number(point, name);
    let parts = of("realized_market_pnl") + of("realized_lp_pnl") + of("realized_combo_pnl");
    assert_near(of("realized_pnl"), parts, 1e-6);
    assert_near(of("position_pnl"), of("realized_pnl") + of("unrealized_pnl"), 1e-5);
    assert_near(of("trade_pnl"), of("position_pnl") - of("fees"), 1e-5);
    let income = of("maker_rebate")
        + of("taker_rebate")
        + of("reward_income")
        + of("yield_income")
        + of("referral_income");
    assert_near(of("wallet_income"), income, 1e-6);
    assert_near(of("settled_pnl"), of("realized_pnl") + of("wallet_income"), 1e-5);
    assert_near(of("economic_pnl"), of("position_pnl") + of("wallet_income"), 1e-5);
    assert!(of("fees") <= 0.0);
    for unknown in ["deposits", "withdrawals", "cashflow_net"] {
        assert!(point[unknown].is_null(), "{unknown}");
    }
}

/// The site's chart shows profit after fees at the same moments.
async fn assert_chart(lab: &crate::Running, wallet: &str, points: &[Value]) {
    let path = format!("/user-pnl/user-pnl?user_address={wallet}&interval=max&fidelity=3h");
    let chart = lab.json(&path).await;
    assert_eq!(rows(&chart).len(), points.len(), "the present is on the grid");
    for (shown, point) in rows(&chart).iter().zip(points) {
        assert_eq!(shown["t"], point["timestamp"]);
        assert_near(number(shown, "p"), number(point, "position_pnl"), 1e-5);
    }
}

#[tokio::test]
async fn unknown_wallets_have_nothing() {
    let lab = start(67).await;
    let nobody = "0xfa53405fa12212476204b416af94905a8e5c4a07";
    let of = |path: &str| format!("{path}?user={nobody}");
    assert!(data(&lab, &of("/user-stats")).await.is_null());
    assert!(data(&lab, &of("/leaderboard")).await.is_null());
    assert_eq!(data(&lab, &of("/value")).await["value"], 0.0);
    assert_eq!(data(&lab, &of("/user-volume")).await["trade_count"], 0);
    let series = data(&lab, &of("/user-pnl")).await;
    assert_eq!((&series["interval"], &series["fidelity"]), (&"1d".into(), &"1h".into()));
    assert!(rows(&series["points"]).is_empty());
    let approvals = data(&lab, &of("/approvals")).await;
    assert!(rows(&approvals["contracts"]).iter().all(|row| row["approved"] == false));
    lab.stop().await;
}

#[tokio::test]
async fn approvals_follow_from_what_was_done() {
    let lab = start(68).await;
    for wallet in traders(&lab, 5).await {
        let approvals = data(&lab, &format!("/approvals?user={wallet}")).await;
        assert_eq!(
            (&approvals["address"], &approvals["chain_id"]),
            (&wallet.clone().into(), &137.into())
        );
        let contracts = rows(&approvals["contracts"]);
        assert_eq!(contracts.len(), 23);
        for contract in contracts {
            let is_cash = contract["standard"] == "ERC20";
            assert_eq!(contract.get("amount").is_some(), is_cash, "{contract}");
        }
        assert!(contracts.iter().any(|row| row["approved"] == true));
    }
    lab.stop().await;
}
