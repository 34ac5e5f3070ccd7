//! A process that only serves shows what another process ingests.

use chrono::{TimeDelta, Utc};
use domain::Screen;
use ingest::{CatalogueSync, IngestOptions};
use lab::{Lab, World, WorldOptions};
use polymarket::gamma::GammaClient;
use polymarket::{Endpoints, Limits, Upstream, UpstreamOptions};
use server::catalog::{CatalogHandle, Page};
use server::follow;
use server::sync_feed::SyncFeed;
use std::sync::Arc;
use store::lock::{IngestLock, Work};
use store::sync_logs::{self, SyncKind, SyncTrigger};
use store::testing::{TestDatabase, eventually};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

#[tokio::test(flavor = "multi_thread")]
async fn what_one_process_ingests_another_shows() {
    let now = "2026-11-23T12:00:00Z".parse().unwrap();
    let lab = Lab::world(World::generate(&WorldOptions::new(5, now).scale(0.01).markets(400)));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let stop = CancellationToken::new();
    tokio::spawn(lab::serve(listener, lab.clone(), stop.clone()));

    let database = TestDatabase::create().await;
    let catalog = CatalogHandle::new(follow::load(&database).await.unwrap());
    assert!(catalog.current().is_empty());
    tokio::spawn(follow::follow((*database).clone(), catalog.clone(), stop.clone()));

    let feed = SyncFeed::connect(&database).await.unwrap();
    let mut told = feed.subscribe();
    tokio::spawn(feed.follow((*database).clone(), catalog.clone(), stop.clone()));

    let gamma = format!("{base}/gamma");
    let endpoints =
        Endpoints::new(&gamma, &base, &base, "ws://127.0.0.1:1", "ws://127.0.0.1:1").unwrap();
    let limits = Arc::new(Limits::unlimited());
    let upstream = Upstream::new(endpoints, UpstreamOptions::default(), limits).unwrap();
    let lock = IngestLock::try_acquire(&database, Work::Catalogue).await.unwrap().unwrap();
    let sync = CatalogueSync::new(
        GammaClient::new(Arc::new(upstream)),
        (*database).clone(),
        IngestOptions::default(),
        lock,
        stop.clone(),
    );
    let run = async || {
        let pool = database.service();
        let asked =
            sync_logs::request(pool, SyncKind::Full, SyncTrigger::Manual, None).await.unwrap();
        sync.run(&asked.sync).await.unwrap()
    };

    let first = run().await;
    let held = usize::try_from(first.counts.inserted).unwrap();
    while !told.recv().await.unwrap().complete {}
    let shown_when_told = catalog.current().market_count();
    assert_eq!(shown_when_told, held, "the sync was told to be over before all of it was shown");
    let shown = catalog.current();
    let whole = shown.screen(&Screen::default(), &Page::first(1000), false, Utc::now()).unwrap();

    lab.with_world(|world| world.advance(world.now() + TimeDelta::hours(1))).unwrap();
    run().await;
    eventually("prices move", || async {
        let now_shown = catalog.current();
        let page =
            now_shown.screen(&Screen::default(), &Page::first(1000), false, Utc::now()).unwrap();
        now_shown.generation() > shown.generation() && page.rows != whole.rows
    })
    .await;
    let reloaded = follow::load(&database).await.unwrap();
    eventually("the follower has caught up", || async {
        catalog.current().generation() == reloaded.generation()
    })
    .await;
    let now = Utc::now();
    let screen = Screen { status: None, ..Screen::default() };
    let page = Page::first(5000);
    let followed = catalog.current().screen(&screen, &page, true, now).unwrap();
    let loaded = reloaded.screen(&screen, &page, true, now).unwrap();
    assert_eq!((followed.rows, followed.facets), (loaded.rows, loaded.facets));
    stop.cancel();
}
