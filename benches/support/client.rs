//! A small client over hyper: connections that stay open, loads bounded in time, exact percentiles.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep_until, timeout};

use super::Outcome;

/// Connections of a closed loop: each asks again as soon as it is answered.
const CLOSED_CONNECTIONS: usize = 8;
/// Connections of a paced load, so many that a slow answer never holds back the next request.
const PACED_CONNECTIONS: usize = 32;
/// The longest that one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where a load goes, and the cookie that goes with each request: empty where nobody is signed in.
#[derive(Clone)]
pub struct Target {
    address: SocketAddr,
    cookie: String,
}

impl From<SocketAddr> for Target {
    fn from(address: SocketAddr) -> Self {
        Self { address, cookie: String::new() }
    }
}

impl From<(SocketAddr, &str)> for Target {
    fn from((address, cookie): (SocketAddr, &str)) -> Self {
        Self { address, cookie: cookie.to_owned() }
    }
}

/// An open connection.
pub struct Connection {
    sender: SendRequest<Empty<Bytes>>,
    host: String,
    cookie: String,
}

impl Connection {
    /// Connects to a server on this machine.
    pub async fn open(target: impl Into<Target>) -> Outcome<Self> {
        let Target { address, cookie } = target.into();
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { sender, host: address.to_string(), cookie })
    }

    /// Asks for a page and reads all of it. Anything but 200 is an error: a fast failure must not look like speed.
    pub async fn get(&mut self, path: &str) -> Outcome<Bytes> {
        let mut request = Request::get(path).header("host", &self.host);
        if !self.cookie.is_empty() {
            request = request.header("cookie", &self.cookie);
        }
        let request = request.body(Empty::new())?;
        self.sender.ready().await?;
        let answer = timeout(PATIENCE, async {
            let response = self.sender.send_request(request).await?;
            let status = response.status();
            Ok::<_, hyper::Error>((status, response.into_body().collect().await?.to_bytes()))
        });
        let (status, body) = answer.await??;
        if status != 200 {
            return Err(format!("{path} answered {status}: {}", String::from_utf8_lossy(&body[..body.len().min(300)])).into());
        }
        Ok(body)
    }
}

/// What a load did.
#[derive(Default)]
pub struct Load {
    /// Every latency, shortest first.
    latencies: Vec<Duration>,
    lasted: Duration,
}

impl Load {
    /// Answers a second.
    pub fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.lasted.as_secs_f64()
    }

    /// The latency within which this share of the answers came.
    pub fn percentile(&self, share: f64) -> Duration {
        let rank = (share * self.latencies.len() as f64).ceil() as usize;
        self.latencies.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }

    /// How many answers.
    pub fn count(&self) -> usize {
        self.latencies.len()
    }

    /// Several loads as one.
    pub fn merged(loads: Vec<Self>) -> Self {
        let lasted = loads.iter().map(|load| load.lasted).sum();
        Self::of(loads.into_iter().flat_map(|load| load.latencies).collect(), lasted)
    }

    fn of(mut latencies: Vec<Duration>, lasted: Duration) -> Self {
        latencies.sort_unstable();
        Self { latencies, lasted }
    }
}

/// As many requests as the server answers, over [`CLOSED_CONNECTIONS`], after a short warm-up that does not count.
pub async fn closed(address: SocketAddr, paths: &[String], lasting: Duration) -> Outcome<Load> {
    drive(address.into(), paths, CLOSED_CONNECTIONS, None, lasting / 5).await?;
    drive(address.into(), paths, CLOSED_CONNECTIONS, None, lasting).await
}

/// `rate` requests a second, each at its time whether or not earlier ones are answered.
pub async fn paced(target: impl Into<Target>, paths: &[String], rate: f64, lasting: Duration) -> Outcome<Load> {
    drive(target.into(), paths, PACED_CONNECTIONS, Some(rate), lasting).await
}

async fn drive(target: Target, paths: &[String], connections: usize, rate: Option<f64>, lasting: Duration) -> Outcome<Load> {
    let (next, paths) = (Arc::new(AtomicU32::new(0)), Arc::from(paths));
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(Connection::open(target.clone()).await?);
    }
    let begun = Instant::now();
    let mut workers = JoinSet::new();
    for connection in open {
        let worker = Worker { connection, next: Arc::clone(&next), paths: Arc::clone(&paths), begun, lasting };
        workers.spawn(worker.work(rate));
    }
    let mut latencies = Vec::new();
    while let Some(ended) = workers.join_next().await {
        latencies.extend(ended??);
    }
    Ok(Load::of(latencies, begun.elapsed()))
}

struct Worker {
    connection: Connection,
    next: Arc<AtomicU32>,
    paths: Arc<[String]>,
    begun: Instant,
    lasting: Duration,
}

impl Worker {
    async fn work(mut self, rate: Option<f64>) -> Outcome<Vec<Duration>> {
        let mut latencies = Vec::new();
        loop {
            let turn = self.next.fetch_add(1, Ordering::Relaxed);
            let due = rate.map(|rate| self.begun + Duration::from_secs_f64(f64::from(turn) / rate));
            if due.unwrap_or_else(Instant::now) >= self.begun + self.lasting {
                return Ok(latencies);
            }
            let path = &self.paths[turn as usize % self.paths.len()];
            let asked = self.wait_until(due).await;
            self.connection.get(path).await?;
            latencies.push(asked.elapsed());
        }
    }

    /// The moment from which the latency counts: when the request was due, if every connection was busy then; else when it was sent, so
    /// that the timer's whole milliseconds are not taken for the server's.
    async fn wait_until(&self, due: Option<Instant>) -> Instant {
        match due {
            Some(due) if Instant::now() > due => due,
            Some(due) => {
                sleep_until(due.into()).await;
                Instant::now()
            }
            None => Instant::now(),
        }
    }
}
