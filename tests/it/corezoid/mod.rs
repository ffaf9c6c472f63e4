//! Corezoid: signed packages of ops.

mod contexts;
mod deploys;
mod direct;
mod folders;
mod nodes;
mod objects;
mod plans;
mod projects;
mod protocol;
mod schemes;
mod seed_nodes;
mod seed_objects;
mod state;
mod task;
mod task_model;
mod trash;
mod trash_model;
