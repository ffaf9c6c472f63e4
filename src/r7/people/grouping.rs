//! The calls that change groups (sheet r7/crm 5). Only admins may.

use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

use super::demand::{GROUPS, demand};
use super::group::{FullGroup, found};
use crate::kernel::db::Access;
use crate::r7::bind::{Guid, kept_text};
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::store;

/// Reads the directory again, and answers the group as it is now.
async fn shown(cx: &mut Cx<'_>, id: Guid) -> Result<FullGroup, Fault> {
    cx.reread_people().await?;
    let group = found(&cx.directory, id)?;
    Ok(FullGroup::of(group, &cx.directory, cx.base))
}

/// Ids as the store takes them: a JSON list.
fn packed(ids: impl IntoIterator<Item = Uuid>) -> String {
    serde_json::to_string(&ids.into_iter().collect::<Vec<_>>()).unwrap_or_default()
}

fn ids(members: &[Guid]) -> impl Iterator<Item = Uuid> {
    members.iter().map(|id| id.0)
}

/// Who is to head a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Head {
    /// Whoever does: the call names somebody who is not here.
    AsBefore,
    Nobody,
    Person(Uuid),
}

impl Head {
    /// What a call's `groupManager` asks for; the empty GUID is nobody.
    fn wanted(id: Guid, cx: &Cx<'_>) -> Self {
        match cx.directory.user(id.0) {
            Some(user) => Self::Person(user.id),
            None if id.0.is_nil() => Self::Nobody,
            None => Self::AsBefore,
        }
    }

    fn person(self) -> Option<Uuid> {
        if let Self::Person(id) = self { Some(id) } else { None }
    }
}

/// `POST group`: the manager becomes a member too.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct CreateGroup {
    groupmanager: Guid,
    #[serde(deserialize_with = "kept_text")]
    groupname: Option<String>,
    members: Vec<Guid>,
}

impl Endpoint for CreateGroup {
    const ACCESS: Access = Access::Write;
    type Out = FullGroup;

    async fn run(self, cx: &mut Cx<'_>) -> Result<FullGroup, Fault> {
        demand(cx, GROUPS)?;
        let name = self.groupname.ok_or(Fault::ArgumentNull("groupName"))?;
        let manager = Head::wanted(self.groupmanager, cx).person();
        let id = cx.world.ids.guid();
        store::group::insert(cx.conn, id, &name, manager).await?;
        store::group::add(cx.conn, id, &packed(manager.into_iter().chain(ids(&self.members)))).await?;
        shown(cx, Guid(id)).await
    }
}

/// `PUT group/{groupid}`: the members are replaced, and the manager too; only an absent name is kept.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct UpdateGroup {
    groupid: Guid,
    groupmanager: Guid,
    #[serde(deserialize_with = "kept_text")]
    groupname: Option<String>,
    members: Vec<Guid>,
}

impl Endpoint for UpdateGroup {
    const ACCESS: Access = Access::Write;
    type Out = FullGroup;

    async fn run(self, cx: &mut Cx<'_>) -> Result<FullGroup, Fault> {
        demand(cx, GROUPS)?;
        let group = found(&cx.directory, self.groupid)?;
        let name = self.groupname.unwrap_or_else(|| group.name.clone());
        let head = Head::wanted(self.groupmanager, cx);
        let manager = if head == Head::AsBefore { group.manager } else { head.person() };
        let gone: Vec<Uuid> =
            group.members.iter().copied().filter(|id| !self.members.contains(&Guid(*id))).collect();
        store::group::update(cx.conn, self.groupid.0, &name, manager).await?;
        store::group::remove(cx.conn, self.groupid.0, &packed(gone)).await?;
        let members = packed(head.person().into_iter().chain(ids(&self.members)));
        store::group::add(cx.conn, self.groupid.0, &members).await?;
        shown(cx, self.groupid).await
    }
}

/// `DELETE group/{groupid}`; what was shared with it is not shared any more.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct DeleteGroup {
    groupid: Guid,
}

impl Endpoint for DeleteGroup {
    const ACCESS: Access = Access::Write;
    type Out = FullGroup;

