//! People made and changed, and their contacts (sheet r7/crm 5).

use serde_json::{Value, json};
use standin::Language;

use crate::support::{App, builder, seed};

const MIKE: &str = "7d1a0000-0000-4000-8000-000000000002";
const OLGA: &str = "7d1a0000-0000-4000-8000-000000000003";
const PAVEL: &str = "7d1a0000-0000-4000-8000-000000000004";
const LENA: &str = "7d1a0000-0000-4000-8000-000000000005";
const ACCOUNTING: &str = "7d1a0000-0000-4000-8000-0000000000a1";

async fn portal(language: Language) -> App {
    App::of(builder().seed(standin::Seed::Demo).language(language)).await
}

#[tokio::test]
async fn a_person_is_made_signs_in_and_has_sections_of_his_own() {
    let app = App::demo().await;
    let admin = app.admin();
    let new = json!({
        "email": "Nina.K@example.org", "firstname": "Nina", "lastname": "Kim", "department": [ACCOUNTING],
        "title": "Clerk", "location": "Omsk", "sex": "FEMALE", "birthday": "1990-05-01", "comment": "c",
        "contacts": [{ "Type": "skype", "Value": "nina" }], "password": "12345678", "lead": OLGA,
    });
    let made = admin.post("/api/2.0/people", new).await;
    insta::assert_snapshot!("made", made.print());
    insta::assert_snapshot!("made_xml", admin.get("/api/2.0/people/nina.k.xml").await.print());
    let id = made.json()["response"]["id"].as_str().unwrap().to_owned();

    let login = json!({ "userName": "nina.k@example.org", "password": "12345678" });
    let token = app.anonymous().post("/api/2.0/authentication", login).await.expect(201).json();
    let nina = app.token(token["response"]["token"].as_str().unwrap());
    assert_eq!(nina.get("/api/2.0/people/@self").await.expect(200).json()["response"]["id"], json!(id));
    nina.post("/api/2.0/files/@my/text", json!({ "title": "a", "content": "x" })).await.expect(201);
    let mine = nina.get("/api/2.0/files/@my").await.expect(200).json();
    assert_eq!(mine["response"]["files"].as_array().unwrap().len(), 1);
    nina.get("/api/2.0/files/@trash").await.expect(200);

    // The same login name again, a guest, at once activated, with a password of the portal's choice.
    let twin =
        json!({ "email": "nina.k@example.com", "firstname": "Nina", "lastname": "K", "isVisitor": true });
    let twin = admin.post("/api/2.0/people/active", twin).await;
    insta::assert_snapshot!("made_active", twin.print());
    let state = app.state().await;
    let copy = App::of(builder().seed(seed(state.clone()))).await;
    assert_eq!(copy.state().await, state);
}

#[tokio::test]
async fn a_person_who_cannot_be_is_refused_and_nothing_is_stored() {
    let mike_is = json!({ "email": "mike@EXAMPLE.org", "firstname": "M", "lastname": "Z" });
    for (language, body, status, message) in [
        (Language::En, mike_is.clone(), 500, "User with this email is already registered"),
        (Language::Ru, mike_is, 500, "Пользователь с таким email уже зарегистрирован"),
        (
            Language::En,
            json!({ "email": "x", "firstname": "M", "lastname": "Z" }),
            500,
            "The specified string is not in the form required for an e-mail address.",
        ),
        (
            Language::En,
            json!({ "firstname": "M", "lastname": "Z" }),
            400,
            "Value cannot be null.\r\nParameter name: address",
        ),
        (
            Language::En,
            json!({ "email": "", "firstname": "M", "lastname": "Z" }),
            400,
            "The parameter 'address' cannot be an empty string.\r\nParameter name: address",
        ),
        (Language::En, json!({ "email": "a@b.c" }), 500, "Incorrect firstname or lastname"),
        (Language::Ru, json!({ "email": "a@b.c" }), 500, "Некорректное имя или фамилия"),
        (
            Language::En,
            json!({ "email": "a@b.c", "firstname": "M", "lastname": "Z", "password": "1234567" }),
            500,
            "Password must contain from 8 to 30 characters",
        ),
        (
            Language::Ru,
            json!({ "email": "a@b.c", "firstname": "M", "lastname": "Z", "password": "1234567" }),
            500,
            "Пароль должен содержать от 8 до 30 символов",
        ),
        (
            Language::En,
            json!({ "email": "a@b.c", "firstname": "M", "lastname": "Z", "birthday": "yesterday" }),
            400,
            "invalid date time format: yesterday",
        ),
    ] {
        let app = portal(language).await;
        let before = app.state().await;
        let answer = app.admin().post("/api/2.0/people", body).await.expect(status).json();
        assert_eq!(answer["error"]["message"], message);
        assert_eq!(app.state().await, before);
    }
}

