//! A lab that stands still, served on a free port, and clients for it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{Response, StatusCode, Uri};
use chrono::DateTime;
use domain::Address;
use lab::{Enforcement, Fault, FaultKind, Lab, World, WorldOptions};
use polymarket::data::{DataClient, PositionFilter, PositionRow, PositionsQuery, PositionsWalk};
use polymarket::data::{TradesQuery, Walked};
use polymarket::gamma::GammaClient;
use polymarket::user_pnl::UserPnlClient;
use polymarket::{Endpoints, Limits, Upstream, UpstreamOptions};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

pub(crate) struct Service {
    pub(crate) lab: Lab,
    address: SocketAddr,
    upstream: Arc<Upstream>,
    _stop: DropGuard,
}

impl Service {
    /// A small world of this seed, larger by `scale`.
    pub(crate) async fn start(seed: u64, scale: f64) -> Self {
        let present = DateTime::from_timestamp(1_795_392_000, 0).unwrap();
        let options = WorldOptions::new(seed, present).scale(scale).markets(400);
        let lab = Lab::world(World::generate(&options));
        lab.limits().set(Enforcement::Off).unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(lab::serve(listener, lab.clone(), stop.clone()));
        let upstream = upstream(Endpoints::below(&format!("http://{address}")).unwrap());
        Self { lab, address, upstream, _stop: stop.drop_guard() }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn data(&self) -> DataClient {
        DataClient::new(self.upstream.clone())
    }

    pub(crate) fn gamma(&self) -> GammaClient {
        GammaClient::new(self.upstream.clone())
    }

    pub(crate) fn charts(&self) -> UserPnlClient {
        UserPnlClient::new(self.upstream.clone())
    }

    pub(crate) fn inject(&self, path: &str, kind: FaultKind) {
        self.lab.faults().inject(Fault::on(path, kind)).unwrap();
    }

    /// A client of a host that has the lab's Data API, but no version 2 of it.
    pub(crate) async fn first_version(&self) -> DataClient {
        let base = self.url("/data");
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = move |uri: Uri| {
            let (http, url) = (http.clone(), format!("{base}{uri}"));
            async move {
                if uri.path().starts_with("/v2/") {
                    return Forwarded(StatusCode::NOT_FOUND, Vec::new());
                }
                let answer = http.get(url).send().await.unwrap();
                let status = answer.status();
                Forwarded(status, answer.bytes().await.unwrap().to_vec())
            }
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let own = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(answer);
        tokio::spawn(async move { axum::serve(listener, app).await });
        let none = "ws://127.0.0.1:1";
        let endpoints = Endpoints::new(&own, &own, &own, none, none).unwrap();
        DataClient::new(upstream(endpoints))
    }

    /// The wallets that traded last.
    pub(crate) async fn traders(&self, count: usize) -> Vec<Address> {
        let query = TradesQuery { taker_only: false, ..TradesQuery::default() };
        let page = self.data().trades(&query).await.unwrap();
        let mut wallets: Vec<Address> = Vec::new();
        for row in page.rows.rows {
            if !wallets.contains(&row.wallet) {
                wallets.push(row.wallet);
            }
        }
        wallets.truncate(count);
        assert_eq!(wallets.len(), count);
        wallets
    }
}

/// An answer passed on.
struct Forwarded(StatusCode, Vec<u8>);

impl axum::response::IntoResponse for Forwarded {
    fn into_response(self) -> Response<axum::body::Body> {
        (self.0, [("content-type", "application/json")], self.1).into_response()
    }
}

fn upstream(endpoints: Endpoints) -> Arc<Upstream> {
    let options = UpstreamOptions {
        deadline: Duration::from_secs(20),
        backoff_base: Duration::from_millis(1),
        backoff_cap: Duration::from_millis(5),
        retry_after_cap: Duration::from_millis(20),
        block_cool_down: Duration::from_millis(20),
        use_system_proxy: false,
        ..UpstreamOptions::default()
    };
    Arc::new(Upstream::new(endpoints, options, Arc::new(Limits::unlimited())).unwrap())
}

/// The positions of a wallet, which must come whole, in pages of 50.
pub(crate) async fn positions(
    client: &DataClient,
    wallet: &Address,
    filter: PositionFilter,
) -> Vec<PositionRow> {
    let query = PositionsQuery { limit: 50, ..PositionsQuery::of_wallet(wallet.clone(), filter) };
    whole(PositionsWalk::with_fallback(client.clone(), query).to_the_end().await)
}

/// All positions of a wallet by token; where a holding is so small that it is closed too, the open one.
pub(crate) async fn by_token(
    client: &DataClient,
    wallet: &Address,
) -> BTreeMap<String, PositionRow> {
    let closed = positions(client, wallet, PositionFilter::Closed).await;
    let open = positions(client, wallet, PositionFilter::Open).await;
    closed.into_iter().chain(open).map(|row| (row.token_id.to_string(), row)).collect()
}

/// The rows of a walk in which nothing is missing, odd or new.
pub(crate) fn whole<T: std::fmt::Debug>(walked: Walked<T>) -> Vec<T> {
    assert!(walked.is_whole(), "{:?} {:?}", walked.end, walked.tally);
    assert_eq!(walked.tally.unasked_rows, 0);
    assert!(walked.rows.issues.is_empty(), "{:?}", walked.rows.issues);
    assert!(walked.rows.unknown_keys.is_empty(), "{:?}", walked.rows.unknown_keys);
    walked.rows.rows
}
