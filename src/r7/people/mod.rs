//! People: the directory that every answer takes its employees from, and the `people/…` routes.

mod demand;
pub(crate) mod directory;
pub(crate) mod employee;
pub(crate) mod group;
pub(crate) mod grouping;
pub(crate) mod list;
pub(crate) mod myself;
