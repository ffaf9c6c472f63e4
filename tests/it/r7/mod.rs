//! The portal.

mod crm;
mod files;
mod groups;
mod people;
mod portal;
mod sign_in;
