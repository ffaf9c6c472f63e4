//! `POST crm/contact/company` (sheet r7/crm 1.2, 4.1).

use schemars::JsonSchema;
use serde::Deserialize;

use super::answer::contact::Contact;
use super::answer::viewer;
use super::contact::{self, ShareType};
use super::rules::text;
use crate::kernel::db::Access;
use crate::r7::bind::{EnumOf, Guid, wire_enum};
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::{Fault, bad_argument};
use crate::r7::files::ids;
use crate::r7::store;
use crate::r7::store::crm::column;
use crate::r7::store::crm::contact::Insert;

/// A new company. `customFieldList` and `photo` are not kept.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct CreateCompany {
    #[serde(default)]
    companyname: String,
    #[serde(default)]
    about: Option<String>,
    #[serde(default)]
    personlist: Vec<i32>,
    #[serde(default, deserialize_with = "wire_enum")]
    #[schemars(with = "EnumOf<ShareType>")]
    sharetype: ShareType,
    #[serde(default)]
    managerlist: Vec<Guid>,
}

impl Endpoint for CreateCompany {
    const ACCESS: Access = Access::Write;
    type Out = Contact;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Contact, Fault> {
        if self.companyname.trim().is_empty() {
            return Err(bad_argument());
        }
        let viewer = viewer(cx)?;
        let search = text::searched(&[&self.companyname, self.about.as_deref().unwrap_or_default()]);
        let insert = Insert {
            is_company: true,
            first_name: "",
            last_name: "",
            company_name: &self.companyname,
            job_title: None,
            about: self.about.as_deref(),
            company: None,
            share_type: self.sharetype as i64,
            managers: &contact::people(&self.managerlist),
            search: &search,
            created: cx.now,
            created_by: column::Guid(viewer.id),
        };
        let id = store::crm::contact::insert(cx.conn, &insert).await?;
        if !self.personlist.is_empty() {
            // sheet r7/crm 4.1: whoever is no person, or may not be read, is skipped.
            let cards = store::crm::contact::cards(cx.conn, &ids::json(&self.personlist)).await?;
            let persons: Vec<_> = cards
                .into_iter()
                .filter(|card| !card.0.is_company && viewer.reads_contact(&card.0))
                .map(|card| card.0.id)
                .collect();
            store::crm::contact::employ(cx.conn, id, &ids::json(&persons)).await?;
        }
        contact::written(cx, id).await
    }
}
