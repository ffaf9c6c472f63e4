//! The portal.

mod batch;
mod crm;
mod every;
mod files;
mod groups;
mod people;
mod portal;
mod sign_in;
