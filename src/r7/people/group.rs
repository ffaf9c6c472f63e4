//! Groups in answers, and the calls that read them (sheet r7/crm 5).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::directory::{Directory, Group};
use super::employee::Employee;
use crate::kernel::base::PublicBase;
use crate::kernel::db::Access;
use crate::r7::bind::Guid;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::wire::Answer;

/// The short form: in lists, and among the groups of a person.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct GroupSummary {
    id: Uuid,
    name: String,
    /// Login name of the person who heads it; null if nobody does.
    manager: Option<String>,
}

impl Answer for GroupSummary {}

impl GroupSummary {
    /// A known group.
    pub(crate) fn of(group: &Group, directory: &Directory) -> Self {
        let manager = group.manager.and_then(|id| directory.user(id));
        Self {
            id: group.id,
            name: group.name.clone(),
            manager: manager.map(|user| user.row.user_name.clone()),
        }
    }
}

/// The full form.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct FullGroup {
    id: Uuid,
    name: String,
    /// Always the empty GUID: only the fixed groups have a category.
    category: Uuid,
    /// Always the empty GUID: groups are not nested.
    parent: Uuid,
    /// Always null.
    description: Option<String>,
    /// The lost user if nobody heads it (sheet r7/crm 5).
    manager: Employee,
    /// Left out in the answer to a deletion.
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<Vec<Employee>>,
}

impl Answer for FullGroup {}

impl FullGroup {
    /// A known group, with the members who are not suspended.
    pub(crate) fn of(group: &Group, directory: &Directory, base: &PublicBase) -> Self {
        let members = group.members.iter().filter_map(|id| directory.user(*id));
        let members = members.filter(|user| user.is_active());
        Self {
            members: Some(members.map(|user| Employee::from_user(user, base)).collect()),
            ..Self::without_members(group, directory, base)
        }
    }

    /// As the answer to a deletion shows it.
    pub(crate) fn without_members(group: &Group, directory: &Directory, base: &PublicBase) -> Self {
        Self {
            id: group.id,
            name: group.name.clone(),
            category: Uuid::nil(),
            parent: Uuid::nil(),
            description: None,
            manager: Employee::of(group.manager.unwrap_or_default(), directory, base),
            members: None,
        }
    }
}

/// A group that somebody made; upstream does not find the fixed ones either.
pub(crate) fn found(directory: &Directory, id: Guid) -> Result<&Group, Fault> {
    let group = directory.groups.iter().find(|group| group.id == id.0);
    group.ok_or(Fault::NotFound("group not found".into()))
}

fn summaries<'a>(groups: impl Iterator<Item = &'a Group>, directory: &Directory) -> Vec<GroupSummary> {
    groups.map(|group| GroupSummary::of(group, directory)).collect()
}

/// `GET group`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct ListGroups {}

impl Endpoint for ListGroups {
    const ACCESS: Access = Access::Read;
    type Out = Vec<GroupSummary>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<GroupSummary>, Fault> {
        Ok(summaries(cx.directory.groups.iter(), &cx.directory))
    }
}

/// `GET group/{groupid}`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetGroup {
    groupid: Guid,
}

impl Endpoint for GetGroup {
    const ACCESS: Access = Access::Read;
    type Out = FullGroup;

    async fn run(self, cx: &mut Cx<'_>) -> Result<FullGroup, Fault> {
        let group = found(&cx.directory, self.groupid)?;
        Ok(FullGroup::of(group, &cx.directory, cx.base))
    }
}

/// `GET group/user/{userid}`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct ListGroupsOf {
    userid: Guid,
}

impl Endpoint for ListGroupsOf {
    const ACCESS: Access = Access::Read;
    type Out = Vec<GroupSummary>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<GroupSummary>, Fault> {
        Ok(summaries(cx.directory.departments(self.userid.0), &cx.directory))
    }
}

/// `GET group/search`: part of the name, in any case.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct SearchGroups {
    groupname: String,
}

impl Endpoint for SearchGroups {
    const ACCESS: Access = Access::Read;
    type Out = Vec<GroupSummary>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<GroupSummary>, Fault> {
        let wanted = self.groupname.to_lowercase();
        let named = |group: &&Group| group.name.to_lowercase().contains(&wanted);
        Ok(summaries(cx.directory.groups.iter().filter(named), &cx.directory))
    }
}
