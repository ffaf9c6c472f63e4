//! Shares: who gets what, how it is told and taken back (sheet r7/files 2.5, 7).

use serde_json::{Value, json};

use super::{COMMON, MY, bytes, folder, start, titles, upload};
use crate::support::{App, Identity, builder, seed};

const MIKE: &str = "00000000-0000-0000-0000-00000000000a";
pub(crate) const LENA: &str = "00000000-0000-0000-0000-00000000000b";
pub(crate) const OLGA: &str = "00000000-0000-0000-0000-00000000000c";
pub(super) const SALES: &str = "00000000-0000-0000-0000-0000000000aa";
const EVERYONE: &str = "c5cc67d1-c3e8-43c0-a3ad-3928ae3e5b5e";

/// Mike the admin, Lena who is in Sales, and the guest Olga.
pub(crate) fn people() -> Value {
    let person = |id: &str, name: &str, is: Option<&str>| {
        let mut person = json!({ "id": id, "userName": name, "email": format!("{name}@example.org"),
            "password": "secret", "firstName": name, "lastName": "", "tokens": [{ "token": format!("{name}-token") }] });
        if let Some(is) = is {
            person[is] = json!(true);
        }
        person
    };
    json!({
        "users": [person(MIKE, "mike", Some("isAdmin")), person(LENA, "lena", None), person(OLGA, "olga", Some("isVisitor"))],
        "groups": [{ "id": SALES, "name": "Sales", "members": [LENA] }],
    })
}

pub(super) async fn world() -> App {
    App::of(builder().seed(seed(json!({ "standin": 1, "r7": people() })))).await
}

pub(super) async fn share(who: &Identity<'_>, entry: &str, to: &str, access: Value) -> Value {
    let body = json!({ "share": [{ "shareTo": to, "access": access }] });
    who.put(&format!("/api/2.0/files/{entry}/share"), body).await.expect(200).json()["response"].clone()
}

