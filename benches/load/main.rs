//! `cargo bench --bench load`: what a request costs, next to a bare axum server that answers the same bytes.
//!
//! Both servers run in this process, each on a runtime of its own with named threads, and are driven over loopback in
//! turn, so that a noisy machine is noisy for both. CPU time is read per thread from `/proc`, so the client's is not in
//! it. Start-up, memory and worlds are measured on the real program.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a bench that cannot go on should stop where it is"
)]
#![expect(clippy::cast_precision_loss, reason = "counts and microseconds are far below 2^52")]
#![expect(clippy::disallowed_methods, reason = "a bench measures real time, and its tasks end with it")]
#![expect(clippy::similar_names, reason = "stage and state are the words for what they are")]

mod bytes;
mod client;
mod engine;
mod process;
mod requests;
mod scale;
mod schemes;
mod servers;

use std::time::Duration;

use client::Figures;
use requests::{Row, Scene};
use servers::Stage;

/// How long each measurement lasts.
const SPAN: Duration = Duration::from_millis(1500);
const CONNECTIONS: [usize; 3] = [1, 16, 64];

fn main() {
    // `cargo test --benches` and `cargo bench -- --list` only want to know that it starts.
    if std::env::args().any(|arg| arg == "--test" || arg == "--list") {
        return;
    }
    // `cargo bench --bench load -- bytes`: the large file alone.
    if std::env::args().any(|arg| arg == "bytes") {
        bytes::report();
        return;
    }
    // `cargo bench --bench load -- scale`: a tree of a million files alone.
    if std::env::args().any(|arg| arg == "scale") {
        scale::report();
        return;
    }
    // `cargo bench --bench load -- schemes`: processes in bulk alone.
    if std::env::args().any(|arg| arg == "schemes") {
        schemes::report();
        return;
    }
    // `cargo bench --bench load -- engine`: processes that run alone.
    if std::env::args().any(|arg| arg == "engine") {
        engine::report();
        return;
    }
    let stage = Stage::start();
    let scene = Scene::set(&stage);
    println!(
        "| request | conn. | requests/s | p50 µs | p99 µs | CPU µs/request | bare axum: requests/s | CPU µs | ratio requests/s | ratio CPU |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for row in scene.rows() {
        for connections in CONNECTIONS {
            measure(&stage, &row, connections);
        }
    }
    far_away(&stage, &scene);
    drop(stage);
    process::report();
    bytes::report();
    scale::report();
    schemes::report();
    engine::report();
}

fn measure(stage: &Stage, row: &Row, connections: usize) {
    stage.bare_answers(row.sample(stage));
    let ours = run(stage, row, connections, stage.standin(), "standin");
    let bare = run(stage, row, connections, stage.bare(), "bare");
    println!(
        "| {} | {connections} | {:.0} | {:.0} | {:.0} | {:.1} | {:.0} | {:.1} | {:.2} | {:.1} |",
        row.name,
        ours.per_second,
        ours.p50,
        ours.p99,
        ours.cpu,
        bare.per_second,
        bare.cpu,
        ours.per_second / bare.per_second,
        ours.cpu / bare.cpu.max(0.1),
    );
}

fn run(
    stage: &Stage,
    row: &Row,
    connections: usize,
    address: std::net::SocketAddr,
    threads: &str,
) -> Figures {
    stage.warm(address, row, connections);
    let before = servers::cpu_micros(threads);
    let mut figures = stage.drive(address, row, connections, SPAN);
    figures.cpu = (servers::cpu_micros(threads) - before) / figures.requests.max(1) as f64;
    figures
}

/// 100,000 files elsewhere must not change what a listing costs.
fn far_away(stage: &Stage, scene: &Scene) {
    let row = scene.listing();
    stage.bare_answers(row.sample(stage));
    let before = run(stage, &row, 1, stage.standin(), "standin");
    Scene::crowd(stage, 100_000);
    let after = run(stage, &row, 1, stage.standin(), "standin");
    println!(
        "\nlisting of 100, then with 100,000 files elsewhere: p50 {:.0} µs, then {:.0} µs; CPU {:.1} µs, then {:.1} µs ({:+.0} %)",
        before.p50,
        after.p50,
        before.cpu,
        after.cpu,
        (after.cpu / before.cpu - 1.0) * 100.0
    );
}
