//! `people/{userid}/photo` (sheet r7/crm 5).

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::demand::demand_edit;
use super::directory::User;
use super::employee::picture;
use super::lookup;
use super::rules::picture::{self as rules, Size};
use crate::kernel::db::Access;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::files::blob::Content;
use crate::r7::messages::Message;
use crate::r7::store;
use crate::r7::wire::Answer;

/// URLs of a person's picture, by size.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Thumbnails {
    original: String,
    retina: String,
    max: String,
    big: String,
    medium: String,
    small: String,
}

impl Answer for Thumbnails {}

impl Thumbnails {
    fn of(user: &User) -> Self {
        Self {
            original: picture(user, Size::Original),
            retina: picture(user, Size::Retina),
            max: picture(user, Size::Max),
            big: picture(user, Size::Big),
            medium: picture(user, Size::Medium),
            small: picture(user, Size::Small),
        }
    }
}

/// The person of a call who may be changed by its caller.
fn changed_person(userid: &str, cx: &Cx<'_>) -> Result<Arc<User>, Fault> {
    let user = lookup::person(userid, cx)?;
    demand_edit(cx, user.id)?;
    Ok(user)
}

async fn shown(id: Uuid, cx: &mut Cx<'_>) -> Result<Thumbnails, Fault> {
    cx.reread_people().await?;
    lookup::by_id(id, cx).map(|user| Thumbnails::of(&user))
}

/// `GET people/{userid}/photo`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetPhoto {
    userid: String,
}

impl Endpoint for GetPhoto {
    const ACCESS: Access = Access::Read;
    type Out = Thumbnails;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Thumbnails, Fault> {
        lookup::person(&self.userid, cx).map(|user| Thumbnails::of(&user))
    }
}

/// What came of an upload; a file that is no picture is told in here, and not as an error.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PhotoUploaded {
    success: bool,
    data: Option<Thumbnails>,
    message: String,
}

impl Answer for PhotoUploaded {}

/// `POST people/{userid}/photo`: a picture in a form, or raw.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct UploadPhoto {
    userid: String,
}

impl Endpoint for UploadPhoto {
    const ACCESS: Access = Access::Write;
    type Out = PhotoUploaded;

    async fn run(self, cx: &mut Cx<'_>) -> Result<PhotoUploaded, Fault> {
        let user = changed_person(&self.userid, cx)?;
        let input = std::mem::take(&mut cx.input);
        let content = input.parts.into_iter().next().map_or(input.raw, |part| part.bytes);
        let refused = |message: Message| {
            Ok(PhotoUploaded { success: false, data: None, message: message.say(cx.language()).to_owned() })
        };
        if content.size() == 0 {
            return refused(Message::EmptyPicture);
        }
        // Only the calls that take files put bodies into storage as they come.
        let Content::Here(bytes) = content else { return refused(Message::NoPicture) };
        let Some(ending) = rules::ending(&bytes) else { return refused(Message::NoPicture) };
        store::photo::set(cx.conn, user.id, ending, cx.now, &bytes).await?;
        Ok(PhotoUploaded { success: true, data: Some(shown(user.id, cx).await?), message: String::new() })
    }
}

/// `PUT people/{userid}/photo`: a picture that lies elsewhere. Upstream fetches it, here its link is shown.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct LinkPhoto {
    userid: String,
    files: String,
}

impl Endpoint for LinkPhoto {
    const ACCESS: Access = Access::Write;
    type Out = Thumbnails;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Thumbnails, Fault> {
        let user = changed_person(&self.userid, cx)?;
        let own = Thumbnails::of(&user);
        let known = [own.original, own.retina, own.max, own.big, own.medium, own.small];
        if !self.files.is_empty() && !known.iter().any(|url| self.files.ends_with(url.as_str())) {
            store::photo::clear(cx.conn, user.id, Some(&self.files)).await?;
        }
        shown(user.id, cx).await
    }
}

/// `DELETE people/{userid}/photo`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct DeletePhoto {
    userid: String,
}

impl Endpoint for DeletePhoto {
    const ACCESS: Access = Access::Write;
    type Out = Thumbnails;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Thumbnails, Fault> {
        let user = changed_person(&self.userid, cx)?;
        store::photo::clear(cx.conn, user.id, None).await?;
        shown(user.id, cx).await
    }
}

/// `POST people/{userid}/photo/thumbnails`: pictures are not cut here, every size is the whole.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct CutPhoto {
    userid: String,
}

impl Endpoint for CutPhoto {
    const ACCESS: Access = Access::Read;
    type Out = Thumbnails;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Thumbnails, Fault> {
        changed_person(&self.userid, cx).map(|user| Thumbnails::of(&user))
    }
}
