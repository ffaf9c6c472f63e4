//! The subcommands, from parsed flags to exit code.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::app;
use crate::config::{self, Command, Config, SeedCommand, ServeArgs, Url};
use crate::control;
use crate::kernel::clock::SystemTime;
use crate::kernel::settings::Settings;
use crate::kernel::world::{Storage, Worlds};
use crate::schema::SCHEMA;
use crate::seed::Seed;
use crate::server::{LogFormat, Server, StartError};

/// Why the program ends with a failure: one line, and the exit code.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub struct Failure {
    /// 2 for a wrong flag, seed or database; 1 for all else.
    pub code: u8,
    text: String,
}

impl Failure {
    fn usage(text: impl Into<String>) -> Self {
        Self { code: 2, text: text.into() }
    }

    fn other(text: impl Into<String>) -> Self {
        Self { code: 1, text: text.into() }
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self::usage(error.to_string())
    }
}

/// Runs the program.
///
/// # Errors
/// One line for the user and the exit code.
pub fn run(config: Config) -> Result<(), Failure> {
    match config.command.unwrap_or_else(|| Command::Serve(Box::new(config.serve))) {
        Command::Serve(args) => runtime()?.block_on(serve(&args)),
        Command::Health { url, listen } => health(&url.unwrap_or_else(|| config::local(listen))),
        Command::Sign { secret, time, body } => sign(&secret, &time, &body),
        Command::Seed { command: SeedCommand::Check { files } } => runtime()?.block_on(check(&files)),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::other(format!("no runtime: {error}")))
}

async fn serve(args: &ServeArgs) -> Result<(), Failure> {
    if !args.quiet {
        log(args.log);
    }
    let mut builder = Server::builder()
        .listen(args.listen)
        .seed(Seed::from_paths(&args.seed).map_err(Failure::usage)?)
        .cors(args.cors.clone().unwrap_or_default())
        .settings(args.settings());
    if let Some(path) = &args.database {
        builder = builder.database(path);
    }
    let signal = signal()?;
    let server = builder.start().await?;
    banner(args, &server).await?;
    if let Some(path) = &args.port_file {
        write_port_file(path, &server.address().to_string())?;
    }
    signal.await;
    server.stop().await;
    Ok(())
}

/// Lines for people, and last the one that scripts wait for.
async fn banner(args: &ServeArgs, server: &Server) -> Result<(), Failure> {
    let url = args.public_url.as_ref().map_or_else(|| server.url(), ToString::to_string);
    let line = |name: &str, text: &str| format!("  {name:<9} {text}\n");
    let mut text = format!("standin {}, seed: {}\n", env!("CARGO_PKG_VERSION"), server.seed());
    for (name, path, credentials) in server.describe().await? {
        text += &line(name, &format!("{url}{path}"));
        for credential in credentials {
            text += &line("", &format!("{}: {}", credential.what, credential.value));
        }
    }
    text += &line("control", &format!("{url}{}", control::PREFIX));
    text = format!("{text}standin ready on {}\n", server.url());
    let mut out = std::io::stdout().lock();
    // A closed standard output is no reason to stop serving.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    Ok(())
}

/// In one step, so that whoever waits for the file never reads half of it.
fn write_port_file(path: &Path, address: &str) -> Result<(), Failure> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    std::fs::write(&part, address)
        .and_then(|()| std::fs::rename(&part, path))
        .map_err(|error| Failure::usage(format!("--port-file {}: {error}", path.display())))
}

/// Ctrl-C or SIGTERM. The handlers are set before the server starts, so that a PID 1 never misses an early signal.
fn signal() -> Result<impl Future<Output = ()>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let wrong = |error: std::io::Error| Failure::other(format!("signals: {error}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(wrong)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(wrong)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

fn log(format: LogFormat) {
    let builder = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_target(false)
        .with_writer(std::io::stderr)
        .with_ansi(false);
    // A second subscriber can only be a test's own; it stays.
    let _ = match format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
}

fn health(url: &Url) -> Result<(), Failure> {
    let wrong = |error: std::io::Error| Failure::other(format!("{url}: {error}"));
    let timeout = Duration::from_secs(3);
    let address = (url.host(), url.port())
        .to_socket_addrs()
        .map_err(wrong)?
        .next()
        .ok_or_else(|| Failure::other(format!("{url}: no such host")))?;
    let mut stream = TcpStream::connect_timeout(&address, timeout).map_err(wrong)?;
    stream.set_read_timeout(Some(timeout)).map_err(wrong)?;
    let path = format!("{}{}/health", url.path(), control::PREFIX);
    let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", url.host());
    stream.write_all(request.as_bytes()).map_err(wrong)?;
    let mut answer = String::new();
    stream.take(64 * 1024).read_to_string(&mut answer).map_err(wrong)?;
    if answer.starts_with("HTTP/1.1 200") {
        return Ok(());
    }
    Err(Failure::other(format!("{url}: not ready: {}", answer.lines().next().unwrap_or("no answer"))))
}

fn sign(secret: &str, time: &str, body: &str) -> Result<(), Failure> {
    let body = if body == "-" {
        let mut bytes = Vec::new();
        std::io::stdin()
            .read_to_end(&mut bytes)
            .map_err(|error| Failure::other(format!("standard input: {error}")))?;
        bytes
    } else {
        body.as_bytes().to_vec()
    };
    println!("{}", crate::corezoid::sign(time, secret, &body));
    Ok(())
}

/// Imports the documents into a world that is thrown away: finds mistakes of form and dangling references alike.
async fn check(files: &[PathBuf]) -> Result<(), Failure> {
    let documents = Seed::from_paths(files).map_err(Failure::usage)?.documents();
    let settings = Arc::new(Settings::default());
    let time = Arc::new(SystemTime);
    Worlds::open(app::services(), &SCHEMA, settings, time, Storage::Memory, documents)
        .await
        .map_err(|error| Failure::usage(error.to_string()))?;
    for file in files {
        println!("{}: ok", file.display());
    }
    Ok(())
}
