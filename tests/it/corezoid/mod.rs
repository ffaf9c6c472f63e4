//! Corezoid: signed packages of ops.

mod contexts;
mod copies;
mod deploys;
mod direct;
mod folders;
mod nodes;
mod objects;
mod openapi;
mod plans;
mod projects;
mod protocol;
mod required;
mod samples;
mod schemes;
mod seed_nodes;
mod seed_objects;
mod state;
mod swagger;
mod task;
mod task_model;
mod trash;
mod trash_model;
mod uploads;
