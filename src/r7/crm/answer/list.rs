//! List items and stages in answers (sheet r7/crm 2.2).

use schemars::JsonSchema;
use serde::Serialize;

use super::is_zero;
use crate::r7::crm::cards::{ListCard, StageCard};
use crate::r7::crm::rules::defaults;
use crate::r7::crm::{ListItemId, StageId};
use crate::r7::wire::Answer;

/// Where the portal keeps the icons of categories.
const IMAGES: &str = "/Products/CRM/App_Themes/default/images/";

/// A history category, with `relativeItemsCount` where the answer counts its events.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Category {
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) relative_items_count: i64,
    /// Always there, null without an icon.
    pub(crate) image_path: Option<String>,
    pub(crate) title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) color: Option<String>,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) sort_order: i64,
    pub(crate) id: ListItemId,
}

impl Answer for Category {}

impl Category {
    /// A stored category: empty texts stay (sheet r7/crm 2.2).
    pub(crate) fn of(card: ListCard, uses: i64) -> Self {
        Self {
            relative_items_count: uses,
            image_path: card.image.map(|image| format!("{IMAGES}{image}")),
            title: card.title,
            description: Some(card.description),
            color: Some(card.color),
            sort_order: card.sort_order,
            id: card.id,
        }
    }

    /// A system category: only picture, title and id.
    pub(crate) fn system(id: ListItemId) -> Option<Self> {
        let system = defaults::system(id.0)?;
        Some(Self {
            relative_items_count: 0,
            image_path: Some(format!("{IMAGES}{}", system.image)),
            title: system.title.to_owned(),
            description: None,
            color: None,
            sort_order: 0,
            id,
        })
    }
}

/// A contact's status: the same without a picture.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Status {
    title: String,
    description: String,
    color: String,
    #[serde(skip_serializing_if = "is_zero")]
    sort_order: i64,
    id: ListItemId,
}

impl From<ListCard> for Status {
    fn from(card: ListCard) -> Self {
        let ListCard { id, title, description, color, sort_order, .. } = card;
        Self { title, description, color, sort_order, id }
    }
}

/// A stage; `sortOrder` is never there (sheet r7/crm 2.2).
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the wire's names")]
pub(crate) struct Stage {
    #[serde(skip_serializing_if = "is_zero")]
    relative_items_count: i64,
    success_probability: i64,
    stage_type: i64,
    title: String,
    description: String,
    color: String,
    id: StageId,
}

impl Answer for Stage {}

impl Stage {
    /// `uses`: opportunities at this stage, or 0 where the answer does not count them.
    pub(crate) fn of(card: StageCard, uses: i64) -> Self {
        Self {
            relative_items_count: uses,
            success_probability: card.success_probability,
            stage_type: card.stage_type,
            title: card.title,
            description: card.description,
            color: card.color,
            id: card.id,
        }
    }
}
