//! The JavaScript of Code nodes (sheet corezoid/engine 5): read by [`compile()`], run by [`run()`] in an engine of its own that
//! knows nothing of the machine: no files, no network, no clock, no chance but those it is given.

mod clean;
mod compile;
mod console;
mod crypto;
mod data;
mod fault;
mod libs;
mod machine;
mod run;
#[cfg(test)]
mod tests;
mod threads;
mod world;

use std::path::PathBuf;

use serde_json::Value;

use crate::corezoid::engine::task::ScriptFault;

pub(crate) use compile::{MOST_BYTES, SyntaxError, compile};
pub(crate) use run::run;

/// What a script may know of the world. No clock, no randomness of its own.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    /// Unix milliseconds: `Date.now()` for as long as the script runs.
    pub(crate) now: i64,
    /// Where `Math.random` and the salts of ciphers begin.
    pub(crate) seed: u64,
    pub(crate) limits: Limits,
    /// The folder of the libraries that are files (`--js-libs`).
    pub(crate) libs: Option<PathBuf>,
}

/// How much of the machine one script gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Milliseconds of processor time; the real server's `cnode_max_exec_code_time` (sheet corezoid/engine 5).
    pub(crate) time: u64,
    /// Bytes; deployments of the real server give 20 to 100 MB.
    pub(crate) memory: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: 1000, memory: 64 << 20 }
    }
}

/// What a run has left.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ran {
    /// `data` as it was at the end, always an object.
    pub(crate) outcome: Result<Value, ScriptFault>,
    /// Lines of `console.log`, for the trace: the real server shows them nowhere.
    pub(crate) console: Vec<String>,
}
