//! `settings/security/administrator…`: administrators of the portal and of its products.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{change, demand_admin};
use crate::kernel::db::Access;
use crate::r7::bind::Guid;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::people::employee::Employee;
use crate::r7::store;
use crate::r7::wire::Answer;

/// `GET settings/security/administrator/{productid}`; the empty id: of the portal and of any product.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct ListAdministrators {
    productid: Guid,
}

impl Endpoint for ListAdministrators {
    const ACCESS: Access = Access::Read;
    type Out = Vec<Employee>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<Employee>, Fault> {
        let (product, portal) = (self.productid.0, &cx.directory.portal);
        let of_any = |id: Uuid| portal.choices.administrators.values().any(|people| people.contains(&id));
        let whole = cx.directory.users.iter().filter(|user| product.is_nil() && user.is_admin());
        let single = cx.directory.users.iter().filter(|user| {
            if product.is_nil() {
                !user.is_admin() && of_any(user.id)
            } else {
                portal.administers(user.id, product)
            }
        });
        Ok(whole.chain(single).map(|user| Employee::from_user(user, cx.base)).collect())
    }
}

/// `GET settings/security/administrator`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct IsAdministrator {
    productid: Guid,
    userid: Guid,
}

/// Whether somebody administers a product.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the wire's own names")]
pub(crate) struct Administrator {
    product_id: Uuid,
    user_id: Uuid,
    administrator: bool,
}

impl Answer for Administrator {}

impl Endpoint for IsAdministrator {
    const ACCESS: Access = Access::Read;
    type Out = Administrator;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Administrator, Fault> {
        let (product_id, user_id) = (self.productid.0, self.userid.0);
        let whole = cx.directory.user(user_id).is_some_and(|user| user.is_admin());
        let administrator = whole || cx.directory.portal.administers(user_id, product_id);
        Ok(Administrator { product_id, user_id, administrator })
    }
}

/// `PUT settings/security/administrator`; the empty product is the whole portal.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct SetAdministrator {
    productid: Guid,
    userid: Guid,
    administrator: bool,
}

impl Endpoint for SetAdministrator {
    const ACCESS: Access = Access::Write;
    type Out = Administrator;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Administrator, Fault> {
        demand_admin(cx)?;
        let Self { productid: Guid(product), userid: Guid(person), administrator } = self;
        let known = cx.directory.user(person).cloned();
        if administrator && known.as_ref().is_some_and(|user| user.row.is_visitor) {
            return Err(Fault::Security("Collaborator can not be an administrator".into()));
        }
        if known.is_some() {
            change(cx, |choices| {
                // Whoever loses the portal loses every product with it.
                choices.administrators.retain(|id, people| {
                    if !administrator && (product.is_nil() || *id == product) {
                        people.retain(|id| *id != person);
                    }
                    !people.is_empty()
                });
                if administrator && !product.is_nil() {
                    let people = choices.administrators.entry(product).or_default();
                    if !people.contains(&person) {
                        people.push(person);
                    }
                }
            })
            .await?;
            if product.is_nil() {
                store::portal::set_admin(cx.conn, person, administrator).await?;
            }
        }
        Ok(Administrator { product_id: product, user_id: person, administrator })
    }
}
