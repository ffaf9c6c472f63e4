//! The rules of the documents module: what may happen, and what follows. No storage, no HTTP, no clock. Pure.

pub(crate) mod archive;
pub(crate) mod blank;
pub(crate) mod cleaning;
pub(crate) mod editing;
pub(crate) mod links;
pub(crate) mod marks;
pub(crate) mod pick;
pub(crate) mod presigned;
pub(crate) mod rights;
pub(crate) mod settings;
pub(crate) mod size;
pub(crate) mod text;
pub(crate) mod titles;
pub(crate) mod transfer;
pub(crate) mod trash;
pub(crate) mod types;
pub(crate) mod versions;
