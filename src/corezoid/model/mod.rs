//! The graph of a process as plain values: nodes, drafts, what a deploy checks, what an export says. Pure.

pub(crate) mod archive;
mod beside;
pub(crate) mod compare;
pub(crate) mod deploy;
pub(crate) mod draft;
pub(crate) mod flaw;
pub(crate) mod incoming;
pub(crate) mod logic;
pub(crate) mod node;
pub(crate) mod planting;
pub(crate) mod remap;
pub(crate) mod rows;
pub(crate) mod scheme;
pub(crate) mod site;
pub(crate) mod unpack;
