//! Calls whose answer hardly depends on anything: the editors' address, conversions, cloud storages, `WordPress`,
//! `EasyBib`, previews (sheet r7/files 1, 2.8, 2.9).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::card::{Folder, View};
use super::file::visible;
use super::ids::{self, FileId};
use super::marking::numbers;
use crate::kernel::db::Access;
use crate::r7::bind::{EntryId, entry_ids};
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::messages::Message;
use crate::r7::store;
use crate::r7::store::setting::{self, DocService};
use crate::r7::wire::Answer;

/// Where the script of the editors lies, below their address.
const SCRIPT: &str = "web-apps/apps/api/documents/api.js";
/// Where the editors are as long as nobody has said otherwise: at the portal, under this path.
const EDITORS: &str = "/ds-vpath/";
/// What the editors' server would say of itself.
const EDITORS_VERSION: &str = "8.2.0";

/// The absolute address of the editors' script.
pub(crate) async fn editor_url(cx: &mut Cx<'_>) -> Result<String, Fault> {
    let known = setting::doc_service(cx.conn).await?;
    Ok(script(cx, known.as_ref().map(|service| service.url.as_str())))
}

fn script(cx: &Cx<'_>, address: Option<&str>) -> String {
    let address = address.map(str::trim).filter(|address| !address.is_empty()).unwrap_or(EDITORS);
    let path = format!("{}/{SCRIPT}", address.trim_end_matches('/'));
    if path.starts_with('/') { cx.base.link(&path) } else { path }
}

/// The address alone, or with the version.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum EditorsAddress {
    Url(String),
    #[serde(rename_all = "camelCase")]
    Versioned {
        version: &'static str,
        doc_service_url_api: String,
    },
}

impl Answer for EditorsAddress {
    fn count(&self) -> i64 {
        match self {
            Self::Url(url) => url.count(),
            Self::Versioned { .. } => 1,
        }
    }
}

/// `GET files/docservice`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct GetDocService {
    version: bool,
}

impl Endpoint for GetDocService {
    const ACCESS: Access = Access::Read;
    type Out = EditorsAddress;

    async fn run(self, cx: &mut Cx<'_>) -> Result<EditorsAddress, Fault> {
        let url = editor_url(cx).await?;
        Ok(if self.version {
            EditorsAddress::Versioned { version: EDITORS_VERSION, doc_service_url_api: url }
        } else {
            EditorsAddress::Url(url)
        })
    }
}

/// `PUT files/docservice`: where the editors are. Answers what is stored.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct SetDocService {
    docserviceurl: String,
    docserviceurlinternal: String,
    docserviceurlportal: String,
}

/// An address as upstream keeps it: with its scheme and a slash at its end; a path stays one.
fn address(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    let schemed = text.starts_with('/') || text.contains("://");
    let text = if schemed { text.to_owned() } else { format!("http://{text}") };
    format!("{}/", text.trim_end_matches('/'))
}

impl Endpoint for SetDocService {
    const ACCESS: Access = Access::Single;
    type Out = Vec<String>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        if !cx.caller()?.is_admin() {
            return Err(Fault::Security(Message::NoRight.into()));
        }
        let service = DocService {
            url: address(&self.docserviceurl),
            url_internal: address(&self.docserviceurlinternal),
            url_portal: address(&self.docserviceurlportal).trim_end_matches('/').to_owned(),
        };
        if cx.base.is_https() && service.url.to_ascii_lowercase().starts_with("http://") {
            let text = "Mixed Active Content is not allowed. HTTPS address for Document Server is required.";
            return Err(Fault::Failure(text.into()));
        }
        setting::set_doc_service(cx.conn, &service).await?;
        Ok(vec![service.url, service.url_internal, service.url_portal])
    }
}

/// A conversion that runs. None ever does: there is no converter (sheet r7/files 2.8).
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Conversion {}

/// `GET` and `PUT files/file/{fileId}/checkconversion`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct CheckConversion {
    fileid: EntryId,
}

impl Endpoint for CheckConversion {
    const ACCESS: Access = Access::Read;
    type Out = Vec<Conversion>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        let id = super::file::named(&self.fileid)?;
        let view = View::of(cx)?;
        visible(cx, &view, id).await?;
        Ok(Vec::new())
    }
}

/// An account at a cloud storage. There is none: the switch is off (sheet r7/files 8).
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Account {}

/// `GET files/thirdparty` and `GET files/thirdparty/common`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct ListAccounts {}

impl Endpoint for ListAccounts {
    const ACCESS: Access = Access::Read;
    type Out = Vec<Account>;

    async fn run(self, _: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        Ok(Vec::new())
    }
}

/// `GET files/thirdparty/capabilities`: kinds of storages that can be connected, each with what a page needs for it.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct ListCapabilities {}

impl Endpoint for ListCapabilities {
    const ACCESS: Access = Access::Read;
    type Out = Vec<Vec<String>>;

    async fn run(self, _: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        Ok(Vec::new())
    }
}

/// `POST files/thirdparty`: refused, because the switch is off.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct ConnectAccount {}

impl Endpoint for ConnectAccount {
    const ACCESS: Access = Access::Read;
    type Out = Folder;

    async fn run(self, _: &mut Cx<'_>) -> Result<Folder, Fault> {
        Err(Fault::InvalidOperation(Message::NoRightToCreate.into()))
    }
}

/// `DELETE files/thirdparty/{providerId}`: there is no such account.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct DisconnectAccount {}

impl Endpoint for DisconnectAccount {
    const ACCESS: Access = Access::Read;
    type Out = i64;

    async fn run(self, _: &mut Cx<'_>) -> Result<i64, Fault> {
        Err(Fault::InvalidOperation(Message::FolderNotFound.into()))
    }
}

/// `{"success":false}`: a plug-in that nobody has connected.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct NoSuccess {
    success: bool,
}

impl Answer for NoSuccess {}

/// `wordpress-info`, `wordpress-delete`, `wordpress-save`, `easybib-…`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct NotConnected {}

impl Endpoint for NotConnected {
    const ACCESS: Access = Access::Read;
    type Out = NoSuccess;

    async fn run(self, _: &mut Cx<'_>) -> Result<NoSuccess, Fault> {
        Ok(NoSuccess { success: false })
    }
}

/// `POST files/wordpress`: no post is written.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct PostToWordpress {}

impl Endpoint for PostToWordpress {
    const ACCESS: Access = Access::Read;
    type Out = bool;

    async fn run(self, _: &mut Cx<'_>) -> Result<bool, Fault> {
        Ok(false)
    }
}

/// `POST files/thumbnails`: the files of which pictures could be made; no picture is.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct CreateThumbnails {
    #[serde(deserialize_with = "entry_ids")]
    fileids: Vec<EntryId>,
}

impl Endpoint for CreateThumbnails {
    const ACCESS: Access = Access::Read;
    type Out = Vec<String>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Self::Out, Fault> {
        let ids: Vec<FileId> = numbers(&self.fileids)?.into_iter().map(FileId).collect();
        // sheet r7/files 1: the route is open; a stranger can read nothing.
        if ids.is_empty() || cx.caller().is_err() {
            return Ok(Vec::new());
        }
        let view = View::of(cx)?;
        let rows = store::file::by_ids(cx.conn, &ids::json(&ids)).await?;
        Ok(rows.iter().filter(|row| row.right(view.asker()).reads()).map(|row| row.id.to_string()).collect())
    }
}
