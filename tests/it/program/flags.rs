//! Flags, their twins in the environment, and what is said at the start.

use serde_json::json;

use crate::support::program::{Program, command, run};
use crate::support::socket::call;
use crate::support::temp::TempDir;

/// Every flag of `serve` with a value that is not its default.
const FLAGS: &[(&str, &str)] = &[
    ("--public-url", "https://portal.test/base"),
    ("--auth", "open"),
    ("--time-zone", "Europe/Moscow"),
    ("--language", "ru"),
    ("--profile", "seed"),
    ("--operations", "250"),
    ("--clock", "frozen=2026-02-12T09:00:00Z"),
    ("--clock-skew", "60"),
    ("--js-libs", concat!(env!("CARGO_MANIFEST_DIR"), "/tests")),
    ("--outbound", "allow=api.example.com,loopback"),
    ("--cors", "https://app.test"),
    ("--log", "json"),
];

fn twin(flag: &str) -> String {
    format!("STANDIN_{}", flag.trim_start_matches("--").replace('-', "_").to_uppercase())
}

/// What of the flags can be seen from outside.
fn seen(program: &Program) -> serde_json::Value {
    let at = program.address;
    let info = call(at, "GET /_standin/info", "").expect(200).json();
    let clock = call(at, "GET /_standin/clock", "").expect(200).json();
    let myself = call(at, "GET /api/2.0/people/@self\nOrigin: https://app.test", "").expect(200);
    let other = call(at, "GET /_standin/health\nOrigin: https://other.test", "").expect(200);
    json!({
        "profile": info["profile"],
        "control": info["control"],
        "clock": clock,
        "self": myself.text(),
        "app": myself.header("access-control-allow-origin"),
        "other": other.header("access-control-allow-origin"),
    })
}

#[test]
fn every_flag_has_a_twin_in_the_environment() {
    let args: Vec<&str> = FLAGS.iter().flat_map(|(flag, value)| [*flag, *value]).collect();
    let by_flag = Program::start(&args);
    let mut command = command();
    command.env("STANDIN_LISTEN", "127.0.0.1:0");
    for (flag, value) in FLAGS {
        command.env(twin(flag), value);
    }
    let by_environment = Program::of(&mut command);
    let (flag, environment) = (seen(&by_flag), seen(&by_environment));
    assert_eq!(flag, environment);
    assert_eq!(flag["profile"], "seed");
    assert_eq!(flag["control"], "https://portal.test/base/_standin");
    assert_eq!(flag["clock"], json!({ "now": "2026-02-12T09:00:00Z", "mode": "frozen" }));
    assert_eq!(flag["app"], "https://app.test");
    assert_ne!(flag["other"], "https://other.test");
    assert!(by_flag.banner.contains("https://portal.test/base/api/2.0/"), "{}", by_flag.banner);
}

#[test]
fn quiet_takes_the_words_people_write_in_environments() {
    for (value, lines) in [("1", 0), ("true", 0), ("0", 1), ("false", 1)] {
        let program = Program::of(command().env("STANDIN_LISTEN", "127.0.0.1:0").env("STANDIN_QUIET", value));
        call(program.address, "GET /_standin/health", "").expect(200);
        program.signal("TERM");
        let (end, _) = program.end();
        assert_eq!(end.err.lines().count(), lines, "STANDIN_QUIET={value}: {end:?}");
    }
}

#[test]
fn help_lists_every_flag_twin_and_command() {
    let help = run(&["--help"]);
    assert_eq!((help.code, help.err.as_str()), (Some(0), ""));
    let more = ["--listen", "--port-file", "--database", "--seed", "--quiet"];
    for flag in FLAGS.iter().map(|(flag, _)| *flag).chain(more) {
        assert!(help.out.contains(flag), "{flag}: {}", help.out);
        assert!(help.out.contains(&twin(flag)), "{}: {}", twin(flag), help.out);
    }
    for command in ["serve", "health", "sign", "seed"] {
        assert!(help.out.contains(&format!("\n  {command} ")), "{command}: {}", help.out);
    }
    assert_eq!(run(&["serve", "--help"]).code, Some(0));
    let version = run(&["--version"]);
    assert_eq!(version.out, format!("standin {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_banner_names_what_a_client_needs_and_ends_with_the_ready_line() {
    let program = Program::start(&["--seed", "empty"]);
    let url = format!("http://{}", program.address);
    let banner = program.banner.replace(&url, "URL").replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::assert_snapshot!(banner, @r"
    standin VERSION, seed: empty
      r7        URL/api/2.0/
                login: admin@example.org
                password: secret
                token: standin-admin-token
      corezoid  URL/api/2/json/
                login: 12345
                secret: secret
                company: i000000001
                token: standin-session-token
      control   URL/_standin
    standin ready on URL
    ");
}

#[test]
fn serve_may_be_left_out_or_named() {
    let program = Program::of(command().args(["serve", "--listen", "127.0.0.1:0", "--seed", "empty"]));
    call(program.address, "GET /_standin/health", "").expect(200);
}

#[test]
fn the_port_file_appears_whole_once_the_server_answers() {
    let temp = TempDir::new();
    let path = temp.join("port");
    let program = Program::start(&["--port-file", path.to_str().unwrap()]);
    // The file is written right after the banner.
    let mut text = String::new();
    for _ in 0..400 {
        text = std::fs::read_to_string(&path).unwrap_or_default();
        if !text.is_empty() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(text, program.address.to_string());
    assert_eq!(std::fs::read_dir(temp.path()).unwrap().count(), 1, "nothing else is left beside it");
}

#[test]
fn a_wrong_flag_is_one_line_that_names_it() {
    for (args, words) in [
        (&["--listen", "here"][..], &["--listen", "here"][..]),
        (&["--listen", "127.0.0.1"], &["--listen"]),
        (&["--auth", "maybe"], &["--auth", "strict, open"]),
        (&["--language", "de"], &["--language", "en, ru"]),
        (&["--profile", "x"], &["--profile", "upstream, seed"]),
        (&["--time-zone", "Mars/Base"], &["--time-zone", "IANA"]),
        (&["--operations", "soon"], &["--operations", "milliseconds"]),
        (&["--clock", "frozen=yesterday"], &["--clock"]),
        (&["--clock", "slow"], &["--clock", "frozen"]),
        (&["--clock-skew", "-1"], &["-1"]),
        (&["--cors", "example"], &["--cors", "http://localhost:3000"]),
        (&["--public-url", "portal"], &["--public-url", "http://"]),
        (&["--log", "xml"], &["--log", "text, json"]),
        (&["--lisen", "x"], &["--lisen"]),
        (&["serv"], &["serv"]),
        (&["sign"], &["--secret", "--time"]),
        (
            &["--port-file", "/nonexistent/port", "--listen", "127.0.0.1:0"],
            &["--port-file", "/nonexistent/port"],
        ),
    ] {
        let end = run(args);
        if args[0] == "--port-file" {
            // The server was ready; that it cannot say so where it was asked to is an end all the same.
            assert_eq!(end.code, Some(2), "{end:?}");
            assert!(words.iter().all(|word| end.err.contains(word)), "{end:?}");
        } else {
            end.refused(words);
        }
    }
    let taken = Program::start(&[]);
    run(&["--listen", &taken.address.to_string()]).refused(&["--listen", &taken.address.to_string()]);
}
