//! The real program: start-up, memory, worlds.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crate::client::Connection;

const TRIES: usize = 15;

pub(crate) struct Program {
    child: Child,
    pub(crate) address: std::net::SocketAddr,
    first_answer_ms: f64,
}

impl Program {
    /// Starts it and waits for its first answer.
    fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with further arguments.
    pub(crate) fn start_with(arguments: &[&str]) -> Self {
        let start = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_standin"))
            .args(["--listen", "127.0.0.1:0", "--quiet"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let ready = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("standin ready on http://").map(str::to_owned))
            .expect("it says that it is ready");
        let address = ready.parse().unwrap();
        send(address, "GET", "/_standin/health");
        Self { child, address, first_answer_ms: start.elapsed().as_secs_f64() * 1000.0 }
    }

    /// Resident memory in MB.
    fn memory(&self) -> f64 {
        self.status("VmRSS")
    }

    /// The highest that its resident memory has been, in MB.
    pub(crate) fn peak(&self) -> f64 {
        self.status("VmHWM")
    }

    /// CPU microseconds that it has used.
    pub(crate) fn cpu_micros(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        // proc(5), as in `servers::cpu_micros`: utime and stime, 100 ticks a second.
        (fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()) as f64 * 10_000.0
    }

    fn status(&self, key: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(key)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn send(address: std::net::SocketAddr, verb: &str, path: &str) -> f64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = Connection::open(address).await;
        let start = Instant::now();
        let request = format!(
            "{verb} {path} HTTP/1.1\r\nHost: a\r\nAuthorization: standin-admin-token\r\nContent-Length: 0\r\n\r\n"
        );
        let (status, _) = connection.send(request.as_bytes()).await;
        assert!(status < 300, "{verb} {path}: {status}");
        start.elapsed().as_secs_f64() * 1000.0
    })
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Prints what the program costs around the requests.
pub(crate) fn report() {
    let starts: Vec<f64> = (0..TRIES).map(|_| Program::start().first_answer_ms).collect();
    let program = Program::start();
    let idle = program.memory();
    let worlds = 200;
    let made: Vec<f64> =
        (0..worlds).map(|n| send(program.address, "GET", &format!("/w/w{n}/_standin/health"))).collect();
    let per_world = (program.memory() - idle) / f64::from(worlds);
    let resets: Vec<f64> = (0..TRIES * 4).map(|_| send(program.address, "POST", "/_standin/reset")).collect();
    let size = std::fs::metadata(env!("CARGO_BIN_EXE_standin")).unwrap().len();
    println!("\n| figure (the real program, demo world, medians) | |");
    println!("|---|---|");
    println!("| process start to first answer | {:.1} ms |", median(starts));
    println!("| idle memory | {idle:.1} MB |");
    println!("| time to make a world (its first answer over HTTP) | {:.2} ms |", median(made));
    println!("| memory per world | {per_world:.2} MB |");
    println!("| reset over HTTP | {:.2} ms |", median(resets));
    drop(program);
    println!("| memory after 20,000 requests on 16 connections | {:.1} MB |", after_load());
    println!("| program, bench profile (not stripped) | {:.1} MB |", size as f64 / f64::from(1 << 20));
}

fn after_load() -> f64 {
    let program = Program::start();
    let address = program.address;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..16)
            .map(|_| {
                tokio::spawn(async move {
                    let mut connection = Connection::open(address).await;
                    for _ in 0..1250 {
                        let request = b"GET /api/2.0/files/@my HTTP/1.1\r\nHost: a\r\nAuthorization: standin-admin-token\r\n\r\n";
                        connection.send(request).await;
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    program.memory()
}
