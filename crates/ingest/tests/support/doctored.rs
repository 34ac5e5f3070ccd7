//! A host between the product and the lab that answers something else now and then.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Method, Response, StatusCode, Uri};
use polymarket::{Endpoints, Upstream};
use serde_json::Value;
use tokio::net::TcpListener;

use super::exchange::Exchange;

/// What becomes of the rows of an answer.
type Cure = Arc<dyn Fn(&mut Vec<Value>) + Send + Sync>;

/// A client of a host that has no such routes as begin so.
pub(crate) async fn without(exchange: &Exchange, prefix: &'static str) -> Arc<Upstream> {
    between(exchange, move |path| path.starts_with(prefix), None).await
}

/// A client of a host whose answers at routes that begin so have other rows.
pub(crate) async fn doctored(
    exchange: &Exchange,
    prefix: &'static str,
    cure: impl Fn(&mut Vec<Value>) + Send + Sync + 'static,
) -> Arc<Upstream> {
    between(exchange, move |path| path.starts_with(prefix), Some(Arc::new(cure))).await
}

/// Answers those that are concerned with other rows, or not at all.
async fn between(
    exchange: &Exchange,
    is_concerned: impl Fn(&str) -> bool + Clone + Send + Sync + 'static,
    cure: Option<Cure>,
) -> Arc<Upstream> {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let base = exchange.base().to_owned();
    let answer = move |method: Method, uri: Uri, asked: Bytes| {
        let (http, url, cure) = (http.clone(), format!("{base}{uri}"), cure.clone());
        let is_concerned = is_concerned(uri.path());
        async move {
            let request = http.request(method, url).header("content-type", "application/json");
            let answer = request.body(asked).send().await.unwrap();
            let (status, lab) = (answer.status(), answer.headers().get(LAB).cloned());
            if is_concerned && cure.is_none() {
                return told(StatusCode::NOT_FOUND, lab, Bytes::new());
            }
            let body = answer.bytes().await.unwrap();
            match cure.filter(|_| is_concerned && status.is_success()) {
                Some(cure) => told(status, lab, cured(&body, &cure)),
                None => told(status, lab, body),
            }
        }
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let own = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, app).await });
    super::upstream(Endpoints::below(&own).unwrap())
}

/// Who it is that answers.
const LAB: &str = "x-cascadian-lab";

fn told(status: StatusCode, lab: Option<axum::http::HeaderValue>, body: Bytes) -> Response<Body> {
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = status;
    let json = axum::http::HeaderValue::from_static("application/json");
    answer.headers_mut().insert("content-type", json);
    if let Some(lab) = lab {
        answer.headers_mut().insert(LAB, lab);
    }
    answer
}

fn cured(body: &[u8], cure: &Cure) -> Bytes {
    let mut whole: Value = serde_json::from_slice(body).unwrap();
    let rows = if whole.is_array() { &mut whole } else { &mut whole["data"] };
    cure(rows.as_array_mut().unwrap());
    serde_json::to_vec(&whole).unwrap().into()
}
