//! `group/…`, and where groups show among people (sheet r7/crm 5).

use serde_json::{Value, json};

use crate::support::{App, builder, seed};

const ACCOUNTING: &str = "7d1a0000-0000-4000-8000-0000000000a1";
const ANNA: &str = "7d1a0000-0000-4000-8000-000000000001";
const MIKE: &str = "7d1a0000-0000-4000-8000-000000000002";
const OLGA: &str = "7d1a0000-0000-4000-8000-000000000003";
const PAVEL: &str = "7d1a0000-0000-4000-8000-000000000004";
const NOBODY: &str = "00000000-0000-4000-8000-00000000000f";

/// Login names of a full group's members.
fn members(answer: &Value) -> Vec<&str> {
    let people = answer["response"]["members"].as_array().unwrap();
    people.iter().map(|person| person["profileUrl"].as_str().unwrap().rsplit('=').next().unwrap()).collect()
}

fn names(answer: &Value) -> Vec<&str> {
    answer["response"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn groups_are_listed_in_short_and_shown_in_full() {
    let app = App::demo().await;
    let olga = app.token("standin-olga-token");
    insta::assert_snapshot!("list", olga.get("/api/2.0/group").await.print());
    insta::assert_snapshot!("one", olga.get(&format!("/api/2.0/group/{ACCOUNTING}")).await.print());
    insta::assert_snapshot!("one_xml", olga.get(&format!("/api/2.0/group/{ACCOUNTING}.xml")).await.print());
    insta::assert_snapshot!("list_xml", olga.get("/api/2.0/group.xml").await.print());
    for (path, found) in [
        (format!("GET /api/2.0/group/user/{PAVEL}"), &["Accounting"][..]),
        (format!("GET /api/2.0/group/user/{MIKE}"), &[]),
        (format!("GET /api/2.0/group/user/{NOBODY}"), &[]),
        ("GET /api/2.0/group/search?groupName=COUNT".to_owned(), &["Accounting"]),
        ("GET /api/2.0/group/search?groupName=x".to_owned(), &[]),
        ("GET /api/2.0/group/search".to_owned(), &["Accounting"]),
    ] {
        let path = path.trim_start_matches("GET ");
        assert_eq!(names(&olga.get(path).await.expect(200).json()), found, "{path}");
    }
}

#[tokio::test]
async fn fixed_groups_and_unknown_ones_are_not_found() {
    let app = App::demo().await;
    for id in [NOBODY, "c5cc67d1-c3e8-43c0-a3ad-3928ae3e5b5e", "cd84e66b-b803-40fc-99f9-b2969a54a1de"] {
        let answer = app.admin().get(&format!("/api/2.0/group/{id}")).await.expect(404).json();
        assert_eq!(answer["error"]["message"], "group not found");
        app.admin().delete(&format!("/api/2.0/group/{id}"), Value::Null).await.expect(404);
    }
    let wrong = app.admin().get("/api/2.0/group/no-guid").await;
    insta::assert_snapshot!("no_guid", wrong.print());
}

#[tokio::test]
async fn a_group_is_made_changed_and_deleted_and_later_reads_show_it() {
    let app = App::demo().await;
    let admin = app.admin();
    let new = json!({ "groupName": "Sales & co", "groupManager": MIKE, "members": [PAVEL, NOBODY, PAVEL] });
    let made = admin.post("/api/2.0/group", new).await;
    insta::assert_snapshot!("made", made.print());
    let id = made.json()["response"]["id"].as_str().unwrap().to_owned();
    assert_eq!(names(&admin.get("/api/2.0/group").await.json()), ["Accounting", "Sales & co"]);
    let mike = admin.get("/api/2.0/people/mike").await.expect(200).json();
    assert_eq!(mike["response"]["department"], "Sales &amp; co");
    assert_eq!(mike["response"]["groups"], json!([{ "id": id, "name": "Sales & co", "manager": "mike" }]));
    let pavel = admin.get("/api/2.0/people/pavel").await.expect(200).json();
    assert_eq!(pavel["response"]["department"], "Accounting, Sales &amp; co");

    // The name is kept, the rest is replaced.
    let changed =
        admin.put(&format!("/api/2.0/group/{id}"), json!({ "members": [OLGA] })).await.expect(200).json();
    assert_eq!(changed["response"]["name"], "Sales & co");
    assert_eq!(changed["response"]["manager"]["id"], "4a515a15-d4d6-4b8e-828e-e0586f18f3a3");
    assert_eq!(members(&changed), ["olga"]);
    let renamed = json!({ "groupName": "Retail", "groupManager": ANNA, "members": [OLGA, MIKE] });
    let changed = admin.put(&format!("/api/2.0/group/{id}"), renamed).await.expect(200).json();
    assert_eq!(members(&changed), ["administrator", "mike", "olga"]);
    // Nobody known is no new manager.
    let unknown = json!({ "groupManager": NOBODY, "members": [OLGA] });
    let changed = admin.put(&format!("/api/2.0/group/{id}"), unknown).await.expect(200).json();
    assert_eq!((members(&changed), &changed["response"]["manager"]["id"]), (vec!["olga"], &json!(ANNA)));

    let gone = admin.delete(&format!("/api/2.0/group/{id}"), Value::Null).await;
    insta::assert_snapshot!("deleted", gone.print());
    assert_eq!(names(&admin.get("/api/2.0/group").await.json()), ["Accounting"]);
    admin.get(&format!("/api/2.0/group/{id}")).await.expect(404);
    assert_eq!(admin.get("/api/2.0/people/olga").await.json()["response"]["department"], "Accounting");
}

#[tokio::test]
async fn members_are_set_added_taken_out_and_passed_on() {
    let app = App::demo().await;
    let admin = app.admin();
    let path = format!("/api/2.0/group/{ACCOUNTING}/members");
    let added = admin.put(&format!("/api/2.0/group/{ACCOUNTING}/members"), json!({ "members": MIKE })).await;
    insta::assert_snapshot!("added", added.print());
    let out =
        admin.delete(&format!("/api/2.0/group/{ACCOUNTING}/members"), json!({ "members": [OLGA] })).await;
    let out = out.expect(200).json();
    assert_eq!((members(&out), &out["response"]["manager"]["id"]), (vec!["mike", "pavel"], &json!(OLGA)));
    let set = admin.post(&format!("/api/2.0/group/{ACCOUNTING}/members"), json!({ "members": [ANNA] })).await;
    assert_eq!(members(&set.expect(201).json()), ["administrator"]);
    let headed = admin.put(&format!("/api/2.0/group/{ACCOUNTING}/manager"), json!({ "userid": PAVEL })).await;
    let headed = headed.expect(200).json();
    assert_eq!(
        (members(&headed), &headed["response"]["manager"]["id"]),
        (vec!["administrator"], &json!(PAVEL))
    );
    let nobody = json!({ "userid": NOBODY });
    let refused = admin.put(&format!("/api/2.0/group/{ACCOUNTING}/manager"), nobody).await.expect(404).json();
    assert_eq!(refused["error"]["message"], "user not found");

    let other = admin.post("/api/2.0/group", json!({ "groupName": "B" })).await.expect(201).json();
    let other = other["response"]["id"].as_str().unwrap();
    let passed = admin.put(&format!("/api/2.0/group/{ACCOUNTING}/members/{other}"), Value::Null).await;
    let passed = passed.expect(200).json();
    assert_eq!((&passed["response"]["name"], members(&passed)), (&json!("B"), vec!["administrator"]));
    let first = admin.get(&format!("/api/2.0/group/{ACCOUNTING}")).await.json();
    assert_eq!(members(&first), ["administrator"], "they stay in the first group too");
    admin.put(&format!("{path}/{NOBODY}"), Value::Null).await.expect(404);
}

#[tokio::test]
async fn only_admins_change_groups() {
    let app = App::demo().await;
    let mike = app.token("standin-mike-token");
    insta::assert_snapshot!(
        "refused",
        mike.post("/api/2.0/group", json!({ "groupName": "x" })).await.print()
    );
    let before = app.state().await;
    let one = format!("/api/2.0/group/{ACCOUNTING}");
    let list = format!("/api/2.0/group/{ACCOUNTING}/members");
    for answer in [
        mike.put(&one, json!({})).await,
        mike.delete(&one, Value::Null).await,
        mike.post(&list, json!({})).await,
        mike.put(&list, json!({})).await,
        mike.delete(&list, json!({})).await,
        mike.put(&format!("{one}/manager"), json!({ "userid": MIKE })).await,
        mike.put(&format!("{list}/{ACCOUNTING}"), Value::Null).await,
    ] {
        answer.expect(500);
    }
    let nameless = app.admin().post("/api/2.0/group", json!({})).await.expect(400).json();
    assert_eq!(nameless["error"]["message"], "Value cannot be null.\r\nParameter name: groupName");
    assert_eq!(app.state().await, before);
    app.anonymous().get("/api/2.0/group").await.expect(401);
}

#[tokio::test]
async fn people_lists_are_narrowed_by_group() {
    let app = App::demo().await;
    for (path, found) in [
        (format!("people?filterBy=group&filterValue={ACCOUNTING}"), &["olga", "pavel"][..]),
        (
            "people?filterBy=Group&filterValue=cd84e66b-b803-40fc-99f9-b2969a54a1de".to_owned(),
            &["administrator"],
        ),
        ("people?filterBy=group&filterValue=aced04fa-dd96-4b35-af3e-346bf1eb972d".to_owned(), &["lena"]),
        (format!("people?filterBy=group&filterValue={NOBODY}"), &[]),
        (format!("people/status/active?filterBy=group&filterValue={ACCOUNTING}"), &["olga", "pavel"]),
        (format!("people/filter?groupId={ACCOUNTING}"), &["pavel", "olga"]),
        (
            "people/filter?groupId=abef62db-11a8-4673-9d32-ef1d8af19dc0&count=2".to_owned(),
            &["administrator", "mike"],
        ),
        (format!("people/filter?groupId={NOBODY}"), &[]),
    ] {
        let answer = app.admin().get(&format!("/api/2.0/{path}")).await.expect(200).json();
        let people = answer["response"].as_array().unwrap();
        let names: Vec<_> = people.iter().map(|person| person["userName"].as_str().unwrap()).collect();
        assert_eq!(names, found, "{path}");
    }
    app.admin().get("/api/2.0/people?filterBy=group&filterValue=x").await.expect(500);
}

#[tokio::test]
async fn groups_come_back_from_a_state_document_and_what_dangles_is_named() {
    let app = App::demo().await;
    app.admin().post("/api/2.0/group", json!({ "groupName": "B", "members": [MIKE] })).await.expect(201);
    let state = app.state().await;
    assert_eq!(state["r7"]["groups"][1]["members"], json!([MIKE]));
    let copy = App::of(builder().seed(seed(state.clone()))).await;
    assert_eq!(copy.state().await, state);
    for (group, place) in [
        (json!({ "id": NOBODY, "name": "x", "manager": NOBODY }), "r7.groups[0].manager: no user has the id"),
        (json!({ "id": NOBODY, "name": "x", "members": [ANNA, NOBODY] }), "r7.groups[0].members[1]: no user"),
        (json!({ "id": "x", "name": "x" }), "r7.groups[0].id: "),
        (json!({ "id": NOBODY }), "r7.groups[0]: missing field `name`"),
        (json!({ "id": NOBODY, "name": "x", "color": 1 }), "r7.groups[0].color: unknown field"),
    ] {
        let users = &state["r7"]["users"];
        let document = json!({ "standin": 1, "r7": { "users": users, "groups": [group] } });
        let refused = app.anonymous().put("/_standin/state", document).await.expect(400).json();
        let message = refused["error"]["message"].as_str().unwrap();
        assert!(message.contains(place), "{message}");
    }
    let twice = json!({ "id": NOBODY, "name": "x" });
    let document = json!({ "standin": 1, "r7": { "groups": [twice, twice] } });
    let refused = app.anonymous().put("/_standin/state", document).await.expect(400).json();
    assert!(refused["error"]["message"].as_str().unwrap().contains("r7.groups[1].id"), "{refused}");
    assert_eq!(app.state().await, state);
}
