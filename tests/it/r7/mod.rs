//! The portal.

mod accounts;
mod batch;
mod crm;
pub(crate) mod every;
mod files;
mod groups;
mod leavers;
mod mistakes;
mod people;
mod photos;
mod portal;
mod profiles;
mod sign_in;
