//! The live halves of the pages, as a browser without a script meets them: a server whose upstream is a small
//! simulated world.

use domain::Side;
use serde_json::Value;

use crate::{live::Bench, support::TestServer};

fn path(row: &Value) -> String {
    format!("/markets/{}", row["slug"].as_str().unwrap())
}

/// The part of a page that a class names, up to the next section.
fn panel<'a>(page: &'a str, class: &str) -> &'a str {
    let start = page.find(&format!(r#"<section class="card {class}""#));
    let rest = page.split_at(start.expect("a section of that class")).1;
    rest.split_once("</section>").map_or(rest, |(panel, _)| panel)
}

#[tokio::test]
async fn a_market_has_its_panels_in_their_order_and_says_what_is_unknown() {
    let server = TestServer::start().await;
    let (status, page) = server.page("/markets/market-102").await;
    assert_eq!(status, 200);
    let places: Vec<usize> = [
        "price", "flow", "status", "holders", "rules", "identity", "book", "slip", "tapes",
        "related",
    ]
    .iter()
    .map(|class| page.find(&format!(r#"<section class="card {class}""#)).expect(class))
    .collect();
    assert!(places.is_sorted(), "{places:?}");
    for (class, words) in [
        ("price", "No price is known for this range."),
        ("holders", "no condition on chain"),
        ("book", "has no tokens"),
        ("tapes", "No trade has been recorded in this market."),
        ("slip", "Tells what an order of this size would trade"),
        ("status", "End of trading"),
        ("flow", "the tape of trades does not reach back that far"),
    ] {
        assert!(panel(&page, class).contains(words), "{class}: {words}\n{}", panel(&page, class));
    }
    assert!(!page.contains("style="), "the content security policy refuses style attributes");
}

#[tokio::test]
async fn links_of_a_market_keep_its_other_settings() {
    let server = TestServer::start().await;
    let (_, page) = server.page("/markets/market-102?range=1d&min=100&nonsense=1").await;
    for expected in [
        r#"href="/markets/market-102?min=100&amp;range=6h""#,
        r#"<a class="on" aria-current="true" href="/markets/market-102?min=100&amp;range=1d""#,
        r#"href="/markets/market-102?min=100""#,
        r#"<input type="hidden" name="range" value="1d">"#,
    ] {
        assert!(page.contains(expected), "{expected} is missing in\n{page}");
    }
    assert!(!page.contains("nonsense"), "{page}");
}

#[tokio::test]
async fn a_page_does_not_ask_upstream_and_shows_what_is_held() {
    let bench = Bench::start().await;
    let row = bench.market().await;
    let (_, page) = bench.server.page(&path(&row)).await;
    assert!(panel(&page, "book").contains("This book is not held here yet."), "{page}");
    assert!(panel(&page, "holders").contains("?holders=show#holders"), "{page}");

    let id = row["market_id"].as_str().unwrap();
    let book = bench.server.json(&format!("/api/polymarket/order-book/{id}")).await;
    let best = book["data"]["best_bid"].as_f64().unwrap();
    let (_, page) = bench.server.page(&path(&row)).await;
    let shown = panel(&page, "book");
    assert!(
        shown.contains(r#"data-state="stale""#),
        "fetched, and nothing keeps it right: {shown}"
    );
    assert!(shown.contains("UTC</span>"), "its age is an instant: {shown}");
    assert!(shown.contains(&format!("{:.1}¢</td>", best * 100.0)), "{best}: {shown}");

    let (_, page) = bench.server.page(&format!("{}?holders=show", path(&row))).await;
    let shown = panel(&page, "holders");
    assert!(shown.contains("HHI") && shown.contains("netted over owners"), "{shown}");
    let (_, page) = bench.server.page(&path(&row)).await;
    assert!(panel(&page, "holders").contains("HHI"), "held for a minute: {page}");
}

#[tokio::test]
async fn an_order_is_walked_by_a_plain_form() {
    let bench = Bench::start().await;
    let row = bench.market().await;
    let id = row["market_id"].as_str().unwrap();
    let query = "side=buy&outcome=1&size=25&unit=shares";
    let (status, page) = bench.server.page(&format!("{}?{query}", path(&row))).await;
    assert_eq!(status, 200);
    let api = format!("/api/polymarket/order-book/{id}/slippage?side=buy&outcome=1&shares=25");
    let walked = bench.server.json(&api).await;
    let average = walked["data"]["average_price"].as_f64().unwrap() * 100.0;
    let shown = panel(&page, "slip");
    assert!(shown.contains("Average price"), "{shown}");
    assert!(shown.contains(&format!("{average:.1}¢")), "{average}: {shown}");
    assert!(shown.contains(r#"<option value="1" selected>"#), "what was asked stays: {shown}");
    assert!(shown.contains(r#"<option value="shares" selected>"#), "{shown}");

    let (status, page) = bench.server.page(&format!("{}?size=lots%3Cb%3E", path(&row))).await;
    assert_eq!(status, 200);
    let shown = panel(&page, "slip");
    assert!(shown.contains(r#"value="lots&lt;b&gt;" aria-invalid="true""#), "{shown}");
    assert!(shown.contains(r#"id="error-size""#), "{shown}");
}

#[tokio::test]
async fn trades_become_rows_and_bars() {
    let bench = Bench::start().await;
    let row = bench.market().await;
    let mut last = None;
    for (number, cents) in [(1, 40), (2, 55)] {
        last = Some(bench.record(&row, number, Side::Buy, cents).await);
    }
    let (_, page) = bench.server.page(&path(&row)).await;
    let tape = panel(&page, "tapes");
    assert!(tape.find("40.0¢").unwrap() < tape.find("55.0¢").unwrap(), "the newest first: {tape}");
    let hash = last.and_then(|trade| trade.transaction_hash).unwrap().to_string();
    assert!(tape.contains(&format!("https://polygonscan.com/tx/{hash}")), "{tape}");
    let price = panel(&page, "price");
    assert!(price.contains("over the last week: from 55.0¢ to 40.0¢ (▼ 15.0 pp)"), "{price}");
    assert!(
        price.contains(r#"<path class="line yes" d="M"#),
        "true prices are not dashed: {price}"
    );
    assert!(price.contains("<summary>Data table</summary>"), "{price}");
    let id = row["market_id"].as_str().unwrap();
    let bars = format!("/api/polymarket/ohlc/{id}/bars.csv?range=1w&amp;interval=1h&amp;outcome=0");
    assert!(page.contains(&format!(r#"href="{bars}""#)), "{page}");
    let (_, candles) = bench.server.page(&format!("{}?chart=candles&range=1h", path(&row))).await;
    let price = panel(&candles, "price");
    let candles = ["up", "down"].map(|class| format!(r#"<path class="candle {class}" d="M"#));
    assert!(candles.iter().any(|candle| price.contains(candle)), "{price}");
    assert!(!price.contains(r#"class="line "#), "{price}");
    let (_, large) = bench.server.page(&format!("{}?min=10000", path(&row))).await;
    assert!(panel(&large, "tapes").contains("No recorded trade is as large."), "{large}");
}

#[tokio::test]
async fn an_event_has_its_distribution_and_agenda() {
    let server = TestServer::start().await;
    let (status, page) = server.page("/events/election?range=1m").await;
    assert_eq!(status, 200);
    let distribution = panel(&page, "distribution");
    for expected in
        ["at most one can come true", "Prices add up to", "¢ above a dollar", "Coherent"]
    {
        assert!(distribution.contains(expected), "{expected}: {distribution}");
    }
    assert!(panel(&page, "agenda").contains("and 16 more"), "{page}");
    let history = panel(&page, "history");
    assert!(history.contains("No price of any outcome is known"), "{history}");
    assert!(
        history.contains(r#"aria-current="true" href="/events/election?range=1m""#),
        "{history}"
    );
    assert!(!page.contains("style="), "the content security policy refuses style attributes");
}

#[tokio::test]
async fn categories_and_map_read_without_a_script() {
    let server = TestServer::start().await;
    let (status, page) = server.page("/categories").await;
    assert_eq!(status, 200);
    for expected in [
        r#"<a href="/markets?category=politics">"#,
        r#"<a href="/events?category=politics">"#,
        r#"href="/markets/market-119""#,
        r#"<a href="/categories" class="on" aria-current="page">"#,
    ] {
        assert!(page.contains(expected), "{expected} is missing in\n{page}");
    }
    let (status, page) = server.page("/map?change=7d").await;
    assert_eq!(status, 200);
    for expected in [
        "<noscript><section",
        r#"href="/markets?category=politics""#,
        r#"class="c-change_7d""#,
        r#"href="/markets/market-119""#,
        r#"<a href="/map" class="on" aria-current="page">"#,
    ] {
        assert!(page.contains(expected), "{expected} is missing in\n{page}");
    }
    assert!(!page.contains("&lt;script&gt;alert"), "what was not traded is not on the map");
}

#[tokio::test]
async fn every_list_of_pages_leads_to_map_and_categories() {
    let server = TestServer::start().await;
    for path in ["/markets", "/events", "/nope"] {
        let (_, page) = server.page(path).await;
        for link in [r#"href="/map""#, r#"href="/categories""#] {
            assert!(page.contains(link), "{path} lacks {link}");
        }
    }
}
