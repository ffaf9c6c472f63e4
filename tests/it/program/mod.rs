//! The program as its user sees it: flags, output, exit codes, files, signals.

mod commands;
mod database;
mod flags;
mod kill;
mod killed_tasks;
mod log;
mod seed;
mod signals;
