//! External links beside the main one: their passwords, and the form of a new one (sheet r7/files 2.6).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::card::View;
use super::folder::{Site, id_of, number_of};
use super::ids::{self, FileId, FolderId};
use super::rules::links::{self, Signed};
use super::rules::rights::{Access as Granted, MAIN_LINK};
use super::share;
use crate::kernel::db::Access;
use crate::r7::bind::{EntryId, EnumOf, Guid, wire_enum};
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::{Fault, bad_argument};
use crate::r7::messages::Message;
use crate::r7::store;
use crate::r7::store::share::LinkRow;
use crate::r7::wire::Answer;

/// What an open link leads to.
struct Target {
    /// Title of a file; a folder needs none.
    file: Option<String>,
    signed: Signed,
    /// Settings of a link beside the main one.
    link: Option<LinkRow>,
}

/// The entry and the link that a signature names, while the link is on (upstream: `FileStorageService.GetFileShareLink`).
async fn target(cx: &mut Cx<'_>, signed: Signed, is_folder: bool) -> Result<Target, Fault> {
    let (file, grants) = if is_folder {
        let row = store::folder::find(cx.conn, FolderId(signed.entry)).await?;
        (None, row.ok_or(Fault::InvalidOperation(Message::FolderNotFound.into()))?.grants)
    } else {
        let row = store::file::find(cx.conn, FileId(signed.entry)).await?;
        let row = row.ok_or(Fault::InvalidOperation(Message::FileNotFound.into()))?;
        (Some(row.title), row.grants)
    };
    if grants.by_link(!is_folder, signed.link) == Granted::Restrict {
        return Err(Fault::InvalidOperation(Message::LinkNotFound.into()));
    }
    let found = if signed.link == MAIN_LINK {
        None
    } else {
        let found = store::share::links(cx.conn, &ids::json(&[signed.link])).await?;
        Some(found.into_iter().next().ok_or(Fault::InvalidOperation(Message::LinkNotFound.into()))?)
    };
    if found.as_ref().is_some_and(|link| link.is_expired(cx.now)) {
        return Err(Fault::InvalidOperation(Message::LinkExpired.into()));
    }
    Ok(Target { file, signed, link: found })
}

impl Target {
    fn password(&self) -> Option<&str> {
        self.link.as_ref().and_then(|link| link.password.as_deref()).filter(|password| !password.is_empty())
    }

    fn url(&self, cx: &Cx<'_>) -> String {
        match &self.file {
            Some(title) => super::card::link_to_file(cx.base, title, &cx.world.name, self.signed),
            None => super::card::link_to_folder(cx.base, &cx.world.name, self.signed),
        }
    }
}

/// `POST files/sharedlink/password`: a right password is remembered in a cookie; answers with the link.
///
/// `passwordHash` is compared with the password itself: what a stand-in stores is no secret, and clients that hash it
/// need the portal's salt, which there is none of.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct OpenLink {
    /// The link's signature.
    key: String,
    passwordhash: String,
    isfolder: bool,
}

impl Endpoint for OpenLink {
    const ACCESS: Access = Access::Read;
    type Out = String;

    async fn run(self, cx: &mut Cx<'_>) -> Result<String, Fault> {
        let signed = links::read(&cx.world.name, &self.key);
        let signed = signed.ok_or(Fault::InvalidOperation(Message::LinkNotFound.into()))?;
        let target = target(cx, signed, self.isfolder).await?;
        if let Some(password) = target.password() {
            if password != self.passwordhash {
                return Err(Fault::Argument(Message::LinkPassword.into()));
            }
            let key = links::password_key(&cx.world.name, signed.link, password);
            cx.set_cookie(format!("{}={key}; path=/; HttpOnly", links::cookie_name(signed.link)));
        }
        Ok(target.url(cx))
    }
}

/// What proves a link's password: the value of the cookie `sharelink<id>`. A link without a password needs none.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct LinkToken {
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl Answer for LinkToken {}

/// `POST files/{fileId}/sharedlink/{linkId}/password`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct GetLinkToken {
    fileid: EntryId,
    linkid: Guid,
    password: String,
    passwordhash: String,
}

impl Endpoint for GetLinkToken {
    const ACCESS: Access = Access::Read;
    type Out = LinkToken;

