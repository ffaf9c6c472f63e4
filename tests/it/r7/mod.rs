//! The portal.

mod crm;
mod files;
mod people;
mod sign_in;
