//! A database that goes away and comes back.

use reqwest::Method;
use serde_json::Value;
use store::{
    Cluster, ClusterOptions, Database, DatabaseSource, migrate,
    testing::{eventually, fresh_data_dir},
};

use crate::support::{TestServer, fill, load, settings};

#[tokio::test]
async fn reads_go_on_without_the_database_and_say_so() {
    let options = ClusterOptions { data_dir: fresh_data_dir(), durable: false };
    let start = || Cluster::start(&options).expect("cannot start PostgreSQL");
    let cluster = start();
    let database = Database::open(DatabaseSource::Private(cluster.clone())).await.unwrap();
    migrate::run(&database).await.unwrap();
    fill(&database).await;
    let catalog = load(&database).await;
    let server = TestServer::over(database, catalog, settings()).await;
    assert_eq!(server.get("/readyz").await.status(), 200);

    cluster.stop();
    let ready = server.get("/readyz").await;
    assert_eq!(ready.status(), 503);
    let parts: Value = ready.json().await.unwrap();
    assert_eq!(parts, serde_json::json!({"ready": false, "catalogue": true, "database": false}));
    assert_eq!(server.get("/healthz").await.status(), 200);
    assert_eq!(server.get("/api/polymarket/markets").await.status(), 200);
    assert_eq!(server.get("/api/polymarket/sync").await.status(), 200);
    let market = server.json("/api/polymarket/markets/102").await;
    assert_eq!(market["data"]["price"], 0.1, "the row is in memory");
    assert_eq!(market["data"]["description"], Value::Null);
    assert_eq!(market["metadata"]["completeness"], "partial");
    let (status, page) = server.page("/markets/market-102").await;
    assert_eq!(status, 200);
    assert!(page.contains("The rules cannot be shown now"), "{page}");
    for words in [
        "The price history cannot be shown now.",
        "The trade tape cannot be shown now.",
        "The status timeline cannot be shown now.",
        "What was traded in each window is unknown until then.",
    ] {
        assert!(page.contains(words), "{words} is missing in\n{page}");
    }
    let (status, page) = server.page("/events/election").await;
    assert_eq!(status, 200);
    assert!(page.contains("The history of this event cannot be shown now."), "{page}");
    for path in ["/map", "/categories"] {
        assert_eq!(server.page(path).await.0, 200, "{path} is drawn from memory");
    }
    let refused = server.request(Method::POST, "/api/polymarket/sync").send().await.unwrap();
    assert_eq!(refused.status(), 503);
    assert!(refused.headers().contains_key("retry-after"));
    let body: Value = refused.json().await.unwrap();
    assert_eq!(body["error"]["code"], "database_unavailable");
    let text = body.to_string();
    assert!(!text.contains("socket") && !text.contains("postgres"), "causes stay inside: {text}");

    let _again = start();
    eventually("the server is ready again", || async {
        server.get("/readyz").await.status() == 200
    })
    .await;
    let market = server.json("/api/polymarket/markets/102").await;
    assert!(market["data"]["description"].is_string(), "a failure is not kept");
    drop(server);
    let _ = std::fs::remove_dir_all(&options.data_dir);
}
