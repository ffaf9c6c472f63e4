//! `people/…` (sheet r7/crm 2.6, 5).

use serde_json::{Value, json};
use standin::Language;

use crate::support::{App, builder, seed};

async fn portal(language: Language) -> App {
    let document = json!({
        "standin": 1,
        "r7": { "users": [
            {
                "id": "00000000-0000-4000-8000-000000000001", "userName": "Admin", "email": "admin@example.org",
                "password": "p", "firstName": "Anna", "lastName": "O'Neil", "isAdmin": true, "isOwner": true,
                "title": "Director", "sex": "female", "birthday": "1990-05-01T00:00:00Z",
                "workFrom": "2020-01-02T00:00:00Z", "location": "Kazan", "notes": "n", "mobilePhone": "+7",
                "contacts": [{ "type": "skype", "value": "anna" }], "culture": "ru-RU",
                "tokens": [{ "token": "standin-admin-token" }],
            },
            {
                "id": "00000000-0000-4000-8000-000000000002", "userName": "boris.k", "email": "boris@example.org",
                "password": "p", "firstName": "Boris", "lastName": "K", "isVisitor": true, "activationStatus": 2,
                "tokens": [{ "token": "boris" }],
            },
            {
                "id": "00000000-0000-4000-8000-000000000003", "userName": "gone", "email": "gone@example.org",
                "password": "p", "firstName": "Gleb", "lastName": "A", "status": 2, "tokens": [{ "token": "gone" }],
            },
        ] },
    });
    App::of(builder().language(language).seed(seed(document))).await
}

#[tokio::test]
async fn the_caller_is_shown_in_full() {
    let app = portal(Language::En).await;
    insta::assert_snapshot!("self", app.admin().get("/api/2.0/people/@self").await.print());
    insta::assert_snapshot!(
        "self_of_few_facts",
        app.token("boris").get("/api/2.0/people/@self.xml").await.print()
    );
}

#[tokio::test]
async fn one_person_is_found_by_name_guid_or_address() {
    let app = portal(Language::En).await;
    for (path, id) in [
        ("/api/2.0/people/admin", "00000000-0000-4000-8000-000000000001"),
        ("/api/2.0/people/boris.k", "00000000-0000-4000-8000-000000000002"),
        ("/api/2.0/people/boris.k.json", "00000000-0000-4000-8000-000000000002"),
        ("/api/2.0/people/00000000000040008000000000000003", "00000000-0000-4000-8000-000000000003"),
    ] {
        assert_eq!(app.token("boris").get(path).await.expect(200).json()["response"]["id"], id, "{path}");
    }
    let found = app.admin().get("/api/2.0/people/email?email=BORIS@example.org").await.expect(200).json();
    assert_eq!(found["response"]["userName"], "boris.k");
    for path in ["people/nobody", "people/email?email=x", "people/00000000-0000-4000-8000-00000000000f"] {
        let answer = app.admin().get(&format!("/api/2.0/{path}")).await.expect(404).json();
        assert_eq!(answer["error"]["message"], "User not found");
    }
    app.anonymous().get("/api/2.0/people/admin").await.expect(401);
}

#[tokio::test]
async fn lists_are_narrowed_by_status_type_and_words() {
    let app = portal(Language::En).await;
    for (who, path, names) in [
        ("boris", "GET /api/2.0/people", &["Admin", "boris.k"][..]),
        ("boris", "GET /api/2.0/people?count=1&startIndex=1", &["boris.k"]),
        ("boris", "GET /api/2.0/people?filterBy=group&filterValue=00000000-0000-4000-8000-000000000009", &[]),
        ("boris", "GET /api/2.0/people/status/2", &["gone"]),
        ("boris", "GET /api/2.0/people/status/all", &["Admin", "boris.k", "gone"]),
        ("boris", "GET /api/2.0/people/search?query=kazan+anna", &["Admin"]),
        ("boris", "GET /api/2.0/people/@search/boris", &["boris.k"]),
        ("boris", "GET /api/2.0/people/filter", &["Admin", "boris.k"]),
        ("standin-admin-token", "GET /api/2.0/people/filter", &["Admin", "boris.k", "gone"]),
        ("standin-admin-token", "GET /api/2.0/people/filter?employeeStatus=active", &["Admin", "boris.k"]),
        ("standin-admin-token", "GET /api/2.0/people/filter?employeeType=Visitor", &["boris.k"]),
        ("standin-admin-token", "GET /api/2.0/people/filter?activationStatus=Pending", &["boris.k"]),
        ("standin-admin-token", "GET /api/2.0/people/filter?isAdministrator=true", &["Admin"]),
        (
            "standin-admin-token",
            "GET /api/2.0/people/filter?groupId=00000000-0000-4000-8000-000000000009",
            &[],
        ),
        ("standin-admin-token", "GET /api/2.0/people/filter?sortBy=lastname", &["gone", "boris.k", "Admin"]),
        (
            "standin-admin-token",
            "GET /api/2.0/people/filter?sortBy=firstname&sortOrder=descending&count=2",
            &["gone", "boris.k"],
        ),
    ] {
        let path = path.strip_prefix("GET ").unwrap();
        let answer = app.token(who).get(path).await.expect(200).json();
        let found: Vec<_> =
            answer["response"].as_array().unwrap().iter().map(|user| &user["userName"]).collect();
        assert_eq!(found, names, "{who} {path}");
    }
    let short = app.admin().get("/api/2.0/people/simple/filter?count=1").await.expect(200).json();
    let keys: Vec<_> = short["response"][0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "displayName", "title", "avatarSmall", "profileUrl"]);
    assert_eq!((&short["count"], &short["total"], &short["nextIndex"]), (&json!(1), &json!(3), &json!(2)),);
}

#[tokio::test]
async fn whoever_is_gone_is_shown_as_the_lost_user_in_the_portals_language() {
    for (language, name) in [(Language::En, "Profile has been removed"), (Language::Ru, "Профиль удален")]
    {
        let app = portal(language).await;
        let case = json!({
            "title": "x", "isPrivate": true, "accessList": ["00000000-0000-4000-8000-00000000000f"],
        });
        let answer = app.admin().post("/api/2.0/crm/case", case).await.expect(201).json();
        let lost = &answer["response"]["accessList"][0];
        assert_eq!(
            (&lost["id"], &lost["displayName"]),
            (&json!("4a515a15-d4d6-4b8e-828e-e0586f18f3a3"), &json!(name))
        );
        assert_eq!(answer["response"]["createBy"]["displayName"], "Anna O&#39;Neil");
        assert_eq!(answer["response"]["createBy"].get("terminated"), None::<&Value>);
    }
}
