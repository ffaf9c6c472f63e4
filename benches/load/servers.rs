//! The two servers, and the CPU time that their threads have used.

use std::net::SocketAddr;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, Response, header};
use standin::{Seed, Server};
use tokio::runtime::{Builder, Runtime};

use crate::client::{self, Figures};
use crate::requests::Row;

/// What the bare server answers: status, media type, body.
type Sample = (u16, String, Bytes);

/// Both servers and the client, each on a runtime of its own.
pub(crate) struct Stage {
    client: Runtime,
    server: Server,
    bare: SocketAddr,
    sample: Arc<RwLock<Sample>>,
    _standin_runtime: Runtime,
    _bare_runtime: Runtime,
}

fn runtime(name: &'static str) -> Runtime {
    Builder::new_multi_thread().worker_threads(2).thread_name(name).enable_all().build().unwrap()
}

impl Stage {
    pub(crate) fn start() -> Self {
        let (client, standin, bare) = (runtime("client"), runtime("standin"), runtime("bare"));
        let server = standin.block_on(async {
            tokio::spawn(async { Server::builder().seed(Seed::Empty).start().await.unwrap() }).await.unwrap()
        });
        let sample: Arc<RwLock<Sample>> = Arc::default();
        let state = Arc::clone(&sample);
        let address = bare.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let router = Router::new().fallback(answer).with_state(state);
            tokio::spawn(async { axum::serve(listener, router).await });
            address
        });
        Self { client, server, bare: address, sample, _standin_runtime: standin, _bare_runtime: bare }
    }

    pub(crate) fn standin(&self) -> SocketAddr {
        self.server.address()
    }

    pub(crate) fn bare(&self) -> SocketAddr {
        self.bare
    }

    /// Tells the bare server what to say.
    pub(crate) fn bare_answers(&self, sample: Sample) {
        *self.sample.write().unwrap() = sample;
    }

    /// One exchange with standin.
    pub(crate) fn send(&self, request: &[u8]) -> (u16, Vec<u8>) {
        let address = self.standin();
        self.client.block_on(async { client::Connection::open(address).await.send(request).await })
    }

    pub(crate) fn warm(&self, address: SocketAddr, row: &Row, connections: usize) {
        self.drive(address, row, connections, Duration::from_millis(150));
    }

    /// Drives a server with so many connections for so long.
    pub(crate) fn drive(
        &self,
        address: SocketAddr,
        row: &Row,
        connections: usize,
        span: Duration,
    ) -> Figures {
        let times = self.client.block_on(async {
            let tasks: Vec<_> = (0..connections)
                .map(|index| tokio::spawn(client::drive(address, row.requests(index), span)))
                .collect();
            let mut times = Vec::new();
            for task in tasks {
                times.extend(task.await.unwrap());
            }
            times
        });
        client::figures(times, span)
    }
}

async fn answer(State(sample): State<Arc<RwLock<Sample>>>, _body: Bytes) -> Response<Body> {
    let (status, media, body) = sample.read().unwrap().clone();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status.try_into().unwrap();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_str(&media).unwrap());
    response
}

/// CPU microseconds (user and system) of the threads of a server; standin's database threads are its own.
pub(crate) fn cpu_micros(server: &str) -> f64 {
    let mut ticks = 0;
    for task in std::fs::read_dir("/proc/self/task").unwrap().flatten() {
        let Ok(stat) = std::fs::read_to_string(task.path().join("stat")) else { continue };
        let (head, rest) = stat.rsplit_once(')').unwrap();
        let name = head.split_once('(').unwrap().1;
        if name.starts_with(server) || (server == "standin" && name.starts_with("sqlx-sqlite")) {
            // proc(5): the state letter is field 3 of the file and the first here, so utime and stime stand at 11 and 12.
            let fields: Vec<&str> = rest.split_whitespace().collect();
            ticks += fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        }
    }
    // 100 ticks a second on every Linux.
    ticks as f64 * 10_000.0
}
