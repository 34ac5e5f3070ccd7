//! A closed loop of clients over HTTP/1.1: each asks, reads the whole answer, and asks again. It writes and reads
//! bytes itself, so that on a machine shared with the server little of the time is the client's.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

/// What is asked again and again.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) address: SocketAddr,
    /// Path and query. `{n}` becomes the number of the request, which makes each a question never asked before.
    pub(crate) target: String,
    /// Value of `Accept-Encoding`, where it is sent.
    pub(crate) accept_encoding: Option<&'static str>,
}

/// How it was answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answered {
    pub(crate) per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    /// Bytes of one body.
    pub(crate) body_bytes: usize,
}

/// Lets `connections` clients ask for `period`. They run on `clients`, apart from the server's threads.
pub(crate) async fn measure(
    clients: &Handle,
    request: &Request,
    connections: usize,
    period: Duration,
) -> anyhow::Result<Answered> {
    // Numbers go on from run to run: a question must not have been asked by an earlier one.
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let request = Arc::new(request.clone());
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let request = Arc::clone(&request);
        let asking = async move {
            let mut connection = Connection::open(request.address).await?;
            let mut latencies = Vec::new();
            let mut body_bytes = 0;
            while began.elapsed() < period {
                let number = NUMBER.fetch_add(1, Ordering::Relaxed);
                let asked = Instant::now();
                body_bytes = connection.ask(&request, number).await?;
                latencies.push(asked.elapsed());
            }
            anyhow::Ok((latencies, body_bytes))
        };
        tasks.spawn_on(asking, clients);
    }
    let mut latencies = Vec::new();
    let mut body_bytes = 0;
    while let Some(ended) = tasks.join_next().await {
        let (own, bytes) = ended?.with_context(|| format!("asking for {}", request.target))?;
        latencies.extend(own);
        body_bytes = body_bytes.max(bytes);
    }
    let elapsed = began.elapsed().as_secs_f64();
    latencies.sort_unstable();
    let quantile = |share: usize| latencies.get(latencies.len() * share / 100).copied();
    Ok(Answered {
        per_second: latencies.len() as f64 / elapsed,
        p50: quantile(50).unwrap_or_default(),
        p99: quantile(99).unwrap_or_default(),
        body_bytes,
    })
}

/// One body, for looking at it.
pub(crate) async fn body(request: &Request) -> anyhow::Result<Vec<u8>> {
    let mut connection = Connection::open(request.address).await?;
    let length = connection.ask(request, 0).await?;
    let start = connection.buffer.len() - length;
    Ok(connection.buffer.split_off(start))
}

struct Connection {
    stream: TcpStream,
    /// The answer read last, head and body.
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(1 << 18) })
    }

    /// Asks and reads the answer, which must be a success with a known length. Returns the length of its body.
    async fn ask(&mut self, request: &Request, number: u64) -> anyhow::Result<usize> {
        let Request { address, target, accept_encoding } = request;
        let target = target.replace("{n}", &number.to_string());
        let accept = accept_encoding
            .map(|coding| format!("accept-encoding: {coding}\r\n"))
            .unwrap_or_default();
        let head = format!("GET {target} HTTP/1.1\r\nhost: {address}\r\n{accept}\r\n");
        self.stream.write_all(head.as_bytes()).await?;
        self.buffer.clear();
        let (head_length, body_length) = loop {
            self.read_more().await?;
            let end = self.buffer.windows(4).position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                let head = std::str::from_utf8(self.buffer.get(..end).unwrap_or_default())?;
                break (end + 4, body_length(head)?);
            }
        };
        while self.buffer.len() < head_length + body_length {
            self.read_more().await?;
        }
        Ok(body_length)
    }

    async fn read_more(&mut self) -> anyhow::Result<()> {
        self.buffer.reserve(1 << 16);
        let read = self.stream.read_buf(&mut self.buffer).await?;
        ensure!(read > 0, "the server closed the connection");
        Ok(())
    }
}

fn body_length(head: &str) -> anyhow::Result<usize> {
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap_or_default();
    ensure!(status.starts_with("HTTP/1.1 200"), "answered {status}");
    let mut fields = lines.filter_map(|line| line.split_once(':'));
    let length = fields.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    Ok(length.context("an answer without its length")?.1.trim().parse()?)
}