    async fn run(self, cx: &mut Cx<'_>) -> Result<LinkToken, Fault> {
        let Guid(link) = self.linkid;
        let sent = if self.password.is_empty() { self.passwordhash } else { self.password };
        if link == MAIN_LINK || link.is_nil() || sent.is_empty() {
            return Err(bad_argument());
        }
        let entry = number_of(&self.fileid, Site::Elsewhere)?;
        let target = target(cx, Signed { entry, link }, false).await?;
        let Some(password) = target.password() else { return Ok(LinkToken { token: None }) };
        if password != sent {
            return Err(Fault::Argument(Message::LinkPassword.into()));
        }
        Ok(LinkToken { token: Some(links::password_key(&cx.world.name, link, password)) })
    }
}

/// `PUT files/{fileId}/sharedlink`: sets the main link, and answers with its URL even where that switches it off.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct SetLink {
    fileid: EntryId,
    #[serde(deserialize_with = "wire_enum")]
    #[schemars(with = "EnumOf<Granted>")]
    share: Granted,
}

impl Endpoint for SetLink {
    const ACCESS: Access = Access::Write;
    type Out = String;

    async fn run(self, cx: &mut Cx<'_>) -> Result<String, Fault> {
        let view = View::of(cx)?;
        let id = super::file::named(&self.fileid)?;
        let (row, _) = super::file::visible(cx, &view, id).await?;
        if !row.may_share(view.asker()) {
            return Err(share::no_right());
        }
        let mut entry = share::Shareable::file(row);
        let wish = share::Wish { shareto: Guid(MAIN_LINK), access: self.share };
        share::set(cx, &view, &mut entry, vec![wish], None).await?;
        Ok(share::link_url(cx, &entry, MAIN_LINK))
    }
}

/// A share as upstream's own pages see it: names with underscores. The order of fields is the wire's.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, clippy::struct_field_names, reason = "the wire's own shape")]
pub(crate) struct Ace {
    id: Uuid,
    title: String,
    link: String,
    is_group: bool,
    owner: bool,
    ace_status: i32,
    locked: bool,
    disable_remove: bool,
    #[serde(rename = "linkSettings")]
    link_settings: LinkSettings,
    /// 1 folder, 2 file.
    #[serde(rename = "entryType")]
    entry_type: i32,
    inherited: bool,
}

impl Answer for Ace {}

#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct LinkSettings {
    auto_delete: bool,
    expiration_date: Option<String>,
    expired: bool,
    password: Option<String>,
}

/// `GET files/{fileId}/sharedlink/template`: a link that is not stored, to be filled in.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct GetLinkTemplate {
    fileid: EntryId,
    isfolder: bool,
}

impl Endpoint for GetLinkTemplate {
    const ACCESS: Access = Access::Read;
    type Out = Ace;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Ace, Fault> {
        let view = View::of(cx)?;
        let file = if self.isfolder {
            super::folder::visible(cx, &view, &self.fileid).await?;
            None
        } else {
            let id = super::file::named(&self.fileid)?;
            Some(super::file::visible(cx, &view, id).await?.0.title)
        };
        let id = cx.world.ids.guid();
        let signed = Signed { entry: id_of(&self.fileid).unwrap_or_default(), link: id };
        let target = Target { file, signed, link: None };
        Ok(Ace {
            id,
            title: Message::NewLink.say(cx.language()).to_owned(),
            link: target.url(cx),
            is_group: true,
            owner: false,
            ace_status: 0,
            locked: false,
            disable_remove: false,
            link_settings: LinkSettings::default(),
            entry_type: if self.isfolder { 1 } else { 2 },
            inherited: false,
        })
    }
}

/// `PUT files/settings/dafaultaccessrights` (upstream spells it so): what the sharing dialog offers first. Answers with
/// the rights that make sense together; nothing but upstream's own pages reads them, so none are kept.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct SetDefaultRights {
    value: Vec<Offered>,
}

/// A right that is offered.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(transparent)]
struct Offered(
    #[serde(deserialize_with = "wire_enum")]
    #[schemars(with = "EnumOf<Granted>")]
    Granted,
);

impl Endpoint for SetDefaultRights {
    const ACCESS: Access = Access::Read;
    type Out = Vec<i32>;

    async fn run(self, _: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        let sent = |access: Granted| self.value.iter().any(|Offered(sent)| *sent == access);
        let special = [Granted::FillForms, Granted::CustomFilter, Granted::Review];
        let mut kept: Vec<Granted> = special.into_iter().filter(|access| sent(*access)).collect();
        let common = [Granted::ReadWrite, Granted::Comment].into_iter().find(|access| sent(*access));
        kept.push(common.unwrap_or(Granted::Read));
        Ok(kept.into_iter().map(Granted::number).collect())
    }
}
