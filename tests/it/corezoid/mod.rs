//! Corezoid: signed packages of ops.

mod copies;
mod deploys;
mod direct;
mod export_cycle;
mod folders;
mod nodes;
mod objects;
mod openapi;
mod plans;
mod protocol;
mod required;
mod samples;
mod schemes;
mod seed_nodes;
mod seed_objects;
mod sockets;
mod state;
mod swagger;
mod task;
mod task_model;
mod trash;
mod trash_model;
mod uploads;
