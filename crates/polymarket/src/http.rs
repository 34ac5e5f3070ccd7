//! HTTP to the upstream hosts: deadlines, size caps, retries, and telling an answer from an error page.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chrono::Utc;
use domain::Origin;
use metrics::{counter, histogram};
use reqwest::header::{AGE, CONTENT_TYPE, HeaderMap, HeaderName, RETRY_AFTER};
use reqwest::{Response, Url};
use serde_json::Value;
use tokio::time::Instant;

use crate::retry::{RetryBudget, backoff, parse_retry_after};
use crate::{Endpoints, Host, Limits, UpstreamError, UpstreamErrorKind};

/// In which the lab says what it serves.
const LAB_HEADER: HeaderName = HeaderName::from_static("x-cascadian-lab");
/// In which the Data API names the computation that an answer comes from.
const TRACE_HEADER: HeaderName = HeaderName::from_static("x-trace-id");

/// How [`Upstream`] behaves. The defaults suit the public hosts.
#[derive(Debug, Clone)]
pub struct UpstreamOptions {
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest time one attempt may take, with its whole body.
    pub deadline: Duration,
    /// Bodies above this many bytes, decompressed, are refused while they arrive.
    pub max_body_bytes: usize,
    /// Attempts of one request, the first included.
    pub max_attempts: u32,
    /// Retries the client may have ahead of its requests; each request earns a fifth of one.
    pub retry_reserve: u32,
    /// First step of the backoff; it doubles from there.
    pub backoff_base: Duration,
    /// Longest step of the backoff.
    pub backoff_cap: Duration,
    /// Longest pause a `Retry-After` can impose.
    pub retry_after_cap: Duration,
    /// How long a host is left alone after its network edge refused our address.
    pub block_cool_down: Duration,
    /// Whether the proxy settings of the environment apply.
    pub use_system_proxy: bool,
}

impl Default for UpstreamOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            deadline: Duration::from_secs(30),
            max_body_bytes: 32 * 1024 * 1024,
            max_attempts: 4,
            retry_reserve: 20,
            backoff_base: Duration::from_millis(500),
            backoff_cap: Duration::from_secs(15),
            retry_after_cap: Duration::from_mins(2),
            block_cool_down: Duration::from_secs(30),
            use_system_proxy: true,
        }
    }
}

/// A request that reads: a GET, or a POST where upstream takes the question as a JSON body. Either may
/// be sent again without harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    host: Host,
    /// Names the kind of request in metrics; a constant, so that labels stay bounded.
    route: &'static str,
    segments: Vec<String>,
    query: Vec<(&'static str, String)>,
    /// JSON; with one the request is a POST.
    body: Option<String>,
}

/// What the head of an answer says about where the answer has been.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delivery {
    /// Upstream's name of the computation (`x-trace-id`). The same twice means one answer twice: a cache
    /// between us and upstream gave it out again.
    pub trace_id: Option<String>,
    /// For how long caches have held the answer (`age`); `None` where they do not say.
    pub age: Option<Duration>,
}

/// An answer and how it was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<T> {
    /// What was answered.
    pub value: T,
    /// How it came.
    pub delivery: Delivery,
}

impl Request {
    /// A request to the path made of `segments` below the host's base address. `route` names the kind of
    /// request in metrics, for example `/events/{id}`.
    pub fn new<'a>(
        host: Host,
        route: &'static str,
        segments: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let segments = segments.into_iter().map(str::to_owned).collect();
        Self { host, route, segments, query: Vec::new(), body: None }
    }

    /// Makes it a POST with this body, for the routes that take lists so. It must still only read: like
    /// a GET it is sent again after a transient failure.
    #[must_use]
    pub fn with_json(mut self, body: &Value) -> Self {
        self.body = Some(body.to_string());
        self
    }

    /// Adds a query parameter. Adding one again repeats it, which is how upstream takes lists.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// The kind of request, as in metrics.
    pub fn route(&self) -> &'static str {
        self.route
    }

    /// An error about this request that has nothing to do with an answer.
    pub fn error(&self, kind: UpstreamErrorKind) -> UpstreamError {
        UpstreamError { host: self.host, path: self.path(), status: None, retry_after: None, kind }
    }

    fn path(&self) -> String {
        self.segments.iter().fold(String::new(), |path, segment| path + "/" + segment)
    }

    fn url(&self, endpoints: &Endpoints) -> Result<Url, UpstreamError> {
        let Some(mut url) = endpoints.resource(self.host, &self.segments) else {
            let detail = "no address was given for the host".to_owned();
            return Err(self.error(UpstreamErrorKind::InvalidRequest(detail)));
        };
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }
}

