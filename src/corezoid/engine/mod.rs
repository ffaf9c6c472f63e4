//! The engine: how a task moves through a process. Values in, rest and requests out; no HTTP, SQL or clock. Pure.

mod cast;
mod condition;
mod erlang;
mod fault;
mod function;
mod graph;
mod nodes;
mod path;
mod run;
pub(crate) mod task;
mod template;
mod trace;

pub(crate) use task::{Data, Request, Response, Silence};

#[cfg(test)]
mod tests;
