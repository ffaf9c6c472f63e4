//! `--database`: what it keeps, and files that it cannot use.

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;

use serde_json::json;
use standin::Seed;

use crate::support::program::{Program, command, ended, run};
use crate::support::temp::TempDir;
use crate::support::{App, builder, seed, sign_in};

async fn open(temp: &TempDir) -> App {
    App::of(builder().database(temp.join("data.db"))).await
}

#[tokio::test]
async fn a_restart_keeps_data_ids_clock_and_named_worlds() {
    let temp = TempDir::new();
    let app = open(&temp).await;
    let first = sign_in(&app, "").await;
    // The second: both worlds draw the same first token from the same seed.
    sign_in(&app, "/w/mine").await;
    let mine = sign_in(&app, "/w/mine").await;
    app.anonymous().post("/_standin/clock/advance", json!({ "by": "1h" })).await.expect(200);
    let (state, clock) = (app.state().await, app.anonymous().get("/_standin/clock").await.expect(200).json());
    app.stop().await;

    let app = open(&temp).await;
    assert_eq!(app.state().await, state);
    assert_eq!(app.anonymous().get("/_standin/clock").await.expect(200).json(), clock);
    assert_eq!(clock["now"], "2026-02-12T10:00:00Z");
    app.token(&first).get("/api/2.0/people/@self").await.expect(200);
    assert_eq!(
        app.anonymous().get("/_standin/worlds").await.json(),
        json!({ "worlds": ["default", "mine"] })
    );
    app.token(&mine).get("/w/mine/api/2.0/people/@self").await.expect(200);
    app.token(&mine).get("/api/2.0/people/@self").await.expect(401);
    assert_ne!(sign_in(&app, "").await, first, "ids go on; they do not start again");
}

#[tokio::test]
async fn a_seed_counts_only_while_the_database_is_new() {
    let temp = TempDir::new();
    open(&temp).await.stop().await;
    let company = json!({ "standin": 1, "corezoid": { "companies": [{ "id": "i2", "title": "Later" }] } });
    let app = App::of(builder().database(temp.join("data.db")).seed(seed(company))).await;
    let companies = app.state().await["corezoid"]["companies"].to_string();
    assert!(companies.contains("i000000001") && !companies.contains("i2"), "{companies}");
    // A world that is new takes it.
    let fresh = app.anonymous().get("/w/fresh/_standin/state").await.json();
    assert!(fresh["corezoid"]["companies"].to_string().contains("i2"), "{fresh}");
}

#[tokio::test]
async fn reset_and_put_state_work_on_a_file_and_survive_a_restart() {
    let temp = TempDir::new();
    let app = open(&temp).await;
    let seeded = app.state().await;
    let first = sign_in(&app, "").await;
    app.anonymous().post("/_standin/clock/advance", json!({ "by": 5 })).await.expect(200);
    app.anonymous().post("/_standin/reset", json!(null)).await.expect(204);
    assert_eq!(app.state().await, seeded);
    app.token(&first).get("/api/2.0/people/@self").await.expect(401);
    assert_eq!(app.anonymous().get("/_standin/clock").await.json()["now"], "2026-02-12T09:00:00Z");
    assert_eq!(sign_in(&app, "").await, first, "ids start again with the seed");

    let document = json!({ "standin": 1, "corezoid": { "companies": [{ "id": "i7", "title": "Seven" }] } });
    app.anonymous().put("/_standin/state", document).await.expect(204);
    let replaced = app.state().await;
    assert!(replaced["corezoid"]["companies"].to_string().contains("i7"), "{replaced}");
    let wrong = json!({ "standin": 1, "corezoid": { "users": [{ "id": 1, "title": "", "company": "i9" }] } });
    app.anonymous().put("/_standin/state", wrong).await.expect(400);
    assert_eq!(app.state().await, replaced);
    app.stop().await;
    assert_eq!(open(&temp).await.state().await, replaced);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resets_in_the_middle_of_requests_leave_a_sound_world() {
    use crate::support::socket::call;
    let temp = TempDir::new();
    let app = open(&temp).await;
    let at = app.server().address();
    let sign_in = || {
        let body = r#"{"userName":"admin@example.org","password":"secret"}"#;
        let answer =
            call(at, "POST /api/2.0/authentication\nContent-Type: application/json", body).expect(201);
        answer.json()["response"]["token"].as_str().unwrap().to_owned()
    };
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| (0..60).for_each(|_| drop(sign_in())));
        }
        for _ in 0..25 {
            call(at, "POST /_standin/reset", "").expect(204);
        }
    });
    // An id drawn on both sides of a reset would be refused here as taken.
    for _ in 0..200 {
        let token = sign_in();
        call(at, &format!("GET /api/2.0/people/@self\nAuthorization: {token}"), "").expect(200);
    }
}

