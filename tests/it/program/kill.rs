//! `kill -9` in the middle of writes: what was acknowledged is there after a restart, and nothing is half there.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::program::Program;
use crate::support::socket::{Answer, Socket, request};
use crate::support::temp::TempDir;

/// One way to write: sends number `n`, and gives what has to be found later if the answer came.
type Write = fn(&mut Socket, usize) -> std::io::Result<Value>;
/// Whether what was acknowledged is there, by the address or the default world's state document.
type Find = fn(SocketAddr, &Value, &Value) -> bool;

/// Every way to write that is tried. A new one is a line here.
const WRITES: &[(&str, Write, Find)] = &[
    ("sign-in", sign_in, signed_in),
    ("upload", upload, file_is_there),
    ("package", make_folders, folders_are_there),
    ("state of a world", put_state, state_is_there),
];

fn exchange(socket: &mut Socket, head: &str, body: &str) -> std::io::Result<Answer> {
    socket.try_send(&request(head, body.as_bytes()))?;
    socket.try_answer(false)
}

fn sign_in(socket: &mut Socket, _: usize) -> std::io::Result<Value> {
    let body = r#"{"userName":"admin@example.org","password":"secret"}"#;
    let answer =
        exchange(socket, "POST /api/2.0/authentication\nContent-Type: application/json", body)?.expect(201);
    Ok(answer.json()["response"]["token"].clone())
}

fn signed_in(address: SocketAddr, _: &Value, token: &Value) -> bool {
    let head = format!("GET /api/2.0/people/@self\nAuthorization: {}", token.as_str().unwrap());
    crate::support::socket::call(address, &head, "").status == 200
}

/// What file `n` holds: more than a page of the database.
fn bytes(n: usize) -> String {
    format!("file {n}; ").repeat(2000)
}

fn upload(socket: &mut Socket, n: usize) -> std::io::Result<Value> {
    let head = "POST /api/2.0/files/@my/upload\nAuthorization: standin-admin-token\n\
                Content-Type: multipart/form-data; boundary=edge";
    let body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{n}.txt\"\r\n\r\n{}\r\n--edge--\r\n",
        bytes(n)
    );
    let answer = exchange(socket, head, &body)?.expect(201).json();
    Ok(json!([answer["response"]["id"], n]))
}

fn file_is_there(address: SocketAddr, _: &Value, mark: &Value) -> bool {
    let head = format!(
        "GET /Products/Files/HttpHandlers/filehandler.ashx?action=download&fileid={}\n\
         Authorization: standin-admin-token",
        mark[0]
    );
    let n = usize::try_from(mark[1].as_u64().unwrap()).unwrap();
    let answer = crate::support::socket::call(address, &head, "");
    answer.status == 200 && answer.text() == bytes(n)
}

/// Three folders in one package.
fn make_folders(socket: &mut Socket, n: usize) -> std::io::Result<Value> {
    let op =
        |k: usize| json!({ "type": "create", "obj": "folder", "folder_id": 0, "title": format!("{n}/{k}") });
    let body = json!({ "ops": [op(0), op(1), op(2)] }).to_string();
    let head = format!("POST /api/2/json/12345/1/{}", standin::sign("1", "secret", body.as_bytes()));
    let answer = exchange(socket, &head, &body)?.expect(200).json();
    assert!(answer["ops"].as_array().unwrap().iter().all(|op| op["proc"] == "ok"), "{answer}");
    Ok(json!(format!("{n}/")))
}

fn folders_are_there(_: SocketAddr, state: &Value, prefix: &Value) -> bool {
    titles(state).filter(|title| title.starts_with(prefix.as_str().unwrap())).count() == 3
}

fn titles(state: &Value) -> impl Iterator<Item = &str> {
    state["corezoid"]["folders"].as_array().unwrap().iter().map(|folder| folder["title"].as_str().unwrap())
}

/// How many companies document `n` has.
fn size(n: usize) -> usize {
    20 + n % 7
}

