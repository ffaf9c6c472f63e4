//! SQL of Corezoid, one file per table family. Functions take a connection and can neither begin nor commit.

pub(crate) mod alias;
pub(crate) mod batch;
pub(crate) mod bulk;
pub(crate) mod chart;
pub(crate) mod code;
pub(crate) mod commit;
pub(crate) mod company;
pub(crate) mod conv;
pub(crate) mod count;
pub(crate) mod coverage;
pub(crate) mod dashboard;
pub(crate) mod direct;
pub(crate) mod env_var;
pub(crate) mod folder;
pub(crate) mod group;
pub(crate) mod instance;
pub(crate) mod invite;
pub(crate) mod item;
pub(crate) mod job;
pub(crate) mod node;
pub(crate) mod object;
pub(crate) mod outbound;
pub(crate) mod owner;
pub(crate) mod person;
pub(crate) mod place;
pub(crate) mod planting;
pub(crate) mod project;
pub(crate) mod run;
pub(crate) mod scheme;
pub(crate) mod search;
pub(crate) mod share;
pub(crate) mod snapshot;
pub(crate) mod step;
pub(crate) mod task;
pub(crate) mod trace;
pub(crate) mod usage;
pub(crate) mod user;
pub(crate) mod version;

/// Every table of the service, children before parents.
pub(crate) const TABLES: &[&str] = &[
    "cz_favorite",
    "cz_share",
    "cz_download",
    "cz_job",
    "cz_scheme_file",
    "cz_walk",
    "cz_flow",
    "cz_visit",
    "cz_counter",
    "cz_threshold",
    "cz_stub",
    "cz_commit",
    "cz_task",
    "cz_code",
    "cz_node",
    "cz_alias",
    "cz_env_var",
    "cz_version",
    "cz_snapshot",
    "cz_conv",
    "cz_chart",
    "cz_dashboard",
    "cz_instance",
    "cz_folder",
    "cz_invite",
    "cz_member",
    "cz_group",
    "cz_login",
    "cz_session",
    "cz_key",
    "cz_user",
    "cz_company",
];
