//! Clients that want the same file in the same moment, over real sockets.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::support::App;
use crate::support::socket::{Answer, call};

const FILE: &str = "/api/2.0/files/file/7";

fn send(at: SocketAddr, line: &str, body: &Value) -> Answer {
    let head = format!("{line}\nAuthorization: standin-admin-token\nContent-Type: application/json");
    call(at, &head, &body.to_string()).expect(200)
}

/// How often an operation that was just started did something, and what the others said instead.
fn outcomes(answers: &[Answer]) -> (usize, Vec<String>) {
    let mut done = 0;
    let mut errors = Vec::new();
    for answer in answers {
        let answer = answer.json();
        // The caller's newest operation comes first; those of the others may follow, finished.
        let own = &answer["response"][0];
        assert_eq!(own["finished"], false, "{answer}");
        if own["processed"] == "1" {
            assert_eq!(own["error"], "");
            done += 1;
        } else {
            errors.push(own["error"].as_str().unwrap().to_owned());
        }
    }
    (done, errors)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_deletes_that_arrive_together_one_erases_the_file_and_the_others_find_none() {
    let app = App::demo().await;
    let at = app.server().address();
    for _ in 0..5 {
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let erase = || send(at, &format!("DELETE {FILE}"), &json!({ "immediately": true }));
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(erase)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let (done, errors) = outcomes(&answers);
        assert_eq!((done, errors), (1, vec!["The required file was not found".to_owned(); 3]));
        call(at, &format!("GET {FILE}\nAuthorization: standin-admin-token"), "").expect(403);
        call(at, "POST /_standin/reset", "").expect(204);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_and_a_delete_that_arrive_together_happen_one_after_the_other() {
    let app = App::demo().await;
    let at = app.server().address();
    for _ in 0..5 {
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let erase = scope.spawn(|| send(at, &format!("DELETE {FILE}"), &json!({ "immediately": true })));
            let body = json!({ "destFolderId": 102, "fileIds": [7] });
            let moved = scope.spawn(move || send(at, "PUT /api/2.0/files/fileops/move", &body));
            vec![erase.join().unwrap(), moved.join().unwrap()]
        });
        let (done, errors) = outcomes(&answers);
        // Moved and then erased, or erased so that nothing is left to move: gone in the end either way.
        assert!(
            done >= 1 && errors.iter().all(|text| text == "The required file was not found"),
            "{errors:?}"
        );
        call(at, &format!("GET {FILE}\nAuthorization: standin-admin-token"), "").expect(403);
        let state = app.state().await;
        assert!(!state["r7"]["files"].to_string().contains("Notes.txt"), "half of it is left");
        call(at, "POST /_standin/reset", "").expect(204);
    }
}
