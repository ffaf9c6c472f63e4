//! The choices that services read while they answer.

use std::path::PathBuf;

use super::clock::ClockStart;
use super::engine::EngineOptions;
use super::outbound::{Authorities, Outbound};

/// Where seeds and the real product differ (`--profile`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Profile {
    /// The superset that the real product sends.
    #[default]
    Upstream,
    /// Exactly the shapes that the seed documents print.
    Seed,
}

/// What missing or wrong credentials lead to (`--auth`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Auth {
    /// The service's own refusal.
    #[default]
    Strict,
    /// The caller acts as the seeded admin, or as the first API key.
    Open,
}

/// Language of the portal's own texts (`--language`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Russian.
    Ru,
}

/// When portal file operations take effect (`--operations`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Operations {
    /// Within the request that starts them.
    #[default]
    Instant,
    /// So many milliseconds of the world's clock later.
    After(i64),
}

/// Everything a service may ask about how it is to behave. One value per server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Base of absolute links; `None`: from each request.
    pub public_url: Option<String>,
    /// Strict or open sign-in.
    pub auth: Auth,
    /// The portal's zone for dates (R7).
    pub time_zone: jiff::tz::TimeZone,
    /// The portal's language (R7).
    pub language: Language,
    /// Shape choices.
    pub profile: Profile,
    /// Instant or delayed file operations (R7).
    pub operations: Operations,
    /// How a fresh world's clock starts.
    pub clock: ClockStart,
    /// Corezoid: refuse requests whose time is further off than this many seconds.
    pub clock_skew: Option<u64>,
    /// Corezoid: folder of the JavaScript libraries that are files; `None`: there are none.
    pub js_libs: Option<PathBuf>,
    /// Corezoid: how the engine takes what nobody knows.
    pub engine: EngineOptions,
    /// Which servers processes may call.
    pub outbound: Outbound,
    /// Whom these calls trust beside the authorities that browsers trust.
    pub authorities: Authorities,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: None,
            auth: Auth::default(),
            time_zone: jiff::tz::TimeZone::UTC,
            language: Language::default(),
            profile: Profile::default(),
            operations: Operations::default(),
            clock: ClockStart::default(),
            clock_skew: None,
            js_libs: None,
            engine: EngineOptions::default(),
            outbound: Outbound::default(),
            authorities: Authorities::default(),
        }
    }
}
