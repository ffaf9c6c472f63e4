//! What statements bring of a row where an answer shows it in short, or where rights hang on it. Pure data.

use serde::Deserialize;
use uuid::Uuid;

use super::{ContactId, ListItemId, StageId};

/// A person or company.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct ContactCard {
    pub(crate) id: ContactId,
    pub(crate) is_company: bool,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) company_name: String,
    /// 0 private, 1 read and write, 2 read (sheet r7/crm 2.8).
    pub(crate) share_type: i64,
    pub(crate) managers: Vec<Uuid>,
    /// URL of the small picture, where it is not the portal's own.
    pub(crate) photo: Option<String>,
}

/// What an event can belong to besides a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum EntityKind {
    Opportunity,
    Case,
}

impl EntityKind {
    /// The word of answers (sheet r7/crm 2.1: never a number).
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Opportunity => "opportunity",
            Self::Case => "case",
        }
    }
}

/// An opportunity or a case.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct EntityCard {
    pub(crate) kind: EntityKind,
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) is_private: bool,
    /// Who may see it, if it is private.
    pub(crate) access: Vec<Uuid>,
    pub(crate) created_by: Uuid,
    /// Opportunities only.
    pub(crate) responsible: Option<Uuid>,
}

/// A stored list item.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct ListCard {
    pub(crate) id: ListItemId,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) color: String,
    /// File name of the icon.
    pub(crate) image: Option<String>,
    pub(crate) sort_order: i64,
}

/// A stage of opportunities.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct StageCard {
    pub(crate) id: StageId,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) color: String,
    pub(crate) success_probability: i64,
    /// 0 open, 1 won, 2 lost.
    pub(crate) stage_type: i64,
}
