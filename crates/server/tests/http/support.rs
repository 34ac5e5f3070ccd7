//! A server over a database of its own, on a free port of loopback.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Category, ConditionId, Event, EventId, Market, MarketId, Origin, Outcome, Price, PriceChange,
    Tag, Usdc,
};
use ingest::live::LiveBooks;
use polymarket::{Endpoints, Limits, Upstream, UpstreamOptions};
use reqwest::{Client, Method, RequestBuilder, Response};
use rust_decimal::Decimal;
use serde_json::Value;
use server::{
    api,
    catalog::{CatalogHandle, Snapshot},
    http::{self, AppState, Parts, Secret, Settings},
    live::Live,
    sync_feed::SyncFeed,
};
use store::{Database, catalogue, testing::TestDatabase};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Markets in the fixture's catalogue.
pub(crate) const MARKETS: usize = 25;

/// A running server. It stops with this value.
pub(crate) struct TestServer {
    pub(crate) base: String,
    pub(crate) app: AppState,
    pub(crate) client: Client,
    stop: CancellationToken,
    /// Held so that it outlives the server.
    database: Option<TestDatabase>,
}

impl TestServer {
    /// A server with the fixture's catalogue.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// A server with the fixture's catalogue and other settings.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = settings();
        change(&mut settings);
        Self::start_as(&Origin::Polymarket, settings).await
    }

    /// The same, with data of the given origin.
    pub(crate) async fn start_as(origin: &Origin, settings: Settings) -> Self {
        let database = TestDatabase::create().await;
        fill(&database).await;
        let mut connection = database.service().acquire().await.unwrap();
        store::origin::claim(&mut connection, origin, Utc::now()).await.unwrap();
        drop(connection);
        let catalog = load(&database).await;
        let mut server = Self::over(database.database().clone(), catalog, settings).await;
        server.database = Some(database);
        server
    }

    /// A server over a given database and catalogue, without an upstream.
    pub(crate) async fn over(
        database: Database,
        catalog: CatalogHandle,
        settings: Settings,
    ) -> Self {
        Self::with_upstream(database, catalog, settings, nobody()).await
    }

    /// A server over all that it needs.
    pub(crate) async fn with_upstream(
        database: Database,
        catalog: CatalogHandle,
        settings: Settings,
        live: Live,
    ) -> Self {
        let stop = CancellationToken::new();
        let sync = SyncFeed::connect(&database).await.expect("cannot read the log of syncs");
        let metrics = api::metrics::install().expect("cannot install metrics");
        let parts = Parts { catalog, database, sync, live, metrics, settings };
        let app = AppState::new(parts, stop.clone());
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = http::router(app.clone());
        tokio::spawn(http::serve(listener, router, stop.clone(), Duration::from_secs(1)));
        // Codings and redirects are what the tests look at, so nothing may hide them.
        let client = Client::builder()
            .no_gzip()
            .no_zstd()
            .no_brotli()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self { base, app, client, stop, database: None }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        self.get(path).await.json().await.unwrap()
    }

    /// A page, as a browser asks for it.
    pub(crate) async fn page(&self, path: &str) -> (u16, String) {
        let request = self.request(Method::GET, path).header("accept", "text/html,*/*;q=0.8");
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }
}

/// An upstream that does not answer, and books that nobody keeps.
fn nobody() -> Live {
    upstream_at("http://127.0.0.1:9")
}

