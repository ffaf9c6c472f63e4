//! `security/…`: who is signed in, and signing out (sheet r7/transport 6, logout). A connection is a token.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::links::confirmation;
use super::users::plain;
use super::{demand_people_admin, rules::modules};
use crate::kernel::db::Access;
use crate::r7::auth::LIFE_MILLIS;
use crate::r7::bind::Guid;
use crate::r7::caller;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::store;
use crate::r7::wire::{Answer, Nothing};

/// `GET security/activeconnections`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct ListConnections {}

/// The caller's connections, the present one first.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Connections {
    items: Vec<Connection>,
    /// Id of the present one; 0: none of them.
    login_event: i64,
}

/// One of them.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Connection {
    country: &'static str,
    city: &'static str,
    id: i64,
    ip: &'static str,
    browser: &'static str,
    platform: &'static str,
    date: String,
}

impl Answer for Connections {}

impl Endpoint for ListConnections {
    const ACCESS: Access = Access::Read;
    type Out = Connections;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Connections, Fault> {
        let rows = store::portal::connections(cx.conn, cx.caller()?.id, cx.now).await?;
        let present = rows.iter().find(|row| Some(row.token.as_str()) == cx.token()).map_or(0, |row| row.id);
        let mut items: Vec<Connection> = rows
            .iter()
            .map(|row| Connection {
                country: "",
                city: "",
                id: row.id,
                ip: "127.0.0.1",
                browser: "",
                platform: "",
                // A token that never expires came with the portal.
                date: plain(row.expires.map_or(cx.now, |at| at.plus_millis(-LIFE_MILLIS)), cx.zone()),
            })
            .collect();
        items.sort_by_key(|item| item.id != present);
        Ok(Connections { items, login_event: present })
    }
}

/// `PUT security/activeconnections/logout/{loginEventId}`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct LogOut {
    logineventid: i32,
}

impl Endpoint for LogOut {
    const ACCESS: Access = Access::Single;
    type Out = bool;

    async fn run(self, cx: &mut Cx<'_>) -> Result<bool, Fault> {
        let caller = cx.caller()?;
        let anybody = caller.is_admin() || cx.directory.portal.administers(caller.id, modules::PEOPLE);
        // Of somebody else's connection, upstream says what it says of none.
        let whose = (!anybody).then_some(caller.id);
        cx.people_changed = true;
        Ok(store::portal::remove_connection(cx.conn, i64::from(self.logineventid), whose).await?)
    }
}

/// `PUT security/activeconnections/logoutallexceptthis`: answers with the caller's name.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct LogOutOthers {}

impl Endpoint for LogOutOthers {
    const ACCESS: Access = Access::Single;
    type Out = String;

    async fn run(self, cx: &mut Cx<'_>) -> Result<String, Fault> {
        let caller = cx.caller()?;
        let kept = cx.token().map(str::to_owned);
        store::portal::remove_connections(cx.conn, caller.id, kept.as_deref()).await?;
        cx.people_changed = true;
        Ok(caller.display_name())
    }
}

/// `PUT security/activeconnections/logoutall/{userId}`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct LogOutUser {
    userid: Guid,
}

impl Endpoint for LogOutUser {
    const ACCESS: Access = Access::Single;
    type Out = Nothing;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Nothing, Fault> {
        demand_people_admin(cx)?;
        store::portal::remove_connections(cx.conn, self.userid.0, None).await?;
        cx.people_changed = true;
        Ok(Nothing)
    }
}

/// `PUT security/activeconnections/logoutallchangepassword`: answers with the page where the password is changed.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct LogOutToChangePassword {}

impl Endpoint for LogOutToChangePassword {
    const ACCESS: Access = Access::Single;
    type Out = String;

    async fn run(self, cx: &mut Cx<'_>) -> Result<String, Fault> {
        let caller = cx.caller()?;
        store::portal::remove_connections(cx.conn, caller.id, None).await?;
        cx.people_changed = true;
        cx.set_cookie(caller::no_cookie());
        let email: String = form_urlencoded::byte_serialize(caller.row.email.as_bytes()).collect();
        Ok(confirmation(cx, "PasswordChange", &format!("&email={email}"), None::<Uuid>))
    }
}

/// `GET security/audit/types`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct ListAuditTypes {}

/// Words that an audit trail is written in. This portal writes none, so the list of single actions is empty.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditTypes {
    actions: Vec<&'static str>,
    action_types: Vec<&'static str>,
    product_types: Vec<&'static str>,
    module_types: Vec<&'static str>,
    entry_types: Vec<&'static str>,
}

impl Answer for AuditTypes {}

impl Endpoint for ListAuditTypes {
    const ACCESS: Access = Access::Read;
    type Out = AuditTypes;

    async fn run(self, _: &mut Cx<'_>) -> Result<AuditTypes, Fault> {
        Ok(AuditTypes {
            actions: Vec::new(),
            action_types: vec![
                "None",
                "Create",
                "Update",
                "Delete",
                "Link",
                "Unlink",
                "Attach",
                "Detach",
                "Send",
                "Import",
                "Export",
                "UpdateAccess",
                "Download",
                "UploadTo",
                "Copy",
                "Move",
                "Rename",
            ],
            product_types: vec![
                "None",
                "CRM",
                "Documents",
                "Login",
                "Others",
                "People",
                "Projects",
                "Settings",
            ],
            module_types: vec![
                "None",
                "Cases",
                "Companies",
                "Contacts",
                "Files",
                "Folders",
                "Groups",
                "Users",
            ],
            entry_types: vec!["None", "File", "Folder", "Contact", "Case", "Group", "User"],
        })
    }
}

/// `GET security/audit/mappers`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct ListAuditMappers {}

impl Endpoint for ListAuditMappers {
    const ACCESS: Access = Access::Read;
    type Out = Vec<String>;

    async fn run(self, _: &mut Cx<'_>) -> Result<Vec<String>, Fault> {
        Ok(Vec::new())
    }
}
