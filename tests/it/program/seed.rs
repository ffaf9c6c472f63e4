//! `--seed`: its forms, and documents that cannot be taken.

use crate::support::program::{Program, command, run};
use crate::support::socket::call;
use crate::support::temp::TempDir;

fn person(n: u32) -> String {
    format!(
        r#"{{"standin":1,"r7":{{"users":[{{"id":"00000000-0000-4000-8000-00000000000{n}","userName":"u{n}",
            "email":"u{n}@example.org","password":"p","firstName":"First{n}","lastName":"Last"}}]}}}}"#
    )
}

/// Login names of the world's people.
fn people(program: &Program) -> Vec<String> {
    let state = call(program.address, "GET /_standin/state", "").expect(200).json();
    let users = state["r7"]["users"].as_array().unwrap();
    users.iter().map(|user| user["userName"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_seed_is_empty_a_document_a_folder_or_several() {
    let temp = TempDir::new();
    let one = temp.write("one.json", person(1));
    // In name order, and nothing but `*.json`.
    temp.write("many/b.json", person(3));
    temp.write("many/a.json", person(2));
    temp.write("many/notes.txt", "not a document");
    let (one, many) = (one.to_str().unwrap().to_owned(), temp.join("many").to_str().unwrap().to_owned());
    assert_eq!(people(&Program::start(&["--seed", "empty"])), ["administrator"]);
    assert_eq!(people(&Program::start(&["--seed", &one])), ["u1"]);
    assert_eq!(people(&Program::start(&["--seed", &many])), ["u2", "u3"]);
    let both = Program::start(&["--seed", &many, "--seed", &one]);
    assert_eq!(people(&both), ["u2", "u3", "u1"]);
    assert!(both.banner.contains("a.json") && both.banner.contains("one.json"), "{}", both.banner);
    let twin = Program::of(
        command().env("STANDIN_LISTEN", "127.0.0.1:0").env("STANDIN_SEED", format!("{many},{one}")),
    );
    assert_eq!(people(&twin), ["u2", "u3", "u1"]);
}

#[test]
fn a_document_that_cannot_be_taken_is_named_with_the_place_in_it() {
    let temp = TempDir::new();
    let text = |name: &str, text: &str| temp.write(name, text).to_str().unwrap().to_owned();
    std::fs::create_dir(temp.join("nothing")).unwrap();
    let nothing = temp.join("nothing").to_str().unwrap().to_owned();
    for (path, words) in [
        (text("torn.json", "{\"standin\":1,\n \"r7\":"), &["torn.json", "line 2"][..]),
        (text("list.json", "[]"), &["list.json", "object"]),
        (text("bare.json", "{}"), &["bare.json", "standin"]),
        (text("later.json", r#"{"standin":2}"#), &["later.json", "standin", "version 2"]),
        (text("part.json", r#"{"standin":1,"r8":{}}"#), &["part.json", "r8", "unknown key"]),
        (text("key.json", r#"{"standin":1,"r7":{"userz":[]}}"#), &["key.json", "r7.userz", "unknown field"]),
        (
            text("type.json", r#"{"standin":1,"corezoid":{"users":[{"id":"x","title":""}]}}"#),
            &["corezoid.users[0].id"],
        ),
        (
            text("loose.json", r#"{"standin":1,"corezoid":{"users":[{"id":1,"title":"","company":"i9"}]}}"#),
            &["loose.json", "corezoid.users[0]"],
        ),
        (nothing.clone(), &["nothing", "no *.json"]),
        ("/nonexistent.json".to_owned(), &["/nonexistent.json"]),
    ] {
        run(&["--listen", "127.0.0.1:0", "--seed", &path]).refused(words);
    }
}

#[test]
fn two_documents_with_the_same_id_are_refused() {
    let temp = TempDir::new();
    let one = temp.write("one.json", person(1));
    let two = temp.write("two.json", person(1));
    run(&["--listen", "127.0.0.1:0", "--seed", one.to_str().unwrap(), "--seed", two.to_str().unwrap()])
        .refused(&["two.json", "r7.users[0].id"]);
}
