//! One line a request.

use crate::support::program::Program;
use crate::support::socket::call;

fn lines(args: &[&str]) -> Vec<String> {
    let program = Program::start(args);
    let at = program.address;
    call(at, "GET /_standin/health", "").expect(200);
    call(at, "GET /api/2.0/people/@self\nAuthorization: standin-admin-token", "").expect(200);
    call(at, "GET /w/mine/api/2.0/people/@self", "").expect(401);
    call(at, "POST /api/2/json/1/2/3", "{}").expect(200);
    call(at, "GET /nowhere?token=hidden", "").expect(404);
    program.signal("TERM");
    let (end, _) = program.end();
    assert_eq!(end.out, "", "log lines go to standard error");
    end.err.lines().map(str::to_owned).collect()
}

#[test]
fn json_lines_say_service_operation_status_duration_and_world() {
    let lines = lines(&["--log", "json"]);
    let rows: Vec<_> = lines
        .iter()
        .map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(line["duration_ms"].as_f64().is_some_and(|ms| ms >= 0.0), "{line}");
            assert!(line["timestamp"].as_str().is_some_and(|text| text.ends_with('Z')), "{line}");
            let word = |key: &str| line[key].as_str().unwrap().to_owned();
            let status = line["status"].as_u64().unwrap();
            format!(
                "{} | {} | {status} | {} | {}",
                word("service"),
                word("operation"),
                word("world"),
                word("message")
            )
        })
        .collect();
    insta::assert_snapshot!(rows.join("\n"), @r"
    control | GET /_standin/health | 200 | default | GET /_standin/health
    r7 | GET people/@self | 200 | default | GET /api/2.0/people/@self
    r7 | GET people/@self | 401 | mine | GET /w/mine/api/2.0/people/@self
    corezoid | sign-in | 200 | default | POST /api/2/json/1/2/3
    - | - | 404 | default | GET /nowhere
    ");
}

#[test]
fn text_lines_read_alone_and_quiet_says_nothing() {
    let lines = lines(&[]);
    assert_eq!(lines.len(), 5, "{lines:?}");
    let line = &lines[2];
    for word in
        ["GET /w/mine/api/2.0/people/@self", "service=\"r7\"", "status=401", "world=\"mine\"", "duration_ms="]
    {
        assert!(line.contains(word), "{word}: {line}");
    }
    assert!(!lines.iter().any(|line| line.contains("hidden")), "a query may hold a token");
    assert_eq!(self::lines(&["--quiet"]), [""; 0]);
}