    async fn run(self, cx: &mut Cx<'_>) -> Result<FullGroup, Fault> {
        demand(cx, GROUPS)?;
        let group = found(&cx.directory, self.groupid)?;
        let answer = FullGroup::without_members(group, &cx.directory, cx.base);
        store::group::delete(cx.conn, self.groupid.0).await?;
        cx.reread_people().await?;
        Ok(answer)
    }
}

/// `POST group/{groupid}/members`: these instead of those who are in it.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct SetMembers {
    groupid: Guid,
    #[serde(default)]
    members: Vec<Guid>,
}

impl Endpoint for SetMembers {
    const ACCESS: Access = Access::Write;
    type Out = FullGroup;

    async fn run(self, cx: &mut Cx<'_>) -> Result<FullGroup, Fault> {
        demand(cx, GROUPS)?;
        let group = found(&cx.directory, self.groupid)?;
        // Upstream lists whom to take out without the suspended, who stay.
        let is_active = |id: &Uuid| cx.directory.user(*id).is_some_and(|user| user.is_active());
        let gone: Vec<Uuid> = group.members.iter().copied().filter(is_active).collect();
        store::group::remove(cx.conn, self.groupid.0, &packed(gone)).await?;
        store::group::add(cx.conn, self.groupid.0, &packed(ids(&self.members))).await?;
        shown(cx, self.groupid).await
    }
}

/// `PUT group/{groupid}/members`: these too.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct AddMembers {
    groupid: Guid,
    #[serde(default)]
    members: Vec<Guid>,
}

impl Endpoint for AddMembers {
    const ACCESS: Access = Access::Write;
    type Out = FullGroup;

    async fn run(self, cx: &mut Cx<'_>) -> Result<FullGroup, Fault> {
        demand(cx, GROUPS)?;
        found(&cx.directory, self.groupid)?;
        store::group::add(cx.conn, self.groupid.0, &packed(ids(&self.members))).await?;
        shown(cx, self.groupid).await
    }
}

/// `DELETE group/{groupid}/members`: without these. Whoever heads the group goes on heading it.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct RemoveMembers {
    groupid: Guid,
    #[serde(default)]
    members: Vec<Guid>,
}

impl Endpoint for RemoveMembers {
    const ACCESS: Access = Access::Write;
    type Out = FullGroup;

    async fn run(self, cx: &mut Cx<'_>) -> Result<FullGroup, Fault> {
        demand(cx, GROUPS)?;
        found(&cx.directory, self.groupid)?;
        store::group::remove(cx.conn, self.groupid.0, &packed(ids(&self.members))).await?;
        shown(cx, self.groupid).await
    }
}

/// `PUT group/{groupid}/manager`: the manager does not become a member by it.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct SetManager {
    groupid: Guid,
    userid: Guid,
}

impl Endpoint for SetManager {
    const ACCESS: Access = Access::Write;
    type Out = FullGroup;

    async fn run(self, cx: &mut Cx<'_>) -> Result<FullGroup, Fault> {
        demand(cx, GROUPS)?;
        let group = found(&cx.directory, self.groupid)?;
        let manager = cx.directory.user(self.userid.0).ok_or(Fault::NotFound("user not found".into()))?;
        store::group::update(cx.conn, group.id, &group.name, Some(manager.id)).await?;
        shown(cx, self.groupid).await
    }
}

/// `PUT group/{groupid}/members/{newgroupid}`: the members join the other group, which is answered. They stay in the
/// first one, whatever the docs' "move" says.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct TransferMembers {
    groupid: Guid,
    newgroupid: Guid,
}

impl Endpoint for TransferMembers {
    const ACCESS: Access = Access::Write;
    type Out = FullGroup;

    async fn run(self, cx: &mut Cx<'_>) -> Result<FullGroup, Fault> {
        demand(cx, GROUPS)?;
        let group = found(&cx.directory, self.groupid)?;
        found(&cx.directory, self.newgroupid)?;
        let is_active = |id: &Uuid| cx.directory.user(*id).is_some_and(|user| user.is_active());
        let members = packed(group.members.iter().copied().filter(is_active));
        store::group::add(cx.conn, self.newgroupid.0, &members).await?;
        shown(cx, self.newgroupid).await
    }
}
