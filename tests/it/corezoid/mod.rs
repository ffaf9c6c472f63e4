//! Corezoid: signed packages of ops.

mod folders;
mod objects;
mod protocol;
mod seed_objects;
mod state;
mod trash;
mod trash_model;
