//! `settings/security…`: which modules are open, and to whom.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::rules::modules::{self, Grant, Kind, MODULES};
use super::{Choices, change, demand_admin, guid};
use crate::kernel::db::Access;
use crate::r7::bind::{Guid, objects};
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::people::employee::Employee;
use crate::r7::wire::Answer;

/// `GET settings/security`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct ListSecurity {
    /// Ids of modules; none: all.
    ids: Vec<String>,
}

/// Who may open a module.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecurityCard {
    /// As it was asked for.
    web_item_id: String,
    users: Vec<Employee>,
    /// Summaries of groups.
    groups: Vec<Group>,
    enabled: bool,
    is_sub_item: bool,
}

/// A group in short.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Group {
    id: Uuid,
    name: String,
    manager: Option<String>,
}

fn card(cx: &Cx<'_>, choices: &Choices, id: String) -> Result<SecurityCard, Fault> {
    if id.is_empty() {
        return Err(Fault::ArgumentNull("id"));
    }
    let module = guid(&id)?;
    let known = modules::find(module);
    let grant = choices.modules.get(&module).cloned();
    // A module that nobody knows and nobody gave is closed.
    let grant = grant.unwrap_or(Grant { enabled: known.is_some(), subjects: Vec::new() });
    let users = grant.subjects.iter().filter_map(|id| cx.directory.user(*id));
    Ok(SecurityCard {
        web_item_id: id,
        users: users.map(|user| Employee::from_user(user, cx.base)).collect(),
        groups: Vec::new(),
        enabled: grant.enabled,
        is_sub_item: known.is_some_and(modules::Module::is_part),
    })
}

impl Endpoint for ListSecurity {
    const ACCESS: Access = Access::Read;
    type Out = Vec<SecurityCard>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<SecurityCard>, Fault> {
        let mut ids = self.ids;
        if ids.is_empty() {
            ids = MODULES.iter().map(|module| module.id.to_string()).collect();
        }
        let choices = &cx.directory.portal.choices;
        ids.into_iter().map(|id| card(cx, choices, id)).collect()
    }
}

/// `GET settings/security/{id}`: whether the caller may open it.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetSecurity {
    id: Guid,
}

impl Endpoint for GetSecurity {
    const ACCESS: Access = Access::Read;
    type Out = bool;

    async fn run(self, cx: &mut Cx<'_>) -> Result<bool, Fault> {
        let caller = cx.caller()?;
        Ok(cx.directory.portal.is_open(self.id.0, &caller, cx.directory.groups_of(caller.id)))
    }
}

/// `GET settings/security/modules`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct ListModules {}

/// A module that the caller may open.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ModuleCard {
    id: &'static str,
    title: &'static str,
}

impl Endpoint for ListModules {
    const ACCESS: Access = Access::Read;
    type Out = Vec<ModuleCard>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<ModuleCard>, Fault> {
        let (caller, portal) = (cx.caller()?, &cx.directory.portal);
        let groups = cx.directory.groups_of(caller.id);
        let open =
            MODULES.iter().filter(|module| !module.is_part() && portal.is_open(module.id, &caller, groups));
        Ok(open.map(|module| ModuleCard { id: module.class, title: module.title(cx.language()) }).collect())
    }
}

/// `PUT settings/security`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct SetSecurity {
    id: String,
    enabled: bool,
    /// Users and groups; none: everybody.
    subjects: Vec<Guid>,
}

impl Endpoint for SetSecurity {
    const ACCESS: Access = Access::Write;
    type Out = Vec<SecurityCard>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<SecurityCard>, Fault> {
        demand_admin(cx)?;
        if self.id.is_empty() {
            return Err(Fault::ArgumentNull("id"));
        }
        let module = guid(&self.id)?;
        let grant = modules::given(self.enabled, self.subjects.into_iter().map(|id| id.0).collect());
        let choices = change(cx, |choices| {
            choices.modules.insert(module, grant);
            choices.clone()
        })
        .await?;
        Ok(vec![card(cx, &choices, self.id)?])
    }
}

/// `PUT settings/security/access`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct SetAccess {
    #[serde(deserialize_with = "objects")]
    items: Vec<Item>,
}

/// A module and whether it is open.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct Item {
    key: String,
    value: bool,
}

impl Endpoint for SetAccess {
    const ACCESS: Access = Access::Write;
    type Out = Vec<SecurityCard>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<SecurityCard>, Fault> {
        demand_admin(cx)?;
        // The first of two with one key wins.
        let mut items: Vec<(Uuid, Item)> = Vec::new();
        for item in self.items {
            let id = guid(&item.key)?;
            if !items.iter().any(|(_, known)| known.key == item.key) {
                items.push((id, item));
            }
        }
        let choices = change(cx, |choices| {
            for (id, item) in &items {
                // A product that is opened keeps those it was given to; all else is everybody's.
                let is_product = modules::find(*id).is_some_and(|module| module.kind == Kind::Product);
                let kept = choices.modules.get(id).filter(|_| is_product && item.value);
                let subjects = kept.map(|grant| grant.subjects.clone()).unwrap_or_default();
                if !item.value && choices.default_page == Some(*id) {
                    choices.default_page = None;
                }
                choices.modules.insert(*id, Grant { enabled: item.value, subjects });
            }
            choices.clone()
        })
        .await?;
        items.into_iter().map(|(_, item)| card(cx, &choices, item.key)).collect()
    }
}

/// `GET settings/security/password`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetPasswordRules {}

/// What a password must be like.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PasswordRules {
    limit_max_length: i64,
    limit_min_length: i64,
    max_length: i64,
    min_length: i64,
    allowed_characters_regex_str: &'static str,
    upper_case: bool,
    upper_case_regex_str: &'static str,
    digits: bool,
    digits_regex_str: &'static str,
    spec_symbols: bool,
    spec_symbols_regex_str: &'static str,
}

impl Answer for PasswordRules {}

impl Endpoint for GetPasswordRules {
    const ACCESS: Access = Access::Read;
    type Out = PasswordRules;

    async fn run(self, _: &mut Cx<'_>) -> Result<PasswordRules, Fault> {
        Ok(PasswordRules {
            limit_max_length: 120,
            limit_min_length: 8,
            max_length: 120,
            min_length: 8,
            allowed_characters_regex_str: r"[\x21-\x7E]",
            upper_case: false,
            upper_case_regex_str: "(?=.*[A-Z])",
            digits: false,
            digits_regex_str: r"(?=.*\d)",
            spec_symbols: false,
            spec_symbols_regex_str: r"(?=.*[\x21-\x2F\x3A-\x40\x5B-\x60\x7B-\x7E])",
        })
    }
}
