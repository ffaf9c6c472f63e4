//! Corezoid: signed packages of ops.

mod charts;
mod code;
mod copies;
mod deploys;
mod direct;
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
mod state;
mod swagger;
mod sync;
mod task;
mod task_model;
mod traces;
mod trash;
mod trash_model;
mod uploads;
