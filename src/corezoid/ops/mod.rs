//! The table of ops: every (type, obj), one line each. Words live here and only here.

mod alias;
mod archive;
mod chart;
mod code;
mod commit;
mod conf;
mod conv;
mod copy;
mod dashboard;
mod direct;
mod env_var;
pub(in crate::corezoid) mod fields;
mod folder;
mod graph;
mod history;
mod instance;
mod job;
mod listing;
mod merge;
mod moving;
mod node;
mod owner;
mod params;
pub(crate) mod people;
mod project;
mod scheme;
mod search;
mod share;
mod snapshot;
mod stage;
mod step;
pub(in crate::corezoid) mod task;
mod trace;
mod trash;
mod upload;
mod upload_tasks;
mod usage;
mod version;

use super::op::{Entry, Family, op};
use share::{Favorite, Link, ListShares};
use trash::{
    Alias, Conv, Dashboard, Delete, Destroy, EnvVar, Folder, Instance, Project, Restore, Stage, Version,
};

/// Objects of the service of which nothing is answered here: what is asked of them is an undefined request, not a bad object
/// (sheet corezoid/api 2.7, 2.9).
pub(crate) static UNSERVED: &[&str] = &[
    "git_call",
    "channel",
    "bot_wizzard",
    "reg",
    "user_convs",
    "privs",
    "users",
    "shared_session",
    "user_to_company",
    "license",
    "value",
];

