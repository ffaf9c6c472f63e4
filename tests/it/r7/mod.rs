//! The portal.

mod crm;
mod people;
mod sign_in;
