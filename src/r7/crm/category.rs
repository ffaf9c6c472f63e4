//! `crm/history/category` (sheet r7/crm 3.5).

use schemars::JsonSchema;
use serde::Deserialize;

use super::ListItemId;
use super::answer::list::Category;
use super::cards::ListCard;
use super::event::positive;
use super::history::admin;
use super::rules::defaults::ListKind;
use crate::kernel::db::Access;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::{Fault, bad_argument, not_found};
use crate::r7::files::ids;
use crate::r7::store;
use crate::r7::store::crm::list::ItemRow;

/// `GET crm/history/category`: by sort order; system categories are not listed.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct ListCategories {}

impl Endpoint for ListCategories {
    const ACCESS: Access = Access::Read;
    type Out = Vec<Category>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<Category>, Fault> {
        let rows = store::crm::list::history_categories(cx.conn).await?;
        Ok(rows.into_iter().map(|row| Category::of(row.card.0, row.uses)).collect())
    }
}

/// sheet r7/crm 3.5: reduced to its file name; whether there is such a picture is not looked at.
fn file_name(image: &str) -> &str {
    image.rsplit(['/', '\\']).next().unwrap_or_default()
}

fn with_image(card: ListCard, image: &str) -> ListCard {
    ListCard { image: Some(image.to_owned()), ..card }
}

/// `POST crm/history/category`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct CreateCategory {
    title: String,
    description: Option<String>,
    imagename: String,
    sortorder: i32,
}

impl Endpoint for CreateCategory {
    const ACCESS: Access = Access::Single;
    type Out = Category;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Category, Fault> {
        admin(cx)?;
        let image = file_name(&self.imagename);
        if self.title.is_empty() || image.is_empty() {
            return Err(bad_argument());
        }
        let description = self.description.clone().unwrap_or_default();
        // sheet r7/crm 3.5: a title that is there already gives the old id, and nothing is stored.
        let id = if let Some(id) = store::crm::list::titled(cx.conn, &self.title).await? {
            id
        } else {
            let order = self.sortorder.into();
            store::crm::list::insert_category(cx.conn, &self.title, &description, image, order).await?
        };
        let row = store::crm::list::find(cx.conn, id).await?.ok_or_else(not_found)?;
        // sheet r7/crm 2.2: the answer to a creation echoes the request.
        Ok(Category {
            title: self.title,
            description: self.description,
            color: None,
            sort_order: self.sortorder.into(),
            ..Category::of(with_image(row.card.0, image), row.uses)
        })
    }
}

/// A list item by id; which list it is of does not matter (sheet r7/crm 3.5).
async fn item(cx: &mut Cx<'_>, id: i32) -> Result<ItemRow, Fault> {
    admin(cx)?;
    let id = ListItemId(positive(id)?);
    store::crm::list::find(cx.conn, id).await?.ok_or_else(not_found)
}

/// `PUT crm/history/category/{id}`; refused once the category is used.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct UpdateCategory {
    id: i32,
    #[serde(default)]
    title: String,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    imagename: String,
}

impl Endpoint for UpdateCategory {
    const ACCESS: Access = Access::Single;
    type Out = Category;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Category, Fault> {
        if self.title.is_empty() {
            admin(cx)?;
            return Err(bad_argument());
        }
        let row = item(cx, self.id).await?;
        if row.uses > 0 {
            return Err(in_use("Can't be edited. "));
        }
        let image = Some(file_name(&self.imagename)).filter(|image| !image.is_empty());
        let description = self.description.unwrap_or_default();
        store::crm::list::set_item(cx.conn, row.card.0.id, &self.title, &description, image).await?;
        let mut card = row.card.0;
        (card.title, card.description) = (self.title, description);
        card.image = image.map(str::to_owned);
        Ok(Category::of(card, 0))
    }
}

fn in_use(what: &str) -> Fault {
    Fault::Argument(format!("{what}There are some history events with this category.").into())
}

/// `PUT crm/history/category/{id}/icon`; allowed when used.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct UpdateIcon {
    id: i32,
    #[serde(default)]
    imagename: String,
}

impl Endpoint for UpdateIcon {
    const ACCESS: Access = Access::Single;
    type Out = Category;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Category, Fault> {
        let image = file_name(&self.imagename);
        if image.is_empty() {
            admin(cx)?;
            return Err(bad_argument());
        }
        let row = item(cx, self.id).await?;
        store::crm::list::set_image(cx.conn, row.card.0.id, image).await?;
        Ok(Category::of(with_image(row.card.0, image), row.uses))
    }
}

/// `PUT crm/history/category/reorder`: by title; the first becomes 0.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct ReorderCategories {
    titles: Vec<String>,
}

impl Endpoint for ReorderCategories {
    const ACCESS: Access = Access::Single;
    type Out = Vec<Category>;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Vec<Category>, Fault> {
        admin(cx)?;
        let rows = store::crm::list::history_categories(cx.conn).await?;
        let mut ordered = Vec::new();
        for (title, sort_order) in self.titles.iter().zip(0..) {
            // sheet r7/crm 3.5: an unknown title is 500, the text of a null access.
            let Some(row) = rows.iter().find(|row| row.card.0.title == *title) else {
                return Err(Fault::Failure("Object reference not set to an instance of an object.".into()));
            };
            let mut card = row.card.0.clone();
            card.sort_order = sort_order;
            ordered.push(Category::of(card, row.uses));
        }
        if !ordered.is_empty() {
            store::crm::list::reorder_categories(cx.conn, &ids::json(&self.titles)).await?;
        }
        Ok(ordered)
    }
}

/// `DELETE crm/history/category/{id}`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct DeleteCategory {
    id: i32,
}

impl Endpoint for DeleteCategory {
    const ACCESS: Access = Access::Single;
    type Out = Category;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Category, Fault> {
        let row = item(cx, self.id).await?;
        // An item of another list is answered for, but stays.
        if row.kind == ListKind::HistoryCategory.number()
            && store::crm::list::history_categories(cx.conn).await?.len() < 2
        {
            return Err(Fault::Argument("The last history category cannot be deleted".into()));
        }
        if row.uses > 0 {
            return Err(in_use("Can't be deleted. "));
        }
        store::crm::list::remove_category(cx.conn, row.card.0.id).await?;
        Ok(Category::of(row.card.0, row.uses))
    }
}
