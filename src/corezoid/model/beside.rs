//! What comes with an import and lies in no folder: aliases and variables. Each belongs to the stage (an alias also to the
//! project, or to the company) that it comes to lie in (sheet corezoid/api 2.8, 3.5). Pure.

use std::collections::HashSet;

use serde_json::Value;

use super::incoming::{Body, Incoming, key};
use super::planting::{Planting, kind};
use super::remap::Renamed;
use super::rows::{AliasRow, EnvVarRow};
use super::scheme::uuid;
use super::site::{Manner, Site};
use crate::corezoid::ids::Kind;

/// Project and stage; 0: none.
type Scope = (i64, i64);

/// Adds the rows of aliases and variables. `ids` are the new ids of the items, by their place.
pub(super) fn plant(
    items: &[&Incoming],
    ids: &[Option<i64>],
    (site, manner, renamed): (&Site, &Manner, &Renamed),
    planting: &mut Planting,
) {
    let mut bed = Bed {
        site,
        manner,
        renamed,
        last_alias: site.last_alias,
        last_env_var: site.last_env_var,
        taken: HashSet::new(),
    };
    let mut scopes: Vec<Scope> = Vec::with_capacity(items.len());
    for (item, id) in items.iter().zip(ids) {
        let parent = item.parent.and_then(|parent| scopes.get(parent));
        let around = parent.copied().unwrap_or((site.project, site.stage));
        let is_root = item.parent.and_then(|parent| ids.get(parent).copied().flatten()).is_none();
        let scope = match (id, kind(item, is_root, site)) {
            (Some(id), Kind::Project) => (*id, 0),
            (Some(id), Kind::Stage) => (around.0, *id),
            _ => around,
        };
        scopes.push(scope);
        match &item.body {
            Body::Alias { short_name, conv } if manner.aliases => {
                planting.aliases.extend(bed.alias(item, scope, short_name, conv));
            }
            Body::EnvVar { .. } => planting.env_vars.extend(bed.variable(item, scope)),
            _ => {}
        }
    }
}

/// Where they go.
struct Bed<'a> {
    site: &'a Site,
    manner: &'a Manner,
    renamed: &'a Renamed,
    last_alias: i64,
    last_env_var: i64,
    /// Names that were given in this import.
    taken: HashSet<(Kind, Scope, String)>,
}

impl Bed<'_> {
    fn is_site(&self, scope: Scope) -> bool {
        scope == (self.site.project, self.site.stage)
    }

    /// Whether a name is given for the first time.
    fn takes(&mut self, kind: Kind, scope: Scope, name: &str) -> bool {
        self.taken.insert((kind, scope, name.to_owned()))
    }

    /// `None`: its name is another's, and that one stays as it is.
    fn alias(&mut self, item: &Incoming, scope: Scope, name: &str, conv: &Value) -> Option<AliasRow> {
        if !self.takes(Kind::Alias, scope, name) {
            return None;
        }
        let over = self.site.existing.get(&(Kind::Alias, name.to_owned())).and_then(|known| known.first());
        let namesake = self.site.aliases.get(name).filter(|_| self.is_site(scope));
        let id = match (over, namesake) {
            (Some(old), _) => old.id,
            (None, Some(_)) if !self.manner.rewrite_aliases => return None,
            (None, Some(id)) => *id,
            (None, None) => {
                self.last_alias += 1;
                self.last_alias
            }
        };
        // A process that did not come along is one of another world; what an alias named before, it names on.
        let obj_to_id = match key(conv) {
            None => None,
            Some(old) => self.renamed.convs.get(&old).copied().or_else(|| over.and_then(|over| over.conv)),
        };
        let own = item.uuid.clone().filter(|_| !self.manner.own_uuids);
        Some(AliasRow {
            id,
            company_id: self.site.company.clone(),
            project_id: scope.0,
            stage_id: scope.1,
            title: if item.title.is_empty() { name.to_owned() } else { item.title.clone() },
            short_name: name.to_owned(),
            description: item.description.clone(),
            obj_to_id,
            uuid: own.unwrap_or_else(|| uuid(&[Kind::Alias.word(), &id.to_string()])),
            owner_id: self.site.owner,
            create_time: self.site.now,
        })
    }

    /// `None`: there is no stage to belong to, or it has one of this name. That one keeps its value: every stage has values
    /// of its own.
    fn variable(&mut self, item: &Incoming, scope: Scope) -> Option<EnvVarRow> {
        let Body::EnvVar { short_name, secret, json, value, scopes } = &item.body else { return None };
        let known = self.is_site(scope) && self.site.env_vars.contains_key(short_name);
        if scope.1 == 0 || known || !self.takes(Kind::EnvVar, scope, short_name) {
            return None;
        }
        self.last_env_var += 1;
        let id = self.last_env_var;
        let own = item.uuid.clone().filter(|_| !self.manner.own_uuids);
        Some(EnvVarRow {
            id,
            company_id: self.site.company.clone(),
            project_id: scope.0,
            stage_id: scope.1,
            env_var_type: if *secret { "secret" } else { "visible" },
            data_type: if *json { "json" } else { "raw" },
            title: if item.title.is_empty() { short_name.clone() } else { item.title.clone() },
            short_name: short_name.clone(),
            description: item.description.clone(),
            value: value.clone(),
            scopes: scopes.to_string(),
            uuid: own.unwrap_or_else(|| uuid(&[Kind::EnvVar.word(), &id.to_string()])),
            owner_id: self.site.owner,
            create_time: self.site.now,
        })
    }
}
