//! `standin`: flags in, a running server out.

use std::process::ExitCode;

use clap::Parser as _;
use standin::{Config, run};

/// The first paragraph of a usage error in one line; the rest is a hint to read the help.
fn one_line(text: &str) -> String {
    let first = text.split("\n\n").next().unwrap_or(text);
    let words: Vec<&str> = first.split_whitespace().collect();
    words.join(" ").trim_start_matches("error: ").to_owned()
}

fn main() -> ExitCode {
    let config = match Config::try_parse() {
        Ok(config) => config,
        // Help and version.
        Err(error) if !error.use_stderr() => error.exit(),
        Err(error) => {
            eprintln!("standin: {}", one_line(&error.to_string()));
            return ExitCode::from(2);
        }
    };
    match run(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("standin: {error}");
            ExitCode::from(error.code)
        }
    }
}
