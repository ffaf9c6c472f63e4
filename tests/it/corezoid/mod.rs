//! Corezoid: signed packages of ops.

mod seed_objects;
