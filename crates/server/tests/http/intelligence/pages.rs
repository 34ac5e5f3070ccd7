//! The pages of intelligence as they are without a script.

use domain::{Side, scores::ScoreKind};
use serde_json::Value;
use uuid::Uuid;

use super::{Bench, address, signals::signal};

const PAGES: [(&str, &str); 12] = [
    ("/whales", "Large trades"),
    ("/whales?tab=positions", "Large positions"),
    ("/whales?tab=flows", "Net flow by hour"),
    ("/whales?tab=flips", "Reversals"),
    ("/whales?tab=concentration", "Outcomes in few hands"),
    ("/whales?tab=scoreboard", "Wallets by score"),
    ("/insiders", "Markets with evidence"),
    ("/insiders?tab=wallets", "Wallets with evidence"),
    ("/insiders?tab=wallets&layer=history", "whole account"),
    ("/signals", "Signals, the newest first"),
    ("/scores", "What else makes claims"),
    ("/scores/smart_money", "What it means"),
];

#[tokio::test]
async fn every_page_shows_its_rows_and_hands_over_the_answer() {
    let bench = Bench::start().await;
    bench.publish(&signal(10, "size", "105", Some(Side::Buy))).await;
    for (path, words) in PAGES {
        let (status, html) = bench.server.page(path).await;
        assert_eq!(status, 200, "{path}");
        assert!(html.contains(words), "{path} does not say {words:?}");
        assert!(html.contains(r#"id="boot""#) && html.contains("\"success\":true"), "{path}");
        assert!(html.contains(r#"href="/whales""#), "{path}: the navigation");
    }
    let (_, html) = bench.server.page("/whales").await;
    assert!(html.contains(r#"class="grid board trades""#));
    assert!(html.contains(&format!(r#"href="/wallets/{}""#, address(1))));
    assert!(html.contains("First, &quot;the&quot; one") && html.contains("smart money"));
    assert!(html.contains(r#"href="/whales?endgame=show""#), "what is hidden is offered");
    assert!(html.contains(r#"href="/api/whale/trades.csv""#));
    let (_, html) = bench.server.page("/whales?tab=scoreboard&limit=1").await;
    assert!(html.contains(r#"rel="next""#), "the next page is a link");
    let id = Uuid::from_u128(10);
    let (status, html) = bench.server.page(&format!("/signals/{id}")).await;
    assert_eq!(status, 200);
    assert!(html.contains("Will candidate 5 win?") && html.contains("never changed"));
}

#[tokio::test]
async fn filters_are_a_form_whose_mistakes_are_named() {
    let bench = Bench::start().await;
    let (status, html) = bench.server.page("/whales?class=smart&side=&min_usdc=").await;
    assert_eq!(status, 200);
    assert!(html.contains(r#"<option value="smart" selected>"#), "what was chosen stays chosen");
    assert!(html.contains("Large trades") && !html.contains("=Second"));
    let (status, html) = bench.server.page("/whales?tab=positions&min_usdc=much").await;
    assert_eq!(status, 400);
    assert!(html.contains("error-min_usdc") && html.contains(r#"value="much""#));
    bench.audit(ScoreKind::Whale, 200, 1).await;
    let (status, html) = bench.server.page("/whales?min_score=50").await;
    assert_eq!(status, 400);
    assert!(html.contains("error-min_score") && html.contains("withdrawn"));
    let (status, html) = bench.server.page("/whales?tab=scoreboard").await;
    assert_eq!(status, 200);
    assert!(html.contains("Withdrawn since") && !html.contains("span-bar"));
    let (status, _) = bench.server.page("/whales?tab=flows&endgame=show&wallet=x").await;
    assert_eq!(status, 200, "what another tab takes is kept for it");
}

#[tokio::test]
async fn a_wallets_page_has_its_scores_and_hands_them_over() {
    let bench = Bench::start().await;
    let page_of = async |n: u8| {
        let (status, html) = bench.server.page(&format!("/wallets/{}", address(n))).await;
        assert_eq!(status, 200);
        let (_, card) =
            html.split_once(r#"id="scores""#).unwrap_or_else(|| panic!("no card: {html}"));
        let card = card.split_once("</section>").unwrap().0.to_owned();
        (html, card)
    };
    let (html, card) = page_of(1).await;
    for told in [
        "90 [80, 95]",
        "60 [50, 65]",
        "40 [30, 45]",
        "smart money · ",
        "no change yet",
        "Why: Smart money",
        r##"href="#why-reputation""##,
        "Whale 90 of 100, from 41 observations. Profit by our books $1,234.50.",
        "Pattern consistent with one owner of 2 wallets",
        "nothing forbidden",
    ] {
        assert!(card.contains(told), "{told:?} is not in {card}");
    }
    let (_, boot) = html.split_once(r#"id="boot">"#).unwrap();
    let boot: Value = serde_json::from_str(boot.split_once("</script>").unwrap().0).unwrap();
    let scores = &boot["reply"]["data"]["parts"]["scores"];
    assert_eq!(scores["current"].as_array().map(Vec::len), Some(3));
    assert_eq!(scores["owner"]["wallets"].as_array().map(Vec::len), Some(2));

    let (_, card) = page_of(2).await;
    assert!(card.contains("withheld<small> the history misses something"), "{card}");
    assert!(card.contains("Our books and Polymarket's differ"), "{card}");
    let (_, card) = page_of(5).await;
    assert!(card.contains("too few events to say") && !card.contains("span-bar"), "{card}");
    bench.audit(ScoreKind::Whale, 200, 1).await;
    let (_, card) = page_of(1).await;
    assert!(card.contains("it errs more often than it declares") && !card.contains("90 ["));
}

#[tokio::test]
async fn an_empty_page_says_what_it_waits_for() {
    let bench = Bench::empty().await;
    for path in [
        "/whales",
        "/whales?tab=positions",
        "/whales?tab=flows",
        "/whales?tab=flips",
        "/whales?tab=concentration",
        "/whales?tab=scoreboard",
        "/insiders",
        "/insiders?tab=wallets",
        "/signals",
    ] {
        let (status, html) = bench.server.page(path).await;
        assert_eq!(status, 200, "{path}");
        assert!(html.contains("Nothing yet"), "{path}");
    }
    let (status, html) = bench.server.page("/whales?min_usdc=5").await;
    assert_eq!(status, 200);
    assert!(html.contains("Nothing yet"), "no filter is to blame");
    for path in ["/signals/nobody", "/scores/luck"] {
        assert_eq!(bench.server.page(path).await.0, 404, "{path}");
    }
}