/// The upstream whose hosts are below an address, and books that nobody keeps.
pub(crate) fn upstream_at(base: &str) -> Live {
    let endpoints = Endpoints::below(base);
    let options = UpstreamOptions { max_attempts: 1, ..UpstreamOptions::default() };
    let upstream = Upstream::new(endpoints.unwrap(), options, Arc::new(Limits::unlimited()));
    Live::new(LiveBooks::default(), Arc::new(upstream.unwrap()))
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub(crate) fn settings() -> Settings {
    Settings {
        admin_token: None,
        sync_interval: Duration::from_mins(5),
        public_url: None,
        request_timeout: Settings::REQUEST_TIMEOUT,
    }
}

pub(crate) fn with_token(settings: &mut Settings) {
    settings.admin_token = Some(Secret::new("open-sesame"));
}

/// Reads the database's catalogue.
pub(crate) async fn load(database: &Database) -> CatalogHandle {
    let all = catalogue::changed_since(database.service(), 0).await.unwrap();
    CatalogHandle::new(Snapshot::build(all.markets, all.events, all.revision, Utc::now()))
}

/// Writes the fixture's catalogue.
pub(crate) async fn fill(database: &Database) {
    let now = Utc::now();
    let mut connection = database.service().acquire().await.unwrap();
    catalogue::prepare_history(&mut connection, now).await.unwrap();
    let (events, markets) = fixture(now);
    catalogue::apply(&mut connection, None, now, &events, &markets).await.unwrap();
}

/// Two events with markets of all kinds: the first open with 20 markets, the second closed with 5, of which
/// one is resolved.
pub(crate) fn fixture(now: DateTime<Utc>) -> (Vec<Event>, Vec<Market>) {
    let election =
        event("100", "election", "Who wins the election?", Some(Category::Politics), false, now);
    let match_day = event("200", "match-day", "Match day", Some(Category::Sports), true, now);
    let mut markets = Vec::new();
    for index in 0..20_u32 {
        let mut market = market(&format!("1{index:02}"), "100", now);
        market.title = format!("Will candidate {index} win?");
        market.outcomes = outcomes(Decimal::new(i64::from(index) * 5, 2));
        market.volume_24h = Some(usdc(i64::from(index) * 1000));
        market.change_24h = PriceChange::new(Decimal::new(i64::from(index) - 10, 2)).ok();
        markets.push(market);
    }
    // What an attacker could name a market, and what a spreadsheet would compute.
    markets[0].title = String::from("</script><script>alert(1)</script> & \"quotes\"");
    markets[1].title = String::from("=HYPERLINK(\"http://evil.example\"), really");
    markets[2].description =
        Some("Rules with <b>markup</b> at https://rules.example/x.".to_owned());
    markets[2].question_id = Some(String::from("0xabc"));
    markets[3].volume_24h = None;
    // What is traded is on a chain.
    for index in [3, 7] {
        markets[index].condition_id = ConditionId::parse(&format!("0x{index:064x}")).ok();
    }
    for index in 0..5_u32 {
        let mut market = market(&format!("2{index:02}"), "200", now);
        market.title = format!("Match {index}");
        market.closed = true;
        market.closed_at = Some(now - TimeDelta::hours(1));
        market.outcomes = outcomes(if index == 0 { Decimal::ONE } else { Decimal::new(60, 2) });
        markets.push(market);
    }
    (vec![election, match_day], markets)
}

fn event(
    id: &str,
    slug: &str,
    title: &str,
    category: Option<Category>,
    closed: bool,
    now: DateTime<Utc>,
) -> Event {
    let tag = |slug: &str| Tag { tag_id: None, slug: slug.to_owned(), label: slug.to_owned() };
    Event {
        event_id: EventId::parse(id).unwrap(),
        slug: slug.to_owned(),
        title: title.to_owned(),
        description: Some(format!("About {slug}.")),
        resolution_source: None,
        category,
        tags: vec![tag(category.map_or("none", Category::slug)), tag(slug)],
        image: None,
        active: true,
        closed,
        archived: false,
        neg_risk: true,
        neg_risk_augmented: false,
        series_slug: None,
        volume_24h: Some(usdc(190_000)),
        volume_total: Some(usdc(1_000_000)),
        liquidity: Some(usdc(50_000)),
        open_interest: None,
        start_date: None,
        end_date: Some(now + TimeDelta::days(3)),
        closed_at: None,
        created_at: None,
        upstream_updated_at: None,
        extra: serde_json::Map::new(),
    }
}

fn market(id: &str, event: &str, now: DateTime<Utc>) -> Market {
    Market {
        market_id: MarketId::parse(id).unwrap(),
        condition_id: None,
        question_id: None,
        slug: format!("market-{id}"),
        event_id: Some(EventId::parse(event).unwrap()),
        title: String::new(),
        group_title: None,
        description: None,
        resolution_source: None,
        category: None,
        image: None,
        outcomes: Vec::new(),
        best_bid: None,
        best_ask: None,
        spread: Price::new(Decimal::new(1, 2)).ok(),
        last_trade_price: None,
        change_1h: None,
        change_24h: None,
        change_7d: None,
        change_30d: None,
        volume_24h: None,
        volume_7d: None,
        volume_30d: None,
        volume_1y: None,
        volume_total: Some(usdc(5_000)),
        liquidity: Some(usdc(700)),
        competitive: None,
        active: true,
        closed: false,
        archived: false,
        accepting_orders: true,
        new: false,
        uma_status: None,
        neg_risk: true,
        neg_risk_other: false,
        neg_risk_market_id: None,
        fee_rate: None,
        fee_exponent: None,
        fee_type: None,
        rewards_min_size: None,
        rewards_max_spread: None,
        tick_size: Some(Decimal::new(1, 2)),
        min_order_size: None,
        game_id: None,
        sports_market_type: None,
        line: None,
        game_start_at: None,
        start_date: None,
        end_date: Some(now + TimeDelta::days(3)),
        closed_at: None,
        created_at: Some(now - TimeDelta::days(30)),
        upstream_updated_at: None,
        extra: serde_json::Map::new(),
    }
}

fn outcomes(yes: Decimal) -> Vec<Outcome> {
    [("Yes", yes), ("No", Decimal::ONE - yes)]
        .map(|(label, price)| Outcome {
            label: label.to_owned(),
            price: Price::new(price).ok(),
            token_id: None,
        })
        .to_vec()
}

fn usdc(dollars: i64) -> Usdc {
    Usdc::new(Decimal::from(dollars)).unwrap()
}
