//! What happened to a task in one run, step by step. Pure.

use super::fault::Fault;

/// A step.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    /// The task came to a node.
    Entered { node: String, from: String },
    /// A `go_if_const` was looked at.
    Condition { logic: usize, holds: bool },
    /// An action did what it does.
    Done { logic: usize },
    /// An action failed.
    Failed { logic: usize, fault: Option<Fault> },
    /// The node's timer fired.
    Timer,
    /// A link led to a node that is not there.
    Nowhere { to: String },
}
