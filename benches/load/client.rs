//! A small keep-alive HTTP client: writes prepared bytes, reads an answer by its Content-Length, notes the time.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What one measurement found.
#[derive(Debug, Default, Clone)]
pub(crate) struct Figures {
    pub(crate) requests: usize,
    pub(crate) per_second: f64,
    /// Microseconds.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    /// CPU microseconds of the server per request.
    pub(crate) cpu: f64,
}

/// A connection that is kept.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: Vec::with_capacity(64 << 10) }
    }

    /// Sends a request and gives status and body.
    pub(crate) async fn send(&mut self, request: &[u8]) -> (u16, Vec<u8>) {
        self.stream.write_all(request).await.unwrap();
        self.buffer.clear();
        let head = loop {
            let n = self.stream.read_buf(&mut self.buffer).await.unwrap();
            assert!(n > 0, "the server hung up");
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let text = std::str::from_utf8(&self.buffer[..head]).unwrap().to_ascii_lowercase();
        let status = text[9..12].parse().unwrap();
        let length = text
            .split("content-length: ")
            .nth(1)
            .map_or(0, |rest| rest.split("\r\n").next().unwrap().trim().parse::<usize>().unwrap());
        while self.buffer.len() < head + length {
            let n = self.stream.read_buf(&mut self.buffer).await.unwrap();
            assert!(n > 0, "the server hung up");
        }
        (status, self.buffer[head..head + length].to_vec())
    }
}

/// Sends `requests` in turn, again and again, until `span` is over; gives each one's microseconds.
pub(crate) async fn drive(address: SocketAddr, requests: Vec<Vec<u8>>, span: Duration) -> Vec<f64> {
    let mut connection = Connection::open(address).await;
    let mut times = Vec::new();
    let start = Instant::now();
    for request in requests.iter().cycle() {
        if start.elapsed() >= span {
            break;
        }
        let sent = Instant::now();
        let (status, body) = connection.send(request).await;
        times.push(sent.elapsed().as_secs_f64() * 1e6);
        assert!(status < 300, "{status}: {}", String::from_utf8_lossy(&body));
    }
    times
}

/// Sums up the times of all connections.
pub(crate) fn figures(mut times: Vec<f64>, span: Duration) -> Figures {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an index within the list"
        )]
        let index = (times.len() as f64 * share) as usize;
        times.get(index.min(times.len().saturating_sub(1))).copied().unwrap_or_default()
    };
    Figures {
        requests: times.len(),
        per_second: times.len() as f64 / span.as_secs_f64(),
        p50: at(0.5),
        p99: at(0.99),
        cpu: 0.0,
    }
}
