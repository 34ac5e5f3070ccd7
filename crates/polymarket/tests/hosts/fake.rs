//! A host on loopback that answers as a test says, and keeps what it was asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Method, Response, Uri};
use polymarket::{Endpoints, Limits, Upstream, UpstreamOptions};
use tokio::net::TcpListener;

pub(crate) type Reply = Response<Body>;

pub(crate) fn reply(status: u16, body: impl Into<Body>) -> Reply {
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(body.into())
        .unwrap()
}

pub(crate) fn json(body: impl Into<Body>) -> Reply {
    reply(200, body)
}

pub(crate) fn with_header(mut reply: Reply, name: &'static str, value: &'static str) -> Reply {
    reply.headers_mut().insert(name, value.parse().unwrap());
    reply
}

/// What a host was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    /// Path and query below the prefix.
    pub(crate) target: String,
    pub(crate) content_type: Option<String>,
    pub(crate) body: String,
}

impl Asked {
    /// Method, path and query.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }
}

/// A host that answers request number n with `script(n, request)`.
pub(crate) struct Fake {
    base: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Fake {
    pub(crate) async fn serve(
        script: impl Fn(usize, &Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let asked = Arc::new(Mutex::new(Vec::<Asked>::new()));
        let (seen, script) = (asked.clone(), Arc::new(script));
        let answer =
            move |method: Method, uri: Uri, headers: axum::http::HeaderMap, body: Bytes| {
                let target = uri.to_string();
                let this = Asked {
                    method,
                    target: target.strip_prefix("/host").unwrap().to_owned(),
                    content_type: headers
                        .get("content-type")
                        .map(|kind| kind.to_str().unwrap().to_owned()),
                    body: String::from_utf8(body.to_vec()).unwrap(),
                };
                let number = {
                    let mut seen = seen.lock().unwrap();
                    seen.push(this.clone());
                    seen.len() - 1
                };
                let script = script.clone();
                async move { script(number, &this) }
            };
        let app = Router::new().fallback(answer);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/host", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { base, asked }
    }

    /// A host that always says the same.
    pub(crate) async fn says(body: impl Into<String>) -> Self {
        let body = body.into();
        Self::serve(move |_, _| json(body.clone())).await
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Method, path and query of every request.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.asked().iter().map(Asked::line).collect()
    }

    pub(crate) fn upstream(&self) -> Arc<Upstream> {
        let base = &self.base;
        let endpoints =
            Endpoints::new(base, base, base, "ws://127.0.0.1:1", "ws://127.0.0.1:1").unwrap();
        let endpoints = endpoints.with_user_pnl(base).unwrap();
        let options = UpstreamOptions {
            deadline: Duration::from_secs(5),
            backoff_base: Duration::from_millis(1),
            backoff_cap: Duration::from_millis(5),
            retry_after_cap: Duration::from_millis(80),
            block_cool_down: Duration::from_millis(120),
            use_system_proxy: false,
            ..UpstreamOptions::default()
        };
        Arc::new(Upstream::new(endpoints, options, Arc::new(Limits::unlimited())).unwrap())
    }
}
