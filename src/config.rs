//! The command line: every flag, its default and its environment twin, in one struct (contract §1).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use axum::http::HeaderValue;
use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand};

use crate::kernel::clock::ClockStart;
use crate::kernel::engine::EngineOptions;
use crate::kernel::outbound::{Authorities, Outbound};
use crate::kernel::settings::{Auth, Language, Operations, Profile, Settings};
use crate::kernel::time::Timestamp;
use crate::server::{Cors, LogFormat};

/// A local stand-in for the R7-Office portal API and the Corezoid API.
#[derive(Debug, Parser)]
#[command(name = "standin", version, about, args_conflicts_with_subcommands = true)]
pub struct Config {
    /// What to do; nothing means `serve`.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Options of `serve`.
    #[command(flatten)]
    pub serve: ServeArgs,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve both APIs (the default)
    Serve(Box<ServeArgs>),
    /// Exit 0 when a server is ready
    Health {
        /// Base URL of the server [default: where the server listens]
        #[arg(long, env = "STANDIN_URL")]
        url: Option<Url>,
        /// Where the server listens
        #[arg(long, env = "STANDIN_LISTEN", hide = true, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
    },
    /// Print the Corezoid signature of a request body
    Sign {
        /// Secret of the API key
        #[arg(long, env = "STANDIN_SECRET", hide_env_values = true)]
        secret: String,
        /// Unix time in seconds, as in the URL
        #[arg(long, env = "STANDIN_TIME")]
        time: String,
        /// The body; `-` or nothing reads it from standard input
        #[arg(default_value = "-")]
        body: String,
    },
    /// Work with state documents
    Seed {
        /// What to do with them
        #[command(subcommand)]
        command: SeedCommand,
    },
}

/// Subcommands of `seed`.
#[derive(Debug, Subcommand)]
pub enum SeedCommand {
    /// Check documents: form, types, references
    Check {
        /// The documents; each is checked as an addition to the ones before
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

/// Options of `serve`.
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    /// Address and port; port 0 takes a free one
    #[arg(long, env = "STANDIN_LISTEN", value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// The bound ADDR:PORT is written here once the server answers
    #[arg(long, env = "STANDIN_PORT_FILE", value_name = "PATH")]
    pub port_file: Option<PathBuf>,
    /// A SQLite file to keep the worlds in [default: in memory]
    #[arg(long, env = "STANDIN_DATABASE", value_name = "PATH")]
    pub database: Option<PathBuf>,
    /// A state document, a folder of them, or `empty`; repeatable [default: the built-in demo]
    #[arg(long, env = "STANDIN_SEED", value_name = "PATH", value_delimiter = ',')]
    pub seed: Vec<PathBuf>,
    /// Base of every absolute link in answers [default: from each request]
    #[arg(long, env = "STANDIN_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<Url>,
    /// `open`: missing or wrong credentials act as the seeded admin / first API key
    #[arg(long, env = "STANDIN_AUTH", value_enum, default_value_t)]
    pub auth: Auth,
    /// Portal zone for R7 dates
    #[arg(long, env = "STANDIN_TIME_ZONE", value_name = "IANA", default_value = "UTC", value_parser = time_zone)]
    pub time_zone: jiff::tz::TimeZone,
    /// Language of the portal's own texts
    #[arg(long, env = "STANDIN_LANGUAGE", value_enum, default_value_t)]
    pub language: Language,
    /// Shape choices where the seed documents and the real product differ
    #[arg(long, env = "STANDIN_PROFILE", value_enum, default_value_t)]
    pub profile: Profile,
    /// R7 file operations finish at once (`instant`), or after so many milliseconds of the world's clock
    #[arg(long, env = "STANDIN_OPERATIONS", value_name = "instant|MS", default_value = "instant", value_parser = operations)]
    pub operations: Operations,
    /// `frozen`: time stands still until the control API moves it
    #[arg(long, env = "STANDIN_CLOCK", value_name = "system|frozen[=TIME]", default_value = "system", value_parser = clock)]
    pub clock: ClockStart,
    /// Corezoid: refuse requests whose time is further off than this [default: off]
    #[arg(long, env = "STANDIN_CLOCK_SKEW", value_name = "SECONDS")]
    pub clock_skew: Option<u64>,
    /// Corezoid: folder of the libraries that scripts of Code nodes load, such as moment.js [default: none]
    #[arg(long, env = "STANDIN_JS_LIBS", value_name = "DIR", value_parser = folder)]
    pub js_libs: Option<PathBuf>,
    /// Corezoid: how the engine takes what nobody knows (the README lists the names); repeatable
    #[arg(long, env = "STANDIN_ENGINE", value_name = "NAME=VALUE", value_delimiter = ',', value_parser = engine)]
    pub engine: Vec<(String, String)>,
    /// Servers that processes may call: none, those of this machine, or these (`*.example.com`, `HOST:PORT` and `loopback` count too)
    #[arg(
        long,
        env = "STANDIN_OUTBOUND",
        value_name = "deny|loopback|allow[=HOST,…]",
        default_value = "deny"
    )]
    pub outbound: Outbound,
    /// File of certificates (PEM) that calls of processes trust beside the usual authorities [default: none]
    #[arg(long, env = "STANDIN_OUTBOUND_CA", value_name = "FILE", value_parser = authorities)]
    pub outbound_ca: Option<Authorities>,
    /// Origin that browsers may call from, or `off` [default: any]
    #[arg(long, env = "STANDIN_CORS", value_name = "ORIGIN|off", value_parser = cors)]
    pub cors: Option<Cors>,
    /// Form of the log lines
    #[arg(long, env = "STANDIN_LOG", value_enum, default_value_t)]
    pub log: LogFormat,
    /// No log lines
    #[arg(long, env = "STANDIN_QUIET", value_parser = FalseyValueParser::new())]
    pub quiet: bool,
}

