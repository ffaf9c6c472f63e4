//! The portal.

mod crm;
mod files;
mod groups;
mod people;
mod sign_in;