fn message(exchange: crate::support::Exchange, status: u16) -> String {
    exchange.expect(status).json()["error"]["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_file_is_shared_with_a_person_and_taken_back() {
    let app = world().await;
    let (mike, lena) = (app.token("mike-token"), app.token("lena-token"));
    let id = upload(&mike, MY, "plan.docx", "x").await;
    insta::assert_snapshot!(mike.get(&format!("/api/2.0/files/file/{id}/share")).await.print());
    let body =
        json!({ "share": [{ "shareTo": LENA, "access": "Read" }], "notify": true, "sharingMessage": "hi" });
    insta::assert_snapshot!(mike.put(&format!("/api/2.0/files/file/{id}/share"), body).await.print());
    insta::assert_snapshot!(lena.get(&format!("/api/2.0/files/file/{id}")).await.print());
    insta::assert_snapshot!(lena.get("/api/2.0/files/@share.xml").await.print());
    let card = mike.get(&format!("/api/2.0/files/file/{id}")).await.json();
    assert_eq!((&card["response"]["shared"], &card["response"]["access"]), (&json!(true), &json!(0)));
    // Reading is all that it allows.
    let denied = lena.put(&format!("/api/2.0/files/file/{id}"), json!({ "title": "other" })).await;
    assert_eq!(message(denied, 403), "You don't have enough permission to rename the file");
    let denied = lena.get(&format!("/api/2.0/files/file/{id}/share")).await;
    assert_eq!(message(denied, 403), "You don't have enough permission to perform the operation");
    share(&mike, &format!("file/{id}"), LENA, json!(0)).await;
    let denied = lena.get(&format!("/api/2.0/files/file/{id}")).await;
    assert_eq!(message(denied, 403), "You don't have enough permission to view the file");
    assert!(titles(&lena, "@share").await.is_empty());
}

#[tokio::test]
async fn every_form_of_the_share_parameter_is_read() {
    let app = world().await;
    let mike = app.token("mike-token");
    for body in [
        format!("share[0][shareTo]={LENA}&share[0][access]=Read"),
        format!("share[0].ShareTo={LENA}&share[0].Access=2"),
        format!("share[shareTo]={LENA}&share[Access]=read"),
    ] {
        let id = upload(&mike, MY, "a.txt", "x").await;
        let request = mike
            .request(axum::http::Method::PUT, &format!("/api/2.0/files/file/{id}/share"))
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = app.send(request.body(body.clone().into()).unwrap()).await.expect(200).json();
        assert_eq!(answer["response"][2]["access"], 2, "{body}");
    }
    for share in [
        json!([{ "shareTo": LENA, "access": 2 }]),
        json!({ "shareTo": LENA, "access": "Read" }),
        json!({ "ShareTo": LENA, "Access": "2" }),
    ] {
        let id = upload(&mike, MY, "a.txt", "x").await;
        let answer = mike.put(&format!("/api/2.0/files/file/{id}/share"), json!({ "share": share })).await;
        assert_eq!(answer.expect(200).json()["response"][2]["access"], 2, "{share}");
    }
}

#[tokio::test]
async fn a_shared_folder_shares_all_that_is_in_it() {
    let app = world().await;
    let (mike, lena) = (app.token("mike-token"), app.token("lena-token"));
    let outer = folder(&mike, MY, "outer").await;
    let inner = folder(&mike, outer, "inner").await;
    let id = upload(&mike, inner, "a.txt", "x").await;
    share(&mike, &format!("folder/{inner}"), SALES, json!("ReadWrite")).await;
    assert_eq!(titles(&lena, "@share").await, ["inner"]);
    assert_eq!(titles(&lena, &inner.to_string()).await, ["a.txt"]);
    let content = lena.get(&format!("/api/2.0/files/{inner}")).await.expect(200).json();
    // The share section stands in for the folder above, which Lena may not see.
    let current = &content["response"]["current"];
    assert_eq!(
        (&current["parentId"], &current["rootFolderType"], &current["access"]),
        (&json!(3), &json!(6), &json!(1))
    );
    assert_eq!(content["response"]["pathParts"], json!([3, inner]));
    let path = lena.get(&format!("/api/2.0/files/folder/{inner}/path")).await.expect(200).json();
    let path: Vec<_> =
        path["response"].as_array().unwrap().iter().map(|folder| folder["id"].clone()).collect();
    assert_eq!(path, [json!(3), json!(inner)]);
    let denied = lena.get(&format!("/api/2.0/files/{outer}")).await;
    assert_eq!(message(denied, 403), "You don't have enough permission to view the folder content");
    // Full access: she adds and changes, and deletes only what she has made.
    let hers = upload(&lena, inner, "hers.txt", "y").await;
    lena.put(&format!("/api/2.0/files/file/{id}"), json!({ "title": "b.txt" })).await.expect(200);
    let record = start(&lena, "delete", json!({ "fileIds": [id] })).await;
    assert_eq!(record["error"], "You don't have enough permission to delete the file");
    let record = start(&lena, "delete", json!({ "fileIds": [hers] })).await;
    assert_eq!((&record["error"], &record["processed"]), (&json!(""), &json!("1")));
    // Taken from one file, the rest stays.
    share(&mike, &format!("file/{id}"), LENA, json!("Restrict")).await;
    assert!(titles(&lena, &inner.to_string()).await.is_empty());
    let content = lena.get(&format!("/api/2.0/files/{inner}")).await.json();
    assert_eq!(content["response"]["total"], 0);
    // Ended at a folder, it is ended below it.
    share(&mike, &format!("folder/{inner}"), LENA, json!(0)).await;
    assert_eq!(titles(&lena, &inner.to_string()).await, ["b.txt"]);
}

#[tokio::test]
async fn what_is_common_can_be_opened_and_closed() {
    let app = world().await;
    let (mike, lena, olga) = (app.token("mike-token"), app.token("lena-token"), app.token("olga-token"));
    let closed = folder(&mike, COMMON, "closed").await;
    let open = folder(&mike, COMMON, "open").await;
    insta::assert_snapshot!(mike.get(&format!("/api/2.0/files/folder/{open}/share")).await.print());
    share(&mike, &format!("folder/{closed}"), EVERYONE, json!(3)).await;
    share(&mike, &format!("folder/{open}"), SALES, json!(1)).await;
    assert_eq!(titles(&lena, "@common").await, ["open"]);
    assert_eq!(titles(&mike, "@common").await, ["closed", "open"]);
    upload(&lena, open, "hers.txt", "x").await;
    let denied = olga.post(&format!("/api/2.0/files/folder/{open}"), json!({ "title": "x" })).await;
    assert_eq!(message(denied, 403), "You don't have enough permission to create");
    // sheet r7/files 7: the owner and, in Common, administrators keep what they have.
    let before = app.state().await;
    share(&mike, &format!("folder/{open}"), MIKE, json!(3)).await;
    assert_eq!(app.state().await, before);
    let secret = upload(&mike, closed, "secret.txt", "x").await;
    for (who, part, found) in [(&lena, "hers", 1), (&lena, "secret", 0), (&mike, "secret", 1)] {
        let answer = who.get(&format!("/api/2.0/files/@search/{part}")).await.expect(200).json();
        assert_eq!(answer["response"].as_array().unwrap().len(), found, "{part}");
    }
    let denied = lena.get(&format!("/api/2.0/files/file/{secret}")).await;
    assert_eq!(message(denied, 403), "You don't have enough permission to view the file");
}

#[tokio::test]
async fn somebody_gives_up_what_was_shared_with_them() {
    let app = world().await;
    let (mike, lena) = (app.token("mike-token"), app.token("lena-token"));
    let id = upload(&mike, MY, "a.txt", "x").await;
    let hers =
        lena.upload("/api/2.0/files/@my/upload", "hers.txt", b"x").await.expect(201).json()["response"]["id"]
            .clone();
    share(&mike, &format!("file/{id}"), LENA, json!(2)).await;
    let answer =
        lena.delete("/api/2.0/files/share", json!({ "fileIds": [id, hers, 99], "folderIds": [MY] })).await;
    insta::assert_snapshot!(answer.print());
    assert!(titles(&lena, "@share").await.is_empty());
    assert_eq!(titles(&lena, "@my").await, ["hers.txt"]);
}

#[tokio::test]
async fn a_share_outlives_the_trash_and_dies_with_the_file() {
    let app = world().await;
    let (mike, lena) = (app.token("mike-token"), app.token("lena-token"));
    let id = upload(&mike, MY, "a.txt", "x").await;
    share(&mike, &format!("file/{id}"), LENA, json!(2)).await;
    start(&mike, "delete", json!({ "fileIds": [id] })).await;
    assert!(titles(&lena, "@share").await.is_empty());
    let denied =
        mike.put(&format!("/api/2.0/files/file/{id}/share"), json!({ "share": [{ "shareTo": LENA }] })).await;
    assert_eq!(message(denied, 403), "You don't have enough permission to perform the operation");
    start(&mike, "move", json!({ "fileIds": [id], "destFolderId": MY })).await;
    assert_eq!(titles(&lena, "@share").await, ["a.txt"]);
    start(&mike, "delete", json!({ "fileIds": [id], "immediately": true })).await;
    assert_eq!(app.state().await["r7"]["shares"], Value::Null);
}

#[tokio::test]
async fn a_file_can_be_kept_from_being_downloaded_and_shared_on() {
    let app = world().await;
    let (mike, lena) = (app.token("mike-token"), app.token("lena-token"));
    let id = upload(&mike, MY, "a.docx", "x").await;
    let path = format!("/api/2.0/files/file/{id}/share");
    let with = |access: &str| {
        json!({ "share": [{ "shareTo": LENA, "access": access }],
        "advancedSettings": { "denyDownload": true, "denySharing": true } })
    };
    mike.put(&path, with("Read")).await.expect(200);
    let card = lena.get(&format!("/api/2.0/files/file/{id}")).await.json()["response"].clone();
    assert_eq!((&card["denyDownload"], &card["denySharing"]), (&json!(true), &json!(true)));
    let download = format!("/Products/Files/HttpHandlers/filehandler.ashx?action=download&fileid={id}");
    assert_eq!(lena.get(&download).await.status(), 403);
    assert_eq!(lena.get(&format!("/api/2.0/files/file/{id}/presigneduri")).await.status(), 403);
    // sheet r7/files 4: who may read a file may copy it; the copy is her own, without the original's flags.
    let section = lena.get("/api/2.0/files/@my").await.json()["response"]["current"]["id"].clone();
    let record = start(&lena, "copy", json!({ "fileIds": [id], "destFolderId": section })).await;
    let copy = &record["files"][1];
    assert_eq!((&record["error"], copy.get("denyDownload")), (&json!(""), None));
    assert_eq!(bytes(&lena, copy["id"].as_i64().unwrap()).await, b"x");
    mike.put(&path, with("ReadWrite")).await.expect(200);
    assert_eq!(lena.get(&download).await.status(), 200);
    assert_eq!(lena.get(&path).await.status(), 403);
    mike.put(
        &path,
        json!({ "share": [{ "shareTo": LENA, "access": 1 }], "advancedSettings": { "denySharing": false } }),
    )
    .await
    .expect(200);
    assert_eq!(lena.get(&path).await.status(), 200);
}

#[tokio::test]
async fn mistakes_have_the_portals_words() {
    let app = world().await;
    let mike = app.token("mike-token");
    let id = upload(&mike, MY, "a.txt", "x").await;
    let before = app.state().await;
    for (exchange, status, text) in [
        (
            mike.get("/api/2.0/files/file/99/share").await,
            403,
            "Value cannot be null.\r\nParameter name: Bad request.",
        ),
        (
            mike.get("/api/2.0/files/folder/99/share").await,
            403,
            "Value cannot be null.\r\nParameter name: Bad request.",
        ),
        (
            mike.put("/api/2.0/files/folder/99/share", json!({})).await,
            403,
            "Value cannot be null.\r\nParameter name: Bad request.",
        ),
        (
            mike.put("/api/2.0/files/99/sharedlink", json!({ "share": 2 })).await,
            403,
            "The required file was not found",
        ),
        (mike.get("/api/2.0/files/file/abc/share").await, 500, "Int32.TryParse(abc)"),
        (
            mike.put(
                &format!("/api/2.0/files/file/{id}/share"),
                json!({ "share": [{ "shareTo": LENA, "access": "Nope" }] }),
            )
            .await,
            400,
            "Requested value 'Nope' was not found.",
        ),
    ] {
        assert_eq!(message(exchange, status), text);
    }
    // Nobody and nothing has this id: upstream forgets such subjects with the list that answers.
    let list = share(&mike, &format!("file/{id}"), "00000000-0000-0000-0000-0000000000ff", json!(1)).await;
    assert_eq!(list.as_array().unwrap().len(), 2);
    assert_eq!(app.state().await, before);
}

#[tokio::test]
async fn refusals_in_russian() {
    let app = App::of(
        builder().language(standin::Language::Ru).seed(seed(json!({ "standin": 1, "r7": people() }))),
    )
    .await;
    let (mike, lena) = (app.token("mike-token"), app.token("lena-token"));
    let id = upload(&mike, MY, "a.txt", "x").await;
    share(&mike, &format!("file/{id}"), LENA, json!(2)).await;
    for (exchange, text) in [
        (
            lena.get(&format!("/api/2.0/files/file/{id}/share")).await,
            "Недостаточно прав для совершения операции",
        ),
        (
            lena.get("/api/2.0/files/file/99/share").await,
            "Value cannot be null.\r\nParameter name: Неверный запрос.",
        ),
    ] {
        assert_eq!(message(exchange, 403), text);
    }
}

#[tokio::test]
async fn the_rights_offered_first_are_put_in_order() {
    let app = world().await;
    let mike = app.token("mike-token");
    for (sent, kept) in [
        (json!([2]), json!([2])),
        (json!([]), json!([2])),
        (json!(["Review", 6, "ReadWrite", 7]), json!([7, 5, 1])),
    ] {
        let answer = mike.put("/api/2.0/files/settings/dafaultaccessrights", json!({ "value": sent })).await;
        assert_eq!(answer.expect(200).json()["response"], kept);
    }
    let answer = mike.put("/api/2.0/files/settings/dafaultaccessrights", json!({ "value": [6] })).await;
    insta::assert_snapshot!(answer.print());
}

#[tokio::test]
async fn shares_come_back_from_a_state_document() {
    let app = world().await;
    let mike = app.token("mike-token");
    let (shared, id) = (folder(&mike, MY, "f").await, upload(&mike, MY, "a.docx", "x").await);
    share(&mike, &format!("folder/{shared}"), SALES, json!("Comment")).await;
    let body = json!({ "share": [{ "shareTo": EVERYONE, "access": 2 }], "advancedSettings": { "denyDownload": true } });
    mike.put(&format!("/api/2.0/files/file/{id}/share"), body).await.expect(200);
    mike.put(&format!("/api/2.0/files/{id}/sharedlink"), json!({ "share": "Read" })).await.expect(200);
    let state = app.state().await;
    insta::assert_snapshot!(serde_json::to_string_pretty(&state["r7"]["shares"]).unwrap());
    let other = App::empty().await;
    other.anonymous().put("/_standin/state", state.clone()).await.expect(204);
    assert_eq!(other.state().await, state);
    assert_eq!(titles(&other.token("lena-token"), "@share").await, ["f", "a.docx"]);
    for (share, path) in [
        (json!({ "to": LENA, "access": "read" }), "r7.shares[0].file"),
        (json!({ "file": 99, "to": LENA, "access": "read" }), "r7.shares[0].file"),
        (json!({ "folder": 99, "to": LENA, "access": "read" }), "r7.shares[0].folder"),
        (
            json!({ "folder": 1, "to": "00000000-0000-0000-0000-0000000000ff", "access": "read" }),
            "r7.shares[0].to",
        ),
        (json!({ "folder": 1, "to": "somebody", "access": "read" }), "r7.shares[0].to"),
        (json!({ "folder": 1, "to": LENA, "access": "all" }), "r7.shares[0].access"),
    ] {
        let mut part = people();
        part["shares"] = json!([share]);
        let answer = other.anonymous().put("/_standin/state", json!({ "standin": 1, "r7": part })).await;
        let text = answer.text().to_owned();
        assert!(answer.status() == 400 && text.contains(path), "{path}: {text}");
    }
}

#[tokio::test]
async fn a_share_goes_with_whom_it_was_for_and_an_upload_with_its_folder() {
    let app = world().await;
    let (mike, lena) = (app.token("mike-token"), app.token("lena-token"));
    let id = upload(&mike, MY, "plan.docx", "x").await;
    share(&mike, &format!("file/{id}"), LENA, json!("Read")).await;
    share(&mike, &format!("file/{id}"), SALES, json!("Read")).await;
    let place = folder(&mike, MY, "gone").await;
    let path = format!("/api/2.0/files/{place}/upload/create_session");
    mike.post(&path, json!({ "fileName": "a.txt", "fileSize": 5 })).await.expect(201);
    lena.get(&format!("/api/2.0/files/file/{id}")).await.expect(200);
    mike.delete(&format!("/api/2.0/group/{SALES}"), Value::Null).await.expect(200);
    mike.put("/api/2.0/people/status/Terminated", json!({ "userIds": [LENA] })).await.expect(200);
    mike.delete(&format!("/api/2.0/people/{LENA}"), Value::Null).await.expect(200);
    start(&mike, "delete", json!({ "folderIds": [place], "immediately": true })).await;
    let state = app.state().await;
    assert_eq!((state["r7"].get("shares"), state["r7"].get("uploads")), (None, None));
    // Whatever came to pass, a world's document is one that can be put back.
    app.anonymous().put("/_standin/state", state.clone()).await.expect(204);
    assert_eq!(app.state().await, state);
}
