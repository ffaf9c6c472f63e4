//! The README's own promises: its tour runs line by line with the printed output, and its tables are the program's.
//!
//! `UPDATE_README=1 cargo test readme` writes what the program says into the README; review the diff like code.

use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::support::App;
use crate::support::program::Program;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
/// How the README calls the server.
const PUBLIC: &str = "localhost:8080";

/// Both tests read the README, and under `UPDATE_README` write it: one after the other, or one undoes the other.
fn alone() -> MutexGuard<'static, ()> {
    static README_IN_USE: Mutex<()> = Mutex::new(());
    README_IN_USE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn update() -> bool {
    std::env::var_os("UPDATE_README").is_some()
}

/// Compares, or writes.
#[track_caller]
fn settle(old: &str, new: &str) {
    if update() {
        std::fs::write(README, new).unwrap();
    } else {
        for (number, (old, new)) in old.lines().zip(new.lines()).enumerate() {
            assert_eq!(old, new, "README.md line {}", number + 1);
        }
        assert_eq!(old, new, "README.md");
    }
}

/// Runs a command of the tour; the README's address stands for ours.
fn run(port: u16, command: &str) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_standin")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    let command = command.replace(PUBLIC, &format!("localhost:{port}"));
    let output = Command::new("bash")
        .args(["-c", &command])
        .env("PATH", path)
        .current_dir(std::env::temp_dir())
        .output()
        .unwrap();
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let text = text.replace('\r', "").replace(&format!("localhost:{port}"), PUBLIC);
    if text.is_empty() || text.ends_with('\n') { text } else { text + "\n" }
}

/// Every ```` ```console ```` block: a line `$ …` is a command (`\` continues it), what follows is its output.
#[test]
fn the_tour_runs_line_by_line() {
    let tools = ["bash", "curl"].iter().all(|tool| Command::new(tool).arg("--version").output().is_ok());
    if !tools {
        eprintln!("skipped: the tour needs bash and curl");
        return;
    }
    let _alone = alone();
    let readme = std::fs::read_to_string(README).unwrap();
    let program = Program::start(&["--clock", "frozen", "--quiet"]);
    let port = program.address.port();
    let mut made = String::new();
    let mut lines = readme.lines().peekable();
    let mut commands = 0;
    while let Some(line) = lines.next() {
        made += line;
        made += "\n";
        if line != "```console" {
            continue;
        }
        while let Some(line) = lines.next_if(|line| *line != "```") {
            let Some(first) = line.strip_prefix("$ ") else { continue };
            made += line;
            made += "\n";
            let mut command = first.to_owned();
            while command.ends_with('\\') {
                let more = lines.next().unwrap();
                made += more;
                made += "\n";
                command.push('\n');
                command += more;
            }
            made += &run(port, &command);
            commands += 1;
        }
    }
    assert!(commands > 5, "the tour has only {commands} commands");
    settle(&readme, &made);
}

/// The options of the engine, as a table.
fn engine_options() -> String {
    let row = |option: &standin::EngineOption| {
        format!("| `{}` | {} | `{}` | {} |\n", option.name, option.values, option.default, option.what)
    };
    let rows: String = standin::ENGINE_OPTIONS.iter().map(row).collect();
    format!("| Name | Values | Default | What it does |\n|---|---|---|---|\n{rows}")
}

/// Text between `<!-- NAME -->` and `<!-- /NAME -->`.
fn replace_section(text: &str, name: &str, section: &str) -> String {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (before, rest) = text.split_once(&open).unwrap_or_else(|| panic!("README.md has no {open}"));
    let (_, after) = rest.split_once(&close).unwrap();
    format!("{before}{open}{section}{close}{after}")
}

#[tokio::test]
async fn the_tables_of_emulated_calls_are_the_programs_own() {
    let app = App::empty().await;
    let surface = app.anonymous().get("/_standin/surface").await.expect(200).json();
    let _alone = alone();
    let readme = std::fs::read_to_string(README).unwrap();
    let mut made = readme.clone();
    for (service, heading) in
        [("r7", "| Route after `/api/2.0/` | Verbs |\n"), ("corezoid", "| `obj` | `type` |\n")]
    {
        let calls = surface[service].as_array().unwrap();
        let mut groups = std::collections::BTreeMap::<String, Vec<String>>::new();
        for call in calls {
            let (verb, target) = (call["verb"].as_str().unwrap(), call["target"].as_str().unwrap());
            groups.entry(target.replace('|', "\\|")).or_default().push(verb.to_owned());
        }
        let mut section = format!("{} calls.\n\n{heading}|---|---|\n", calls.len());
        for (target, verbs) in groups {
            section += &format!("| `{target}` | {} |\n", verbs.join(", "));
        }
        made = replace_section(&made, service, &section);
    }
    made = replace_section(&made, "engine", &engine_options());
    settle(&readme, &made);
}