#[tokio::test]
async fn only_admins_make_people_and_change_others() {
    let app = App::demo().await;
    let mike = app.token("standin-mike-token");
    let before = app.state().await;
    let new = json!({ "email": "a@b.c", "firstname": "A", "lastname": "B" });
    insta::assert_snapshot!("refused", mike.post("/api/2.0/people", new.clone()).await.print());
    mike.post("/api/2.0/people/active", new).await.expect(500);
    let refused = mike.put(&format!("/api/2.0/people/{PAVEL}"), json!({ "firstname": "P" })).await;
    assert_eq!(
        refused.expect(500).json()["error"]["message"],
        "\"Mike Zanyatski\" access denied \"Edit user information, \". Cause: Edit user information: access denied.."
    );
    mike.put(&format!("/api/2.0/people/{PAVEL}/contacts"), json!({})).await.expect(500);
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn a_profile_is_changed_and_what_is_absent_is_kept() {
    let app = App::demo().await;
    let admin = app.admin();
    let edit = json!({
        "firstname": "Michael", "title": "Head", "location": "Tver", "comment": "note", "sex": "male",
        "birthday": "1985-02-03", "department": [ACCOUNTING], "contacts": [{ "type": "mail", "value": "m@x" }],
        "lead": OLGA,
    });
    let changed = admin.put(&format!("/api/2.0/people/{MIKE}"), edit).await;
    insta::assert_snapshot!("changed", changed.print());
    // An absent list is an empty one; 1900-01-01 takes a date away.
    let bare = json!({ "birthday": "1900-01-01", "title": "" });
    let bare = admin.put(&format!("/api/2.0/people/{MIKE}"), bare).await.expect(200).json();
    let bare = &bare["response"];
    assert_eq!(
        (&bare["firstName"], &bare["location"], &bare["notes"]),
        (&json!("Michael"), &json!("Tver"), &json!("note"))
    );
    for gone in ["birthday", "title", "contacts", "groups"] {
        assert_eq!(bare.get(gone), None::<&Value>, "{gone}");
    }
    assert_eq!(admin.get("/api/2.0/people/mike").await.json()["response"], *bare);

    // He himself changes neither title nor groups.
    let own = json!({ "lastname": "Z", "title": "Tsar", "department": [ACCOUNTING], "isVisitor": true, "disable": true });
    let own =
        app.token("standin-mike-token").put(&format!("/api/2.0/people/{MIKE}"), own).await.expect(200).json();
    let own = &own["response"];
    assert_eq!((&own["displayName"], &own["department"]), (&json!("Michael Z"), &json!("")));
    assert_eq!((&own["isVisitor"], &own["status"], own.get("title")), (&json!(false), &json!(1), None));

    let wrong =
        admin.put(&format!("/api/2.0/people/{MIKE}"), json!({ "firstname": "", "lastname": "" })).await;
    assert_eq!(wrong.expect(500).json()["error"]["message"], "Incorrect firstname or lastname");
    let numbered = json!({ "firstname": "User1", "lastname": "" });
    let numbered = admin.put(&format!("/api/2.0/people/{MIKE}"), numbered).await.expect(200).json();
    assert_eq!(numbered["response"]["firstName"], "User1");
    let name = admin.put("/api/2.0/people/mike", json!({})).await.expect(500).json();
    assert_eq!(name["error"]["hresult"], -2_146_233_033, "a GUID is wanted");
    admin.put("/api/2.0/people/00000000-0000-4000-8000-00000000000f", json!({})).await.expect(404);
}

#[tokio::test]
async fn an_admin_turns_users_into_guests_and_disables_them() {
    let app = App::demo().await;
    let admin = app.admin();
    let guest = admin.put(&format!("/api/2.0/people/{PAVEL}"), json!({ "isVisitor": true })).await.json();
    assert_eq!(guest["response"]["isVisitor"], true);
    let user = admin.put(&format!("/api/2.0/people/{LENA}"), json!({})).await.json();
    assert_eq!(user["response"]["isVisitor"], false);
    let gone = admin.put(&format!("/api/2.0/people/{LENA}"), json!({ "disable": true })).await.json();
    let gone = &gone["response"];
    assert_eq!((&gone["status"], &gone["terminated"]), (&json!(2), &json!("2026-02-12T09:00:00.0000000Z")));
    app.token("standin-lena-token").get("/api/2.0/people/@self").await.expect(401);
    let again = admin.put(&format!("/api/2.0/people/{LENA}"), json!({})).await.expect(500).json();
    assert_eq!(again["error"]["message"], "The user is suspended");
    // The owner is not disabled, by himself or others.
    let owner = "7d1a0000-0000-4000-8000-000000000001";
    let kept =
        admin.put(&format!("/api/2.0/people/{owner}"), json!({ "disable": true })).await.expect(200).json();
    assert_eq!(kept["response"]["status"], 1);
}

#[tokio::test]
async fn a_head_of_a_group_stays_one_as_long_as_he_is_in_it() {
    let app = App::demo().await;
    let admin = app.admin();
    let path = format!("/api/2.0/group/{ACCOUNTING}");
    admin.put(&format!("/api/2.0/people/{OLGA}"), json!({ "department": ACCOUNTING })).await.expect(200);
    assert_eq!(admin.get(&path).await.json()["response"]["manager"]["id"], OLGA);
    admin.put(&format!("/api/2.0/people/{OLGA}"), json!({})).await.expect(200);
    let headless = admin.get(&path).await.json();
    assert_eq!(headless["response"]["manager"]["displayName"], "Profile has been removed");
    assert_eq!(headless["response"]["members"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn contacts_are_set_and_taken_out() {
    let app = App::demo().await;
    let mike = app.token("standin-mike-token");
    let two = json!({ "contacts": [{ "type": "skype", "value": "a" }, { "type": "mail", "value": "b" }] });
    let set = mike.post(&format!("/api/2.0/people/{MIKE}/contacts"), two.clone()).await.expect(201).json();
    assert_eq!(set["response"]["contacts"], two["contacts"]);
    let one = json!({ "contacts": [{ "type": "skype", "value": "c" }] });
    let put = mike.put("/api/2.0/people/mike/contacts", one.clone()).await.expect(200).json();
    assert_eq!(put["response"]["contacts"], one["contacts"]);
    let gone =
        json!({ "contacts": [{ "type": "skype", "value": "other" }, { "type": "mail", "value": "b" }] });
    let gone = mike.delete(&format!("/api/2.0/people/{MIKE}/contacts"), gone).await.expect(200).json();
    assert_eq!(gone["response"].get("contacts"), None::<&Value>);
    let nobody = mike.put("/api/2.0/people/nobody/contacts", json!({})).await.expect(404).json();
    assert_eq!(nobody["error"]["message"], "user not found");
}

#[tokio::test]
async fn people_are_searched_among_those_of_a_status() {
    let app = App::demo().await;
    for (path, found) in [
        ("GET /api/2.0/people/status/active/search?query=OLG", &["olga"][..]),
        ("GET /api/2.0/people/status/1/search?query=example.org&count=2", &["administrator", "mike"]),
        ("GET /api/2.0/people/status/terminated/search?query=olga", &[]),
        ("GET /api/2.0/people/status/all/search?query=nobody", &[]),
    ] {
        let answer = app.admin().get(path.trim_start_matches("GET ")).await.expect(200).json();
        let people = answer["response"].as_array().unwrap();
        let names: Vec<_> = people.iter().map(|person| person["userName"].as_str().unwrap()).collect();
        assert_eq!(names, found, "{path}");
    }
    let short = app.admin().get("/api/2.0/people/@self?fields=id,groups").await.expect(200).json();
    assert_eq!(short["response"].as_object().unwrap().len(), 1);
}

#[tokio::test]
async fn an_admin_of_people_manages_them_and_one_of_a_product_is_shown_as_such() {
    let app = App::demo().await;
    let (people, crm) = ("f4d98afd-d336-4332-8778-3c6945c81ea0", "6743007c-6f95-4d20-8c88-a8601ce5e76d");
    for product in [people, crm] {
        let body = json!({ "productid": product, "userid": MIKE, "administrator": true });
        app.admin().put("/api/2.0/settings/security/administrator", body).await.expect(200);
    }
    let mike = app.token("standin-mike-token");
    let me = mike.get("/api/2.0/people/@self").await.json();
    assert_eq!(
        (&me["response"]["isAdmin"], &me["response"]["listAdminModules"]),
        (&json!(false), &json!(["crm"]))
    );
    let new = json!({ "email": "a@b.c", "firstname": "A", "lastname": "B" });
    mike.post("/api/2.0/people", new).await.expect(201);
    mike.put(&format!("/api/2.0/people/{PAVEL}"), json!({ "title": "x" })).await.expect(200);
}

#[tokio::test]
async fn accounts_of_other_services_are_linked_and_unlinked_without_a_trace() {
    let app = App::demo().await;
    let before = app.state().await;
    let link = "/api/2.0/people/thirdparty/linkaccount";
    let mike = app.token("standin-mike-token");
    let linked = mike.put(link, json!({ "serializedProfile": "x" })).await.expect(200);
    assert_eq!(linked.text(), r#"{"status":0,"statusCode":200,"response":{}}"#);
    let missing = mike.put("/api/2.0/people/thirdparty/linkaccount", json!({})).await.expect(400).json();
    assert_eq!(missing["error"]["message"], "Value cannot be null.\r\nParameter name: serializedProfile");
    let gone = json!({ "provider": "google" });
    let gone = mike.delete("/api/2.0/people/thirdparty/unlinkaccount", gone).await.expect(200);
    assert_eq!(gone.text(), linked.text());
    assert_eq!(app.state().await, before);
}
