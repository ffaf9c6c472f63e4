//! `health`, `sign`, `seed check`.

use crate::support::program::{Program, command, ended, run, run_with_input};
use crate::support::temp::TempDir;

#[test]
fn health_is_0_while_a_server_answers_and_1_after() {
    let program = Program::start(&["--seed", "empty"]);
    let address = program.address.to_string();
    let url = format!("http://{address}");
    for args in [&["health", "--url", &url][..], &["health", "--url", &format!("{url}/")]] {
        let end = run(args);
        assert_eq!((end.code, end.out.as_str(), end.err.as_str()), (Some(0), "", ""));
    }
    let mut world = command();
    assert_eq!(
        ended(world.args(["health"]).env("STANDIN_URL", format!("{url}/w/a")).spawn().unwrap()).code,
        Some(0)
    );
    // As in an image: the same variable says where the server listens and where to ask.
    let listen = address.replace("127.0.0.1", "0.0.0.0");
    let mut inside = command();
    inside.args(["health"]).env("STANDIN_LISTEN", listen).env("STANDIN_QUIET", "true");
    assert_eq!(ended(inside.spawn().unwrap()).code, Some(0));
    drop(program);
    let end = run(&["health", "--url", &url]);
    assert_eq!(end.code, Some(1));
    assert!(end.err.starts_with(&format!("standin: {url}: ")), "{end:?}");
}

#[test]
fn health_is_1_where_something_else_answers() {
    let program = Program::start(&[]);
    let end = run(&["health", "--url", &format!("http://{}/nothing", program.address)]);
    assert_eq!(end.code, Some(1));
    assert!(end.err.contains("404"), "{end:?}");
}

#[test]
fn sign_prints_the_published_signature() {
    // sheet corezoid/api 1.2, vector 2.
    let signature = "92d124c283f30c11dcb1b9762a04912510988d3b\n";
    let secret = ["sign", "--secret", "s3cret", "--time", "1487321422"];
    let body = r#"{"ops":[]}"#;
    let argument = run(&[&secret[..], &[body]].concat());
    assert_eq!((argument.code, argument.out.as_str()), (Some(0), signature));
    assert_eq!(run_with_input(&secret, body.as_bytes()).out, signature);
    assert_eq!(run_with_input(&[&secret[..], &["-"]].concat(), body.as_bytes()).out, signature);
    let mut twin = command();
    twin.args(["sign", body]).env("STANDIN_SECRET", "s3cret").env("STANDIN_TIME", "1487321422");
    assert_eq!(ended(twin.spawn().unwrap()).out, signature);
}

#[test]
fn sign_takes_bytes_that_are_no_text() {
    let end = run_with_input(&["sign", "--secret", "s", "--time", "1"], &[0xFF, 0x00]);
    assert_eq!(end.out, format!("{}\n", standin::sign("1", "s", &[0xFF, 0x00])));
}

#[test]
fn seed_check_names_good_documents_and_the_place_of_a_mistake() {
    let temp = TempDir::new();
    let good = temp.write("good.json", r#"{"standin":1}"#);
    let bad = temp.write("bad.json", r#"{"standin":1,"r7":{"users":[{"id":7}]}}"#);
    let (good, bad) = (good.to_str().unwrap(), bad.to_str().unwrap());
    let end = run(&["seed", "check", good]);
    assert_eq!((end.code, end.out), (Some(0), format!("{good}: ok\n")));
    run(&["seed", "check", good, bad]).refused(&[bad, "r7.users[0]"]);
    run(&["seed", "check", "/nonexistent.json"]).refused(&["/nonexistent.json"]);
    run(&["seed", "check"]).refused(&["FILE"]);
}
