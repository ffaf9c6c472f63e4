//! What names, addresses, passwords and pictures of people must look like. Pure.

pub(crate) mod email;
pub(crate) mod names;
pub(crate) mod password;
pub(crate) mod picture;