fn put_state(socket: &mut Socket, n: usize) -> std::io::Result<Value> {
    let companies: Vec<_> =
        (0..size(n)).map(|k| json!({ "id": format!("i{n}x{k}"), "title": format!("Company {k}") })).collect();
    let document = json!({ "standin": 1, "corezoid": { "companies": companies } });
    // A world of its own for each writer's turn; some are made by this very request.
    let head = format!("PUT /w/w{}/_standin/state", n % 5);
    exchange(socket, &head, &document.to_string())?.expect(204);
    Ok(json!(n))
}

/// The world holds that document, or a later one, whole: documents of one world are told apart by their number.
fn state_is_there(address: SocketAddr, _: &Value, n: &Value) -> bool {
    let n = usize::try_from(n.as_u64().unwrap()).unwrap();
    let head = format!("GET /w/w{}/_standin/state", n % 5);
    let state = crate::support::socket::call(address, &head, "").expect(200).json();
    let companies = state["corezoid"]["companies"].as_array().unwrap();
    let ids: Vec<&str> = companies.iter().map(|company| company["id"].as_str().unwrap()).collect();
    // The first company comes along with the first user.
    let ids: Vec<&str> = ids.into_iter().filter(|id| id.contains('x')).collect();
    let found: usize = ids[0][1..ids[0].find('x').unwrap()].parse().unwrap();
    assert_eq!(ids.len(), size(found), "half a document");
    assert!(ids.iter().all(|id| id.starts_with(&format!("i{found}x"))));
    found >= n
}

#[test]
fn everything_acknowledged_is_there_after_kill_9_and_nothing_is_half_there() {
    let temp = TempDir::new();
    let path = temp.join("data.db");
    let args = ["--database", path.to_str().unwrap(), "--quiet", "--seed", "empty"];
    let acknowledged: Mutex<Vec<(usize, Value)>> = Mutex::default();
    let mut program = Program::start(&args);
    let next = AtomicUsize::new(0);
    for round in 0..4_u64 {
        let address = program.address;
        let before = acknowledged.lock().unwrap().len();
        std::thread::scope(|scope| {
            for (kind, (_, write, _)) in WRITES.iter().enumerate() {
                let (acknowledged, next) = (&acknowledged, &next);
                scope.spawn(move || {
                    let mut socket = Socket::connect(address);
                    loop {
                        let n = next.fetch_add(1, Ordering::SeqCst);
                        // An error is the kill: what it cut off may be there or not.
                        let Ok(mark) = write(&mut socket, n) else { break };
                        acknowledged.lock().unwrap().push((kind, mark));
                    }
                });
            }
            // On a busy machine the first answers may take a while.
            let of_kind = |kind| acknowledged.lock().unwrap()[before..].iter().any(|(of, _)| *of == kind);
            while !(0..WRITES.len()).all(of_kind) {
                std::thread::sleep(Duration::from_millis(5));
            }
            std::thread::sleep(Duration::from_millis(37 * round));
            program.signal("KILL");
        });
        program.kill();
        program = Program::start(&args);
        let acknowledged = acknowledged.lock().unwrap();
        let state =
            crate::support::socket::call(program.address, "GET /_standin/state", "").expect(200).json();
        // A document with half of anything would not be taken.
        let copy = format!("PUT /w/copy{round}/_standin/state");
        crate::support::socket::call(program.address, &copy, &state.to_string()).expect(204);
        let mut packages: BTreeMap<&str, usize> = BTreeMap::new();
        titles(&state).for_each(|title| *packages.entry(title.split('/').next().unwrap()).or_default() += 1);
        assert!(packages.values().all(|count| *count == 3), "round {round}: half a package: {packages:?}");
        for (kind, mark) in acknowledged.iter() {
            let (name, _, find) = WRITES[*kind];
            assert!(
                find(program.address, &state, mark),
                "round {round}: {name} {mark} was acknowledged and is gone"
            );
        }
    }
}