#[tokio::test]
async fn a_dropped_world_takes_its_file_along_and_may_come_back_new() {
    let temp = TempDir::new();
    let app = open(&temp).await;
    let token = sign_in(&app, "/w/mine").await;
    assert!(temp.join("data.db.worlds/mine.db").exists());
    app.anonymous().delete("/_standin/worlds/mine", json!(null)).await.expect(204);
    assert!(!temp.join("data.db.worlds/mine.db").exists());
    assert_eq!(app.anonymous().get("/_standin/worlds").await.json(), json!({ "worlds": ["default"] }));
    app.token(&token).get("/w/mine/api/2.0/people/@self").await.expect(401);
    app.stop().await;
}

#[tokio::test]
async fn a_file_and_a_world_in_memory_answer_alike() {
    let temp = TempDir::new();
    let (file, memory) = (open(&temp).await, App::of(builder().seed(Seed::Empty)).await);
    for app in [&file, &memory] {
        sign_in(app, "").await;
    }
    assert_eq!(file.state().await, memory.state().await);
}

#[test]
fn a_folder_that_is_missing_is_made_and_an_empty_file_is_new() {
    let temp = TempDir::new();
    let deep = temp.join("a/b/data.db");
    drop(Program::start(&["--database", deep.to_str().unwrap()]));
    assert!(deep.exists());
    let empty = temp.write("empty.db", "");
    drop(Program::start(&["--database", empty.to_str().unwrap()]));
    assert!(std::fs::metadata(&empty).unwrap().len() > 0);
}

/// A SQLite file with these pragmas and one table.
async fn sqlite(path: &std::path::Path, sql: &'static str) {
    use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut conn = options.connect().await.unwrap();
    conn.execute(sqlx::raw_sql(sql)).await.unwrap();
    conn.close().await.unwrap();
}

#[tokio::test]
async fn a_file_that_cannot_be_used_is_named_and_left_as_it_is() {
    let temp = TempDir::new();
    let text =
        temp.write("notes.db", "these are notes, and long enough to be looked at as a database header");
    sqlite(&temp.join("other.db"), "CREATE TABLE t (x)").await;
    // "stnd" as in every file of ours, and a schema step of the far future.
    sqlite(
        &temp.join("newer.db"),
        "PRAGMA application_id = 1937010276; PRAGMA user_version = 9999; CREATE TABLE t (x)",
    )
    .await;
    std::fs::create_dir(temp.join("folder.db")).unwrap();
    for (name, words) in [
        ("notes.db", &["not a SQLite file"][..]),
        ("other.db", &["not one of standin's"]),
        ("newer.db", &["newer standin"]),
        ("folder.db", &["directory"]),
        ("notes.db/below.db", &[]),
    ] {
        let path = temp.join(name).to_str().unwrap().to_owned();
        let before = std::fs::read(temp.join(name)).ok();
        run(&["--listen", "127.0.0.1:0", "--database", &path]).refused(&[&[path.as_str()], words].concat());
        assert!(std::fs::read(temp.join(name)).ok() == before, "{name} was touched");
    }
    assert!(text.exists());
}

#[test]
fn a_file_that_may_not_be_written_is_refused_at_the_start() {
    let temp = TempDir::new();
    let path = temp.join("data.db");
    let (end, _) = {
        let program = Program::start(&["--database", path.to_str().unwrap()]);
        program.signal("TERM");
        program.end()
    };
    assert_eq!(end.code, Some(0));
    assert!(!temp.join("data.db-wal").exists(), "a clean end leaves one file");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).unwrap();
    std::fs::set_permissions(temp.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    std::fs::remove_file(temp.join("data.db.lock")).unwrap();
    // Root may write anything: a copy of the program that anybody may run, as somebody else.
    let program = temp.join("standin");
    std::fs::copy(env!("CARGO_BIN_EXE_standin"), &program).unwrap();
    let mut child = std::process::Command::new(&program);
    let (out, err) = (std::process::Stdio::piped(), std::process::Stdio::piped());
    child
        .env_clear()
        .args(["--listen", "127.0.0.1:0", "--database", path.to_str().unwrap()])
        .stdout(out)
        .stderr(err);
    if std::fs::write(&path, std::fs::read(&path).unwrap()).is_ok() {
        child.uid(65_534);
    }
    ended(child.spawn().unwrap()).refused(&["data.db", "readonly"]);
}

#[test]
fn a_database_serves_one_program_at_a_time() {
    let temp = TempDir::new();
    let path = temp.join("data.db");
    let args = ["--database", path.to_str().unwrap()];
    let first = Program::start(&args);
    run(&[&["--listen", "127.0.0.1:0"][..], &args].concat())
        .refused(&["data.db", "in use by another standin"]);
    first.kill();
    drop(Program::of(command().args(["--listen", "127.0.0.1:0"]).args(args)));
}
