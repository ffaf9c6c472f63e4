//! The portal.

mod batch;
mod crm;
mod every;
mod files;
mod people;
mod sign_in;
