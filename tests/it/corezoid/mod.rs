//! Corezoid: signed packages of ops.

mod seed_nodes;
mod seed_objects;
