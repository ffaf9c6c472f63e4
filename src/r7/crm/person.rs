//! `POST crm/contact/person` (sheet r7/crm 1.2, 4.1).

use schemars::JsonSchema;
use serde::Deserialize;

use super::answer::contact::Contact;
use super::contact::{self, ShareType};
use super::rules::text;
use crate::kernel::db::Access;
use crate::r7::bind::{EnumOf, Guid, kept_text, wire_enum};
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::{Fault, bad_argument};
use crate::r7::store;
use crate::r7::store::crm::column;
use crate::r7::store::crm::contact::Insert;

/// A new person. `customFieldList` and `photo` are not kept.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct CreatePerson {
    #[serde(default, deserialize_with = "kept_text")]
    firstname: Option<String>,
    #[serde(default, deserialize_with = "kept_text")]
    lastname: Option<String>,
    #[serde(default)]
    jobtitle: Option<String>,
    #[serde(default)]
    companyid: i32,
    #[serde(default)]
    about: Option<String>,
    #[serde(default, deserialize_with = "wire_enum")]
    #[schemars(with = "EnumOf<ShareType>")]
    sharetype: ShareType,
    #[serde(default)]
    managerlist: Vec<Guid>,
}

impl Endpoint for CreatePerson {
    const ACCESS: Access = Access::Write;
    type Out = Contact;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Contact, Fault> {
        // sheet r7/crm 4.1: upstream answers 500 to a name that is missing; 400 breaks nobody. An empty last name is fine.
        let (Some(first_name), Some(last_name)) = (self.firstname, self.lastname) else {
            return Err(bad_argument());
        };
        if first_name.trim().is_empty() {
            return Err(bad_argument());
        }
        let company = match self.companyid {
            ..=0 => None,
            id => Some(contact::readable(cx, id).await?.card.0.id),
        };
        let search = text::searched(&[&first_name, &last_name, self.about.as_deref().unwrap_or_default()]);
        let insert = Insert {
            is_company: false,
            first_name: &first_name,
            last_name: &last_name,
            company_name: "",
            job_title: self.jobtitle.as_deref(),
            about: self.about.as_deref(),
            company,
            share_type: self.sharetype as i64,
            managers: &contact::people(&self.managerlist),
            search: &search,
            created: cx.now,
            created_by: column::Guid(cx.caller()?.id),
        };
        let id = store::crm::contact::insert(cx.conn, &insert).await?;
        contact::written(cx, id).await
    }
}