/// A client could not be made, for example because the system's certificates cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up")]
pub struct SetUpError(#[from] reqwest::Error);

/// The client of the upstream hosts. Dropping a future of it cancels the request.
#[derive(Debug)]
pub struct Upstream {
    client: reqwest::Client,
    endpoints: Endpoints,
    options: UpstreamOptions,
    limits: Arc<Limits>,
    retries: RetryBudget,
    origin: RwLock<Option<Origin>>,
}

impl Upstream {
    /// A client of the hosts at `endpoints`. `limits` is to be shared by every client of the process.
    pub fn new(
        endpoints: Endpoints,
        options: UpstreamOptions,
        limits: Arc<Limits>,
    ) -> Result<Self, SetUpError> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("cascadian/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(options.connect_timeout)
            .timeout(options.deadline)
            .redirect(reqwest::redirect::Policy::limited(3));
        if !options.use_system_proxy {
            builder = builder.no_proxy();
        }
        let retries = RetryBudget::new(options.retry_reserve);
        let origin = RwLock::new(None);
        Ok(Self { client: builder.build()?, endpoints, options, limits, retries, origin })
    }

    /// Where the hosts are.
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// What the last answer came from: the lab says so in a header. `None` before the first answer.
    pub fn origin(&self) -> Option<Origin> {
        self.origin.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note_origin(&self, headers: &HeaderMap) {
        let origin = match header(headers, &LAB_HEADER) {
            None => Origin::Polymarket,
            Some("replay") => Origin::Recording,
            Some(which) => Origin::Simulation(which.to_owned()),
        };
        if self.origin().as_ref() != Some(&origin) {
            *self.origin.write().unwrap_or_else(PoisonError::into_inner) = Some(origin);
        }
    }

    /// Sends a request, and again after transient failures as often as options and budget allow. `read`
    /// turns the body into the answer, away from the async threads; a body it finds cut short counts as
    /// a transient failure.
    ///
    /// The body that reaches `read` is neither empty, nor `null`, nor a web page.
    pub async fn get<T, R>(&self, request: &Request, read: R) -> Result<T, UpstreamError>
    where
        T: Send + 'static,
        R: Fn(&[u8]) -> Result<T, serde_json::Error> + Clone + Send + 'static,
    {
        self.answer(request, read).await.map(|answer| answer.value)
    }

    /// The same, with how the answer came.
    pub async fn answer<T, R>(&self, request: &Request, read: R) -> Result<Answer<T>, UpstreamError>
    where
        T: Send + 'static,
        R: Fn(&[u8]) -> Result<T, serde_json::Error> + Clone + Send + 'static,
    {
        self.retries.earn();
        let url = request.url(&self.endpoints)?;
        let mut retry = 0;
        loop {
            let error = match self.attempt(request, url.clone(), read.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            if !self.may_retry(&error, retry) {
                return Err(error);
            }
            counter!("cascadian_upstream_retries_total",
                "host" => request.host.name(), "route" => request.route)
            .increment(1);
            let options = &self.options;
            let pause =
                backoff(retry, options.backoff_base, options.backoff_cap, rand::random::<f64>());
            tracing::debug!(
                upstream.error = %error,
                pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
                "The upstream request is sent again"
            );
            tokio::time::sleep(pause).await;
            retry += 1;
        }
    }

    fn may_retry(&self, error: &UpstreamError, retry: u32) -> bool {
        error.kind.is_transient()
            && retry.saturating_add(1) < self.options.max_attempts
            && self.retries.spend()
    }

    /// One attempt, from its place in the queue to the decoded answer, with its metrics.
    async fn attempt<T, R>(
        &self,
        request: &Request,
        url: Url,
        read: R,
    ) -> Result<Answer<T>, UpstreamError>
    where
        T: Send + 'static,
        R: Fn(&[u8]) -> Result<T, serde_json::Error> + Send + 'static,
    {
        let slot = self.limits.admit(request.host, &request.path()).await;
        let started = Instant::now();
        let fetched = self.fetch(request, url).await;
        let latency = started.elapsed();
        drop(slot);
        self.limits.note_latency(request.host, latency);
        let result = match fetched {
            Ok((body, delivery)) => match read_body(body, read).await {
                Ok(value) => Ok(Answer { value, delivery }),
                Err(kind) => Err(request.error(kind)),
            },
            Err(error) => Err(error),
        };
        if let Err(error) = &result {
            self.note_refusal(error);
        }
        let outcome = result.as_ref().map_or_else(|error| error.kind.outcome(), |_| "ok");
        let (host, route) = (request.host.name(), request.route);
        counter!("cascadian_upstream_requests_total",
            "host" => host, "route" => route, "outcome" => outcome)
        .increment(1);
        histogram!("cascadian_upstream_request_seconds", "host" => host, "route" => route)
            .record(latency.as_secs_f64());
        result
    }

    /// Leaves the host alone for as long as it asked, and for a while if its edge refuses our address.
    fn note_refusal(&self, error: &UpstreamError) {
        let asked = error.retry_after.unwrap_or_default().min(self.options.retry_after_cap);
        match error.kind {
            UpstreamErrorKind::Blocked => {
                self.limits.cool_down(error.host, asked.max(self.options.block_cool_down));
            }
            UpstreamErrorKind::RateLimited => self.limits.cool_down(error.host, asked),
            _ if !asked.is_zero() => self.limits.cool_down(error.host, asked),
            _ => {}
        }
    }

    async fn fetch(
        &self,
        request: &Request,
        url: Url,
    ) -> Result<(Vec<u8>, Delivery), UpstreamError> {
        let sending = match &request.body {
            None => self.client.get(url),
            Some(body) => {
                self.client.post(url).header(CONTENT_TYPE, "application/json").body(body.clone())
            }
        };
        let sent = sending.send().await;
        let mut response = sent.map_err(|error| request.error(transport_kind(error, false)))?;
        self.note_origin(response.headers());
        let status = response.status().as_u16();
        let retry_after = header(response.headers(), &RETRY_AFTER)
            .and_then(|value| parse_retry_after(value, Utc::now()));
        let delivery = delivery(response.headers());
        let is_page = header(response.headers(), &CONTENT_TYPE).is_some_and(|kind| {
            kind.trim_start().get(..9).is_some_and(|kind| kind.eq_ignore_ascii_case("text/html"))
        });
        let fail =
            |kind| UpstreamError { status: Some(status), retry_after, ..request.error(kind) };
        let body = self.collect(&mut response).await.map_err(fail);
        // The status of a failed answer says more than the state of its body.
        let body = if status == 200 { body? } else { body.unwrap_or_default() };
        match judge(status, is_page, &body) {
            None => Ok((body, delivery)),
            Some(kind) => Err(fail(kind)),
        }
    }

    /// Reads the body up to the size cap.
    async fn collect(&self, response: &mut Response) -> Result<Vec<u8>, UpstreamErrorKind> {
        let limit_bytes = self.options.max_body_bytes;
        let mut body = Vec::new();
        while let Some(chunk) =
            response.chunk().await.map_err(|error| transport_kind(error, true))?
        {
            if body.len() + chunk.len() > limit_bytes {
                return Err(UpstreamErrorKind::TooLarge { limit_bytes });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn delivery(headers: &HeaderMap) -> Delivery {
    /// Longer ids are none of upstream's.
    const LONGEST_ID: usize = 200;
    let trace_id = header(headers, &TRACE_HEADER).map(str::trim);
    let trace_id = trace_id.filter(|id| !id.is_empty() && id.len() <= LONGEST_ID);
    let age_s = header(headers, &AGE).and_then(|age| age.trim().parse().ok());
    Delivery { trace_id: trace_id.map(str::to_owned), age: age_s.map(Duration::from_secs) }
}

/// What is wrong with an answer whose body has arrived; nothing for a body worth decoding.
fn judge(status: u16, is_page: bool, body: &[u8]) -> Option<UpstreamErrorKind> {
    let body = body.trim_ascii();
    let is_page = is_page || body.starts_with(b"<");
    // Cloudflare's rate limit of an address comes as text or page, with status 429, 403 or 503.
    let is_1015 = body.starts_with(b"error code: 1015") || (is_page && contains(body, b"1015"));
    match status {
        200 | 403 | 429 | 503 if is_1015 => Some(UpstreamErrorKind::Blocked),
        403 if is_page => Some(UpstreamErrorKind::Blocked),
        429 => Some(UpstreamErrorKind::RateLimited),
        404 => Some(UpstreamErrorKind::NotFound),
        425 | 500..=599 => Some(UpstreamErrorKind::ServerError(status)),
        200 if is_page => Some(UpstreamErrorKind::Html),
        200 if body.is_empty() => Some(UpstreamErrorKind::Empty),
        200 if body == b"null" => Some(UpstreamErrorKind::Null),
        200 => None,
        _ => {
            let message = String::from_utf8_lossy(body).chars().take(200).collect();
            Some(UpstreamErrorKind::Refused { status, message })
        }
    }
}

fn contains(body: &[u8], needle: &[u8]) -> bool {
    // Error pages are small; a large body is not searched.
    body.len() <= 64 * 1024 && body.windows(needle.len()).any(|window| window == needle)
}

/// Classifies a failure below HTTP. The text leaves the address out: its query may hold secrets.
fn transport_kind(error: reqwest::Error, head_has_come: bool) -> UpstreamErrorKind {
    if error.is_timeout() {
        return UpstreamErrorKind::Timeout;
    }
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    if head_has_come {
        UpstreamErrorKind::Truncated(text)
    } else {
        UpstreamErrorKind::Unreachable(text)
    }
}

/// Decodes on a blocking thread: a full page is megabytes.
async fn read_body<T, R>(body: Vec<u8>, read: R) -> Result<T, UpstreamErrorKind>
where
    T: Send + 'static,
    R: Fn(&[u8]) -> Result<T, serde_json::Error> + Send + 'static,
{
    let decoded = tokio::task::spawn_blocking(move || read(&body)).await;
    match decoded {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) if error.is_eof() => Err(UpstreamErrorKind::Truncated(error.to_string())),
        Ok(Err(error)) => Err(UpstreamErrorKind::Malformed(error.to_string())),
        // Only a panic in a decoder or a runtime that is shutting down ends here.
        Err(error) => Err(UpstreamErrorKind::Malformed(format!("decoding was aborted: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_page_is_never_an_answer() {
        let judged = |status, body: &str| judge(status, false, body.as_bytes());
        assert_eq!(judged(200, "[]"), None);
        assert_eq!(judged(200, " \n<!doctype html>"), Some(UpstreamErrorKind::Html));
        assert_eq!(judge(200, true, b"sorry"), Some(UpstreamErrorKind::Html));
        assert_eq!(judged(200, " "), Some(UpstreamErrorKind::Empty));
        assert_eq!(judged(200, " null\n"), Some(UpstreamErrorKind::Null));
        assert_eq!(judged(200, "error code: 1015"), Some(UpstreamErrorKind::Blocked));
        assert_eq!(judged(429, "error code: 1015"), Some(UpstreamErrorKind::Blocked));
        assert_eq!(judged(429, "{}"), Some(UpstreamErrorKind::RateLimited));
        assert_eq!(judged(403, "<html>"), Some(UpstreamErrorKind::Blocked));
        assert_eq!(judged(425, ""), Some(UpstreamErrorKind::ServerError(425)));
        assert_eq!(judged(502, "<html>"), Some(UpstreamErrorKind::ServerError(502)));
        let refused = Some(UpstreamErrorKind::Refused { status: 422, message: "no".to_owned() });
        assert_eq!(judged(422, "no"), refused);
    }

    #[test]
    fn a_market_that_mentions_1015_is_an_answer() {
        assert_eq!(judge(200, false, br#"[{"id":"1015","question":"error code: 1015?"}]"#), None);
    }

    #[test]
    fn errors_name_the_path_and_not_the_query() {
        let request = Request::new(Host::Data, "/trades", ["trades"]).with("key", &"secret");
        let error = request.error(UpstreamErrorKind::Timeout);
        assert_eq!(error.to_string(), "data /trades: did not answer within the deadline");
        assert!(!format!("{error:?}").contains("secret"));
    }
}