/// Every op.
#[rustfmt::skip]
pub(crate) static OPS: &[Entry] = &[
    op::<folder::CreateFolder>        ("create",  "folder"),
    op::<folder::ModifyFolder>        ("modify",  "folder"),
    op::<folder::ShowFolder>          ("show",    "folder"),
    op::<listing::ListFolder>         ("list",    "folder"),
    op::<moving::LinkFolder>          ("link",    "folder"),
    op::<Favorite<Folder>>            ("favorite", "folder"),
    op::<Delete<Folder>>              ("delete",  "folder"),
    op::<Restore<Folder>>             ("restore", "folder"),
    op::<Destroy<Folder>>             ("destroy", "folder"),

    op::<conv::CreateConv>            ("create",  "conv"),
    op::<conv::ModifyConv>            ("modify",  "conv"),
    op::<conv::ShowConv>              ("show",    "conv"),
    op::<graph::ListConv>             ("list",    "conv"),
    op::<Link<Conv>>                  ("link",    "conv"),
    op::<Favorite<Conv>>              ("favorite", "conv"),
    op::<Delete<Conv>>                ("delete",  "conv"),
    op::<Restore<Conv>>               ("restore", "conv"),
    op::<Destroy<Conv>>               ("destroy", "conv"),

    op::<params::ListParams>          ("list",    "conv_params"),
    op::<params::ModifyParams>        ("modify",  "conv_params"),
    op::<direct::GetHash>             ("get",     "callback_hash"),
    op::<direct::CreateHash>          ("create",  "callback_hash"),
    op::<direct::ModifyHash>          ("modify",  "callback_hash"),
    op::<direct::DeleteHash>          ("delete",  "callback_hash"),
    op::<direct::ShowAuth>            ("show",    "conv_auth"),
    op::<direct::ModifyAuth>          ("modify",  "conv_auth"),
    op::<direct::DeleteAuth>          ("delete",  "conv_auth"),

    op::<dashboard::CreateDashboard>  ("create",  "dashboard"),
    op::<dashboard::ModifyDashboard>  ("modify",  "dashboard"),
    op::<dashboard::ShowDashboard>    ("show",    "dashboard"),
    op::<ListShares<Dashboard>>       ("list",    "dashboard"),
    op::<Link<Dashboard>>             ("link",    "dashboard"),
    op::<Favorite<Dashboard>>         ("favorite", "dashboard"),
    op::<Delete<Dashboard>>           ("delete",  "dashboard"),
    op::<Restore<Dashboard>>          ("restore", "dashboard"),
    op::<Destroy<Dashboard>>          ("destroy", "dashboard"),

    op::<project::CreateProject>      ("create",  "project"),
    op::<project::ModifyProject>      ("modify",  "project"),
    op::<project::ShowProject>        ("show",    "project"),
    op::<project::ListProject>        ("list",    "project"),
    op::<project::ListProjects>       ("list",    "projects"),
    op::<Link<Project>>               ("link",    "project"),
    op::<Favorite<Project>>           ("favorite", "project"),
    op::<Delete<Project>>             ("delete",  "project"),
    op::<Restore<Project>>            ("restore", "project"),
    op::<Destroy<Project>>            ("destroy", "project"),

    op::<stage::CreateStage>          ("create",  "stage"),
    op::<stage::ModifyStage>          ("modify",  "stage"),
    op::<stage::ShowStage>            ("show",    "stage"),
    op::<stage::ListStage>            ("list",    "stage"),
    op::<Link<Stage>>                 ("link",    "stage"),
    op::<Delete<Stage>>               ("delete",  "stage"),
    op::<Restore<Stage>>              ("restore", "stage"),
    op::<Destroy<Stage>>              ("destroy", "stage"),

    op::<alias::CreateAlias>          ("create",  "alias"),
    op::<alias::UpsertAlias>          ("upsert",  "alias"),
    op::<alias::ModifyAlias>          ("modify",  "alias"),
    op::<alias::ShowAlias>            ("show",    "alias"),
    op::<alias::LinkAlias>            ("link",    "alias"),
    op::<Favorite<Alias>>             ("favorite", "alias"),
    op::<Delete<Alias>>               ("delete",  "alias"),
    op::<Restore<Alias>>              ("restore", "alias"),
    op::<Destroy<Alias>>              ("destroy", "alias"),
    op::<alias::ListAliases>          ("list",    "aliases"),
    op::<env_var::CreateEnvVar>       ("create",  "env_var"),
    op::<env_var::ModifyEnvVar>       ("modify",  "env_var"),
    op::<env_var::ListEnvVars>        ("list",    "env_var"),
    op::<Delete<EnvVar>>              ("delete",  "env_var"),

    op::<chart::CreateChart>          ("create",  "chart"),
    op::<chart::ModifyChart>          ("modify",  "chart"),
    op::<chart::GetChart>             ("get",     "chart"),
    op::<chart::DeleteChart>          ("delete",  "chart"),
    op::<chart::GetCharts>            ("get",     "charts_list"),


    op::<instance::CreateInstance>    ("create",  "instance"),
    op::<instance::ModifyInstance>    ("modify",  "instance"),
    op::<instance::ShowInstance>      ("show",    "instance"),
    op::<instance::CheckInstance>     ("check",   "instance"),
    op::<instance::ListInstance>      ("list",    "instance"),
    op::<Link<Instance>>              ("link",    "instance"),
    op::<Favorite<Instance>>          ("favorite", "instance"),
    op::<Delete<Instance>>            ("delete",  "instance"),
    op::<Restore<Instance>>           ("restore", "instance"),
    op::<Destroy<Instance>>           ("destroy", "instance"),

    op::<version::CreateVersion>      ("create",  "version"),
    op::<version::UploadVersion>      ("upload",  "version").only(Family::Upload),
    op::<version::ModifyVersion>      ("modify",  "version"),
    op::<version::GetVersion>         ("get",     "version"),
    op::<version::ListVersions>       ("list",    "versions"),
    op::<Delete<Version>>             ("delete",  "version"),
    op::<Restore<Version>>            ("restore", "version"),
    op::<Destroy<Version>>            ("destroy", "version"),

    op::<listing::ListBranch>         ("list",    "folder_branch"),
    op::<listing::ListPath>           ("list",    "path_to_folder"),
    op::<search::ListConvs>           ("list",    "convs"),
    op::<search::ListDashboards>      ("list",    "dashboards"),
    op::<owner::GetObject>            ("get",     "object"),
    op::<owner::ModifyOwner>          ("modify",  "owner"),

    op::<people::user::CreateUser>    ("create",  "user"),
    op::<people::user::ModifyUser>    ("modify",  "user"),
    op::<people::user::DeleteUser>    ("delete",  "user"),
    op::<people::user::ShowUser>      ("show",    "user"),
    op::<people::user::LinkUser>      ("link",    "user"),
    op::<people::user::ModifyUserStatus> ("modify", "user_status"),
    op::<people::user::ShowApiKey>    ("show",    "api_key"),
    op::<people::staff::ShowCompanyKeys>  ("show", "company_keys"),
    op::<people::staff::ListCompanyUsers> ("list", "company_users"),
    op::<people::group::CreateGroup>  ("create",  "group"),
    op::<people::group::ModifyGroup>  ("modify",  "group"),
    op::<people::group::ListGroup>    ("list",    "group"),
    op::<people::group::DeleteGroup>  ("delete",  "group"),
    op::<people::group::RestoreGroup> ("restore", "group"),
    op::<people::company::CreateCompany> ("create", "company"),
    op::<people::company::ModifyCompany> ("modify", "company"),
    op::<people::company::ListCompanies> ("list", "company"),
    op::<people::company::DeleteCompany> ("delete", "company"),
    op::<people::invite::CreateInvite> ("create", "invite"),
    op::<people::invite::DeleteInvite> ("delete", "invite"),
    op::<people::objs::ListObjs>      ("list",    "objs"),
    op::<history::ListHistory>        ("list",    "history"),
    op::<usage::ShowGlobalCounters>   ("show",    "global_counters"),
    op::<usage::ShowSysStat>          ("show",    "sys_stat"),
    op::<usage::ShowUsedTraffic>      ("show",    "used_traff"),
    op::<usage::ShowUsedTraffic>      ("show",    "user_stat"),
    op::<usage::ListAccounts>         ("list",    "accounts").only(Family::System),

    op::<node::CreateNode>            ("create",  "node"),
    op::<node::ModifyNode>            ("modify",  "node"),
    op::<node::DeleteNode>            ("delete",  "node"),
    op::<node::ShowNode>              ("show",    "node"),
    op::<node::ListNode>              ("list",    "node"),
    op::<node::ResetNode>             ("reset",   "node"),
    op::<node::ListNodes>             ("list",    "nodes"),
    op::<archive::DownloadNode>       ("download", "node").only(Family::Download),

    op::<code::LoadCode>              ("load",    "api_code"),
    op::<code::CompileCode>           ("compile", "api_code"),
    op::<code::GetCode>               ("get",     "api_code"),

    op::<upload_tasks::UploadTasks>   ("create",  "task").only(Family::Upload),
    op::<task::CreateTask>            ("create",  "task"),
    op::<task::ModifyTask>            ("modify",  "task"),
    op::<task::ShowTask>              ("show",    "task"),
    op::<task::DeleteTask>            ("delete",  "task"),
    op::<step::Step<step::Next>>      ("step_next", "task"),
    op::<step::Step<step::Prev>>      ("step_prev", "task"),
    op::<step::Step<step::Goto>>      ("step_goto", "task"),
    op::<trace::ListHistory>          ("list",    "task_history"),
    op::<trace::ShowStat>             ("show",    "stat"),

    op::<commit::ConfirmCommit>       ("confirm", "commit"),
    op::<commit::ShowCommit>          ("show",    "commit"),
    op::<commit::DeleteCommit>        ("delete",  "commit"),
    op::<commit::ListCommits>         ("list",    "commits"),
    op::<commit::DeleteCommits>       ("delete",  "commits"),
    op::<snapshot::CreateSnapshot>    ("create",  "snapshot"),
    op::<snapshot::ListSnapshots>     ("list",    "snapshots"),
    op::<snapshot::DeleteSnapshot>    ("delete",  "snapshot"),
    op::<conf::ShowConf>              ("show",    "conf"),

    op::<upload::Upload<false>>       ("create",  "obj_scheme").only(Family::Upload),
    op::<upload::Upload<true>>        ("validate", "obj_scheme").only(Family::Upload),
    op::<upload::UploadInfo>          ("get",     "upload_info").only(Family::UploadInfo),
    op::<scheme::GetScheme>           ("get",     "obj_scheme"),
    op::<scheme::GetScheme>           ("create",  "obj_scheme"),
    op::<scheme::GetScheme>           ("download", "obj_scheme").only(Family::Download),
    op::<scheme::CheckScheme>         ("check",   "obj_scheme"),
    op::<copy::Copy>                  ("create",  "obj_copy"),
    op::<merge::Compare>              ("compare", "obj_scheme").only(Family::Compare),
    op::<merge::Merge>                ("merge",   "obj_scheme").only(Family::Merge),
    op::<job::Statistics>             ("get",     "statistics"),
    op::<job::Statistics>             ("show",    "sum_stat"),
    op::<job::StopUpload>             ("stop",    "upload"),
];
