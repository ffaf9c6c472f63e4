//! Corezoid: signed packages of ops.

mod deploys;
mod nodes;
mod schemes;
mod seed_nodes;
mod seed_objects;
