//! The portal.

mod crm;
mod files;
mod people;
mod portal;
mod sign_in;
