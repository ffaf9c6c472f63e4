//! `authentication`: sign-in by login and password (sheet r7/transport 6).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::attempts::Attempts;
use super::caller;
use super::endpoint::{Cx, Endpoint};
use super::error::Fault;
use super::messages::Message;
use super::store;
use super::wire::Answer;
use super::{dates, people};
use crate::kernel::db::Access;

/// One year: how long a token lives.
const LIFE_MILLIS: i64 = 365 * 24 * 60 * 60 * 1000;

/// `POST authentication`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct SignIn {
    username: String,
    password: String,
    /// Empty or `email` is a sign-in by password; third-party accounts are nobody's here.
    provider: String,
}

/// Token and expiry.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Token {
    token: String,
    expires: String,
}

impl Answer for Token {}

impl Endpoint for SignIn {
    const ACCESS: Access = Access::Single;
    type Out = Token;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Token, Fault> {
        let attempts = cx.world.part::<Attempts>();
        if !attempts.admit(&self.username, cx.now) {
            return Err(Fault::Authentication("Login Fail. Too many attempts".into()));
        }
        // sheet r7/transport 6: wrong password, unknown user, missing field: all one text, and HTTP 500.
        let user = cx
            .directory
            .named(&self.username)
            .filter(|_| matches!(self.provider.to_ascii_lowercase().as_str(), "" | "email"))
            .filter(|user| user.is_active() && user.row.password == self.password)
            .cloned()
            .ok_or(Fault::Authentication(Message::AuthenticationFailed.into()))?;
        attempts.succeeded(&self.username);
        let token = STANDARD.encode(cx.world.ids.bytes::<48>());
        let expires = cx.now.plus_millis(LIFE_MILLIS);
        store::people::insert_token(cx.conn, &token, user.id, Some(expires), false).await?;
        cx.people_changed = true;
        cx.set_cookie(caller::cookie(&token, Some(expires), cx.base.is_https()));
        Ok(Token { token, expires: dates::print_expires(expires, cx.zone()) })
    }
}

/// Forgets the directory that a committed sign-in has changed.
pub(crate) fn forget(world: &crate::kernel::world::World) {
    world.part::<people::directory::People>().forget();
}
