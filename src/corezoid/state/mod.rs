//! Corezoid's part of a state document (contract §4).

mod aliases;
mod charts;
mod convs;
mod dashboards;
mod folders;
mod groups;
mod instances;
mod jobs;
mod nodes;
mod outbound;
mod place;
mod snapshots;
mod tasks;
mod users;
mod versions;

pub(crate) use outbound::export as stubs;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::SqliteConnection;

use super::rules::outbound::Stub;
use super::store::bulk;
use crate::kernel::service::Import;
use crate::kernel::state::{StateError, decode};

/// `"corezoid": {…}`.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Part {
    companies: Vec<users::Company>,
    /// Absent in every document of a seed: one user with login `12345`, secret `secret`, company `i000000001`.
    users: Vec<users::User>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<groups::Group>,
    /// Invitations that are not confirmed yet.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    invites: Vec<groups::Invitation>,
    folders: Vec<folders::Folder>,
    /// Processes and state diagrams.
    convs: Vec<convs::Conv>,
    dashboards: Vec<dashboards::Dashboard>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aliases: Vec<aliases::Alias>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    env_vars: Vec<aliases::EnvVar>,
    /// Database connections.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    instances: Vec<instances::Instance>,
    /// Files behind download links.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    downloads: Vec<nodes::Download>,
    /// Uploads, copies and merges that answered with a hash.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    jobs: Vec<jobs::Job>,
    /// Files that were uploaded to be named later.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scheme_files: Vec<nodes::Download>,
    /// What answers the calls of processes in place of other servers, the first that fits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    outbound: Vec<Stub>,
    /// Saved versions of stages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    versions: Vec<versions::Version>,
}

/// JSON Schema of the part.
pub(crate) fn schema() -> Value {
    serde_json::to_value(schemars::schema_for!(Part)).unwrap_or_default()
}

/// Checks the form.
pub(crate) fn check(part: &str) -> Result<(), StateError> {
    decode::<Part>(part).map(|_| ())
}

/// Adds a part to the database.
pub(crate) async fn import(
    conn: &mut SqliteConnection,
    part: &str,
    import: &Import<'_>,
) -> Result<(), StateError> {
    let part: Part = decode(part)?;
    users::import(conn, &part.companies, &part.users, import.now).await?;
    groups::import(conn, &part.groups, &part.invites, import.now).await?;
    let ground = folders::import(conn, &part.folders, import).await?;
    convs::import(conn, &part.convs, &ground).await?;
    nodes::import(conn, &part.convs, &ground, import).await?;
    tasks::import(conn, &part.convs, &ground, import).await?;
    snapshots::import(conn, &part.convs, &ground, import).await?;
    dashboards::import(conn, &part.dashboards, &ground).await?;
    charts::import(conn, &part.dashboards).await?;
    aliases::import(conn, &part.aliases, &ground).await?;
    aliases::import_variables(conn, &part.env_vars, &ground).await?;
    instances::import(conn, &part.instances, &ground).await?;
    nodes::import_downloads(conn, &part.downloads, import).await?;
    versions::import(conn, &part.versions, &ground, import).await?;
    jobs::import(conn, &part.jobs, &ground, import).await?;
    jobs::import_files(conn, &part.scheme_files, import).await?;
    outbound::import(conn, part.outbound).await?;
    bulk::settle(conn).await?;
    Ok(())
}

/// The part of the world's state document.
pub(crate) async fn export(conn: &mut SqliteConnection) -> Result<String, sqlx::Error> {
    let (companies, users) = users::export(conn).await?;
    let (groups, invites) = groups::export(conn).await?;
    let marks = place::Marks::read(conn).await?;
    let folders = folders::export(conn, &marks).await?;
    let convs = convs::export(conn, &marks).await?;
    let dashboards = dashboards::export(conn, &marks).await?;
    let aliases = aliases::export(conn, &marks).await?;
    let env_vars = aliases::export_variables(conn).await?;
    let instances = instances::export(conn, &marks).await?;
    let downloads = nodes::export_downloads(conn).await?;
    let versions = versions::export(conn).await?;
    let jobs = jobs::export(conn).await?;
    let scheme_files = jobs::export_files(conn).await?;
    let outbound = outbound::export(conn).await?;
    let part = Part {
        companies,
        users,
        groups,
        invites,
        folders,
        convs,
        dashboards,
        aliases,
        env_vars,
        instances,
        downloads,
        jobs,
        scheme_files,
        outbound,
        versions,
    };
    Ok(serde_json::to_string(&part).unwrap_or_default())
}
