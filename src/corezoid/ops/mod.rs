//! The table of ops: every (type, obj), one line each. Words live here and only here.

use super::op::Entry;

/// Every op.
#[rustfmt::skip]
pub(crate) static OPS: &[Entry] = &[
];
