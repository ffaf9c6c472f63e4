//! `authentication`: sign-in by login and password (sheet r7/transport 6).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::attempts::Attempts;
use super::caller;
use super::endpoint::{Cx, Endpoint};
use super::error::Fault;
use super::messages::Message;
use super::people::directory::User;
use super::store;
use super::wire::Answer;
use super::{dates, people};
use crate::kernel::db::Access;

/// One year: how long a token lives.
pub(crate) const LIFE_MILLIS: i64 = 365 * 24 * 60 * 60 * 1000;

/// `POST authentication`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct SignIn {
    username: String,
    password: String,
    /// Empty or `email` is a sign-in by password; third-party accounts are nobody's here.
    provider: String,
}

impl SignIn {
    /// Whoever has that login and password; tries are counted.
    fn user(&self, cx: &Cx<'_>) -> Result<Arc<User>, Fault> {
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
        Ok(user)
    }
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
        let user = self.user(cx)?;
        let token = STANDARD.encode(cx.world.ids.bytes::<48>());
        let expires = cx.now.plus_millis(LIFE_MILLIS);
        store::people::insert_token(cx.conn, &token, user.id, Some(expires), false).await?;
        cx.people_changed = true;
        cx.set_cookie(caller::cookie(&token, Some(expires), cx.base.is_https()));
        Ok(Token { token, expires: dates::print_expires(expires, cx.zone()) })
    }
}

/// `POST authentication/{code}`: the second step of a sign-in, which this portal does not ask for.
#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct SignInByCode(SignIn);

impl Endpoint for SignInByCode {
    const ACCESS: Access = Access::Read;
    type Out = Token;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Token, Fault> {
        self.0.user(cx)?;
        Err(Fault::Authentication(Message::AuthenticationFailed.into()))
    }
}

/// `POST authentication/setphone`, `POST authentication/sendsms`.
#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct SendCode(SignIn);

impl Endpoint for SendCode {
    const ACCESS: Access = Access::Read;
    type Out = Token;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Token, Fault> {
        self.0.user(cx)?;
        // What upstream's calls about text messages say where none are sent.
        Err(Fault::MethodAccess("Attempt to access the method failed.".into()))
    }
}

/// `POST authentication/login`: wants a key that only mail from the portal carries, and it sends none.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct CheckKey {}

impl Endpoint for CheckKey {
    const ACCESS: Access = Access::Read;
    type Out = bool;

    async fn run(self, _: &mut Cx<'_>) -> Result<bool, Fault> {
        Err(Fault::Security("Access Denied.".into()))
    }
}

/// `POST authentication/register`: of another edition.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Register {}

impl Endpoint for Register {
    const ACCESS: Access = Access::Read;
    type Out = String;

    async fn run(self, _: &mut Cx<'_>) -> Result<String, Fault> {
        Err(Fault::MethodAccess("Method is only available on personal.onlyoffice.com".into()))
    }
}

/// Forgets the directory that a committed sign-in has changed.
pub(crate) fn forget(world: &crate::kernel::world::World) {
    world.part::<people::directory::People>().forget();
}
