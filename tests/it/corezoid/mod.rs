//! Corezoid: signed packages of ops.

mod charts;
mod code;
mod deploys;
mod direct;
mod folders;
mod nodes;
mod objects;
mod plans;
mod protocol;
mod schemes;
mod seed_nodes;
mod seed_objects;
mod state;
mod task;
mod task_model;
mod traces;
mod trash;
mod trash_model;
