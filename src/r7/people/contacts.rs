//! `people/{userid}/contacts` (sheet r7/crm 5).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::demand::demand_edit;
use super::employee::FullEmployee;
use super::lookup;
use crate::kernel::db::Access;
use crate::r7::bind::objects;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::store;

/// A way to reach a person: `mail`, `skype`, `mobphone` …
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Contact {
    #[serde(rename = "type")]
    kind: String,
    value: String,
}

impl Contact {
    /// As stored.
    pub(crate) fn pack(contacts: &[Self]) -> String {
        serde_json::to_string(contacts).unwrap_or_else(|_| "[]".to_owned())
    }

    /// From storage.
    pub(crate) fn unpack(text: &str) -> Vec<Self> {
        serde_json::from_str(text).unwrap_or_default()
    }
}

async fn change(
    userid: &str,
    edit: impl FnOnce(Vec<Contact>) -> Vec<Contact>,
    cx: &mut Cx<'_>,
) -> Result<FullEmployee, Fault> {
    let user = lookup::person(userid, cx)?;
    demand_edit(cx, user.id)?;
    let mut row = user.row.clone();
    row.contacts = Contact::pack(&edit(Contact::unpack(&row.contacts)));
    store::people::update(cx.conn, &row).await?;
    cx.reread_people().await?;
    lookup::full(user.id, cx)
}

/// `POST` and `PUT people/{userid}/contacts`: both replace the list, whatever the docs say of merging.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct SetContacts {
    userid: String,
    #[serde(default, deserialize_with = "objects")]
    contacts: Vec<Contact>,
}

impl Endpoint for SetContacts {
    const ACCESS: Access = Access::Write;
    type Out = FullEmployee;

    async fn run(self, cx: &mut Cx<'_>) -> Result<FullEmployee, Fault> {
        change(&self.userid, |_| self.contacts, cx).await
    }
}

/// `DELETE people/{userid}/contacts`: of each type that is sent, the first one goes.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct DeleteContacts {
    userid: String,
    #[serde(default, deserialize_with = "objects")]
    contacts: Vec<Contact>,
}

impl Endpoint for DeleteContacts {
    const ACCESS: Access = Access::Write;
    type Out = FullEmployee;

    async fn run(self, cx: &mut Cx<'_>) -> Result<FullEmployee, Fault> {
        let without = |mut known: Vec<Contact>| {
            for gone in &self.contacts {
                if let Some(at) = known.iter().position(|contact| contact.kind == gone.kind) {
                    known.remove(at);
                }
            }
            known
        };
        change(&self.userid, without, cx).await
    }
}
