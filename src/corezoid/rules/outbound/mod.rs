//! What answers the calls of processes in place of other servers. Pure.

mod ready;
mod redirect;
mod stub;

pub(crate) use ready::{Ready, Seen, check, ready_all};
pub(crate) use redirect::{MOST_REDIRECTS, next as redirected};
pub(crate) use stub::{Asked, Failure, Stub};
