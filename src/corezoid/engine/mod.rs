//! The engine: how a task moves through a process. Values in, rest and requests out; no HTTP, SQL or clock. Pure.

pub(crate) mod answer;
mod cast;
pub(crate) mod condition;
mod erlang;
mod fault;
mod function;
pub(crate) mod graph;
pub(crate) mod nodes;
mod path;
pub(crate) mod run;
pub(crate) mod task;
pub(crate) mod template;
pub(crate) mod trace;

pub(crate) use fault::{Blame, Fault};
pub(crate) use task::{Data, Request, Response, Silence};

#[cfg(test)]
mod tests;
