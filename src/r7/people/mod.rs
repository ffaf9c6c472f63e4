//! People: the directory that every answer takes its employees from, and the `people/…` and `group/…` routes.

pub(crate) mod account;
pub(crate) mod contacts;
mod demand;
pub(crate) mod directory;
pub(crate) mod employee;
pub(crate) mod group;
pub(crate) mod grouping;
pub(crate) mod list;
mod lookup;
pub(crate) mod myself;
pub(crate) mod photo;
pub(crate) mod photo_page;
pub(crate) mod profile;
pub(crate) mod removal;
pub(crate) mod rules;
pub(crate) mod social;
