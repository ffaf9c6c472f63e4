//! `standin`: flags in, a running server out.

use std::process::ExitCode;

use clap::Parser as _;
use standin::{Config, run};

fn main() -> ExitCode {
    match run(Config::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("standin: {error}");
            ExitCode::from(error.code)
        }
    }
}