impl ServeArgs {
    /// What the services need of it.
    #[must_use]
    pub fn settings(&self) -> Settings {
        Settings {
            public_url: self.public_url.as_ref().map(ToString::to_string),
            auth: self.auth,
            time_zone: self.time_zone.clone(),
            language: self.language,
            profile: self.profile,
            operations: self.operations,
            clock: self.clock,
            clock_skew: self.clock_skew,
            js_libs: self.js_libs.clone(),
            engine: self.engine.iter().fold(EngineOptions::default(), |mut options, (name, value)| {
                // Each was looked at when the command line was read.
                let _ = options.set(name, value);
                options
            }),
            outbound: self.outbound.clone(),
            authorities: self.outbound_ca.clone().unwrap_or_default(),
        }
    }
}

fn engine(text: &str) -> Result<(String, String), String> {
    let (name, value) =
        text.split_once('=').ok_or_else(|| format!("{text:?} is not of the form NAME=VALUE"))?;
    EngineOptions::default().set(name, value)?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Where to ask a server on this machine that listens at `address`: `0.0.0.0` is no place to call.
pub(crate) fn local(address: SocketAddr) -> Url {
    let host = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    let reach = SocketAddr::new(host, address.port());
    Url { text: format!("http://{reach}"), host: host.to_string(), port: reach.port(), path: String::new() }
}

/// An `http` or `https` URL without query.
#[derive(Debug, Clone)]
pub struct Url {
    text: String,
    host: String,
    port: u16,
    path: String,
}

impl Url {
    /// Host to connect to.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Port to connect to.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Path, without a slash at the end.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl std::fmt::Display for Url {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::str::FromStr for Url {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let uri: axum::http::Uri = text.parse().map_err(|error| format!("{error}"))?;
        let default_port = match uri.scheme_str() {
            Some("http") => 80,
            Some("https") => 443,
            _ => return Err("a URL starts with http:// or https://".to_owned()),
        };
        if uri.query().is_some() {
            return Err("a base URL has no query".to_owned());
        }
        let host = uri.host().ok_or("a URL names a host")?.trim_matches(['[', ']']).to_owned();
        let path = uri.path().trim_end_matches('/').to_owned();
        let text = text.trim_end_matches('/').to_owned();
        Ok(Self { text, host, port: uri.port_u16().unwrap_or(default_port), path })
    }
}

fn time_zone(name: &str) -> Result<jiff::tz::TimeZone, String> {
    jiff::tz::TimeZone::get(name).map_err(|_| "not a known IANA time zone, such as Europe/Moscow".to_owned())
}

fn operations(text: &str) -> Result<Operations, String> {
    match text {
        "instant" => Ok(Operations::Instant),
        number => number
            .parse::<u32>()
            .map(|ms| Operations::After(i64::from(ms)))
            .map_err(|_| "either `instant` or a number of milliseconds".to_owned()),
    }
}

fn clock(text: &str) -> Result<ClockStart, String> {
    match text.split_once('=') {
        None if text == "system" => Ok(ClockStart::System),
        None if text == "frozen" => Ok(ClockStart::Frozen(None)),
        Some(("frozen", at)) => Timestamp::parse_rfc3339(at).map(|at| ClockStart::Frozen(Some(at))),
        _ => Err("either `system`, `frozen` or `frozen=2026-01-01T00:00:00Z`".to_owned()),
    }
}

fn folder(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    if path.is_dir() { Ok(path) } else { Err("there is no such folder".to_owned()) }
}

fn authorities(path: &str) -> Result<Authorities, String> {
    let pem = std::fs::read(path).map_err(|error| error.to_string())?;
    Authorities::from_pem(&pem)
}

fn cors(text: &str) -> Result<Cors, String> {
    match text {
        "off" => Ok(Cors::Off),
        "*" | "any" => Ok(Cors::Any),
        origin if origin.contains("://") => {
            HeaderValue::from_str(origin).map(Cors::Only).map_err(|error| error.to_string())
        }
        _ => Err("either `off` or an origin such as http://localhost:3000".to_owned()),
    }
}
