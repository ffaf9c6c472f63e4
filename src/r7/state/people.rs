//! Users in state documents.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::kernel::service::Import;
use crate::kernel::state::StateError;
use crate::kernel::time::Timestamp;
use crate::r7::people::rules::picture;
use crate::r7::store::people::{self, UserRow};
use crate::r7::store::photo;

/// The admin of a portal whose documents name nobody.
const ADMIN_ID: Uuid = Uuid::from_u128(0x9f1c_1b7e_52a4_4d0c_9a3e_7f4b_2c61_0001);

/// A person of the portal.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "`userName` is what the portal calls it")]
pub(crate) struct User {
    /// GUID.
    #[schemars(with = "String")]
    id: Uuid,
    /// Login name.
    user_name: String,
    email: String,
    password: String,
    first_name: String,
    last_name: String,
    /// Job title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    is_admin: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    is_owner: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    is_visitor: bool,
    /// 1 active, 2 terminated, 4 on leave.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    status: i64,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    activation_status: i64,
    /// `male` or `female`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sex: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    birthday: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    work_from: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    notes: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mobile_phone: Option<String>,
    /// `[{"type":…,"value":…}]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    contacts: Vec<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    culture: Option<String>,
    /// URL of a picture that lies elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    avatar: Option<String>,
    /// The picture that the portal serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    photo: Option<Photo>,
    /// When the profile was disabled by an edit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    terminated: Option<Timestamp>,
    /// Id of the person's superior.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lead: Option<Uuid>,
    /// Tokens the person holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tokens: Vec<Token>,
}

/// A picture: PNG, JPEG, GIF or BMP.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Photo {
    base64: String,
    /// Absent: the world's present moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    changed: Option<Timestamp>,
}

impl Photo {
    async fn store(
        &self,
        conn: &mut SqliteConnection,
        user: Uuid,
        import: &Import<'_>,
        path: &str,
    ) -> Result<(), StateError> {
        let wrong = |text: &str| StateError::at(format!("{path}.photo.base64"), text);
        let bytes = STANDARD.decode(&self.base64).map_err(|error| wrong(&error.to_string()))?;
        let ending = picture::ending(&bytes).ok_or_else(|| wrong("neither PNG, JPEG, GIF nor BMP"))?;
        Ok(photo::set(conn, user, ending, self.changed.unwrap_or(import.now), &bytes).await?)
    }
}

/// A token: its text alone never expires.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Token {
    token: String,
    /// Absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires: Option<Timestamp>,
}

const fn one() -> i64 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
const fn is_one(n: &i64) -> bool {
    *n == 1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// Adds users; a portal without any gets its admin.
pub(crate) async fn import(
    conn: &mut SqliteConnection,
    users: &[User],
    import: &Import<'_>,
) -> Result<(), StateError> {
    let known: Vec<String> = people::list(conn).await?.into_iter().map(|row| row.id).collect();
    let admin = [default_admin()];
    let users = if users.is_empty() && known.is_empty() { &admin[..] } else { users };
    for (index, user) in users.iter().enumerate() {
        let path = format!("users[{index}]");
        if known.contains(&user.id.to_string()) {
            return Err(StateError::at(format!("{path}.id"), "this id is taken by an earlier document"));
        }
        let row = row(user);
        people::insert(conn, &row).await.map_err(|error| StateError::stored(error, &path))?;
        if let Some(photo) = &user.photo {
            photo.store(conn, user.id, import, &path).await?;
        }
        for (index, token) in user.tokens.iter().enumerate() {
            people::insert_token(conn, &token.token, user.id, token.expires, token.expires.is_none())
                .await
                .map_err(|error| StateError::stored(error, &format!("{path}.tokens[{index}]")))?;
        }
    }
    Ok(())
}

fn default_admin() -> User {
    User {
        id: ADMIN_ID,
        user_name: "administrator".to_owned(),
        email: "admin@example.org".to_owned(),
        password: "secret".to_owned(),
        first_name: "Administrator".to_owned(),
        last_name: String::new(),
        title: None,
        is_admin: true,
        is_owner: true,
        is_visitor: false,
        status: 1,
        activation_status: 1,
        sex: None,
        birthday: None,
        work_from: None,
        location: None,
        notes: None,
        mobile_phone: None,
        contacts: Vec::new(),
        culture: None,
        avatar: None,
        photo: None,
        terminated: None,
        lead: None,
        tokens: vec![Token { token: "standin-admin-token".to_owned(), expires: None }],
    }
}

fn row(user: &User) -> UserRow {
    UserRow {
        id: user.id.to_string(),
        user_name: user.user_name.clone(),
        email: user.email.clone(),
        password: user.password.clone(),
        first_name: user.first_name.clone(),
        last_name: user.last_name.clone(),
        title: user.title.clone(),
        is_visitor: user.is_visitor,
        is_admin: user.is_admin,
        is_owner: user.is_owner,
        status: user.status,
        activation_status: user.activation_status,
        sex: user.sex.clone(),
        birthday: user.birthday,
        work_from: user.work_from,
        location: user.location.clone(),
        notes: user.notes.clone(),
        mobile_phone: user.mobile_phone.clone(),
        contacts: serde_json::to_string(&user.contacts).unwrap_or_else(|_| "[]".to_owned()),
        culture: user.culture.clone(),
        // A picture of the portal's own takes the place of a link.
        avatar: user.avatar.clone().filter(|_| user.photo.is_none()),
        terminated: user.terminated,
        lead: user.lead.map(|id| id.to_string()),
        photo_ending: None,
        photo_changed: None,
    }
}

/// Every user with tokens.
pub(crate) async fn export(conn: &mut SqliteConnection) -> Result<Vec<User>, sqlx::Error> {
    let tokens = people::tokens(conn).await?;
    let rows = people::list(conn).await?;
    let mut photos: HashMap<String, Photo> = photo::all(conn)
        .await?
        .into_iter()
        .map(|row| (row.user_id, Photo { base64: STANDARD.encode(row.bytes), changed: Some(row.changed) }))
        .collect();
    Ok(rows
        .into_iter()
        .map(|row| User {
            tokens: tokens
                .iter()
                .filter(|token| token.user_id == row.id)
                .map(|token| Token { token: token.token.clone(), expires: token.expires })
                .collect(),
            id: Uuid::parse_str(&row.id).unwrap_or_default(),
            user_name: row.user_name,
            email: row.email,
            password: row.password,
            first_name: row.first_name,
            last_name: row.last_name,
            title: row.title,
            is_admin: row.is_admin,
            is_owner: row.is_owner,
            is_visitor: row.is_visitor,
            status: row.status,
            activation_status: row.activation_status,
            sex: row.sex,
            birthday: row.birthday,
            work_from: row.work_from,
            location: row.location,
            notes: row.notes,
            mobile_phone: row.mobile_phone,
            contacts: serde_json::from_str(&row.contacts).unwrap_or_default(),
            culture: row.culture,
            avatar: row.avatar,
            photo: photos.remove(&row.id),
            terminated: row.terminated,
            lead: row.lead.and_then(|id| Uuid::parse_str(&id).ok()),
        })
        .collect())
}
