//! Ids of the service, each a type of its own, and the kinds of objects that lie in folders.

use serde_json::{Value, json};

use crate::kernel::ids::int_id;

int_id!(FolderId, "a folder's id; 0 is the root of a company");
int_id!(ConvId, "a process's or state diagram's id");
int_id!(DashboardId, "a dashboard's id");
int_id!(AliasId, "an alias's id");
int_id!(EnvVarId, "an environment variable's id");
int_id!(InstanceId, "a database connection's id");
int_id!(VersionId, "the id of a saved version of a stage");
int_id!(UserId, "the id of a user: a person or an API key");
int_id!(GroupId, "the id of a group of users");

impl FolderId {
    /// The root of a company.
    pub(crate) const ROOT: Self = Self(0);
}

/// What lies in folders, or belongs to a project or stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Folder,
    Conv,
    Dashboard,
    /// A folder of its own kind, in the root of a company.
    Project,
    /// A folder of its own kind, in a project.
    Stage,
    /// A database connection.
    Instance,
    /// A name for a process: of a stage, of a project, or of a company.
    Alias,
    /// An environment variable of a stage.
    EnvVar,
    /// A saved zip of a stage; of its project.
    Version,
}

/// The words of what lies in folders.
pub(crate) const KINDS: &[&str] = &["folder", "conv", "dashboard", "project", "stage", "instance"];

impl Kind {
    /// Its word in `obj` and `obj_type`.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::Conv => "conv",
            Self::Dashboard => "dashboard",
            Self::Project => "project",
            Self::Stage => "stage",
            Self::Instance => "instance",
            Self::Alias => "alias",
            Self::EnvVar => "env_var",
            Self::Version => "version",
        }
    }

    /// Whether other objects lie in it: all such share their ids and a table.
    pub(crate) const fn is_folder(self) -> bool {
        matches!(self, Self::Folder | Self::Project | Self::Stage)
    }

    /// Whether it belongs to a stage (or project) without lying in a folder of it, and goes wherever that goes.
    pub(crate) const fn is_beside(self) -> bool {
        matches!(self, Self::Alias | Self::EnvVar)
    }

    /// What lies in folders, in the order of listings.
    const IN_FOLDERS: [Self; 6] =
        [Self::Folder, Self::Conv, Self::Dashboard, Self::Project, Self::Stage, Self::Instance];

    /// The kind of a word, of what lies in folders.
    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::IN_FOLDERS.into_iter().find(|kind| kind.word() == word)
    }

    /// The kind of a word, of everything that has an owner (`get object`, `modify owner`).
    pub(crate) fn of_any(word: &str) -> Option<Self> {
        let others = [Self::Alias, Self::EnvVar, Self::Version];
        Self::of(word).or_else(|| others.into_iter().find(|kind| kind.word() == word))
    }
}

/// An object of any kind: ids of different kinds overlap, so an id alone names nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Thing {
    pub(crate) kind: Kind,
    pub(crate) id: i64,
}

impl Thing {
    /// The id on the wire.
    pub(crate) fn wire_id(self) -> Value {
        json!(self.id)
    }
}

impl From<FolderId> for Thing {
    fn from(id: FolderId) -> Self {
        Self { kind: Kind::Folder, id: id.0 }
    }
}

impl From<ConvId> for Thing {
    fn from(id: ConvId) -> Self {
        Self { kind: Kind::Conv, id: id.0 }
    }
}

impl From<InstanceId> for Thing {
    fn from(id: InstanceId) -> Self {
        Self { kind: Kind::Instance, id: id.0 }
    }
}

impl From<VersionId> for Thing {
    fn from(id: VersionId) -> Self {
        Self { kind: Kind::Version, id: id.0 }
    }
}

impl From<DashboardId> for Thing {
    fn from(id: DashboardId) -> Self {
        Self { kind: Kind::Dashboard, id: id.0 }
    }
}

impl From<AliasId> for Thing {
    fn from(id: AliasId) -> Self {
        Self { kind: Kind::Alias, id: id.0 }
    }
}

impl From<EnvVarId> for Thing {
    fn from(id: EnvVarId) -> Self {
        Self { kind: Kind::EnvVar, id: id.0 }
    }
}
