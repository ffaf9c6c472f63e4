//! What a fresh portal's CRM holds, in its two languages (sheet r7/crm 3.6). Pure.

use serde::Serialize;

use crate::kernel::settings::Language;

/// Kinds of list, as they are stored (sheet r7/crm 2.8, `ListType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListKind {
    ContactStatus = 1,
    TaskCategory = 2,
    HistoryCategory = 3,
    ContactType = 4,
}

impl ListKind {
    /// The stored number.
    pub(crate) const fn number(self) -> i64 {
        self as i64
    }
}

/// A list item as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Item {
    pub(crate) id: i64,
    pub(crate) kind: i64,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) color: String,
    pub(crate) image: Option<String>,
    pub(crate) sort_order: i64,
}

/// A stage as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_field_names, reason = "the columns' names")]
pub(crate) struct Stage {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) color: String,
    pub(crate) success_probability: i64,
    pub(crate) stage_type: i64,
    pub(crate) sort_order: i64,
}

/// English, Russian, colour or icon.
type Line = (&'static str, &'static str, &'static str);

const TASK_CATEGORIES: [Line; 12] = [
    ("Phone call", "Звонок", "call"),
    ("Opportunity", "Возможная сделка", "deal"),
    ("Demo", "Демо", "demo"),
    ("Email", "Электронная почта", "email"),
    ("Fax", "Факс", "fax"),
    ("Execution control", "Проверка выполнения", "follow_up"),
    ("Lunch", "Обед", "lunch"),
    ("Appointment", "Встреча", "meeting"),
    ("Note", "Заметка", "note"),
    ("Delivery", "Доставка", "ship"),
    ("Social networks", "Социальные сети", "social_networks"),
    ("Expression of gratitude", "Выражение благодарности", "thank_you"),
];
const CONTACT_STATUSES: [Line; 3] =
    [("Cold", "Холодный", "#8a98d8"), ("Warm", "Теплый", "#ffd267"), ("Hot", "Горячий", "#df7895")];
const CONTACT_TYPES: [Line; 4] = [
    ("Client", "Клиент", ""),
    ("Supplier", "Поставщик", ""),
    ("Partner", "Партнер", ""),
    ("Competitor", "Конкурент", ""),
];
const HISTORY_CATEGORIES: [Line; 4] = [
    ("Note", "Заметка", "note"),
    ("Email", "Электронная почта", "email"),
    ("Phone call", "Звонок", "call"),
    ("Appointment", "Встреча", "meeting"),
];
/// English, Russian, probability, type, colour, sort value.
const STAGES: [(&str, &str, i64, i64, &str, i64); 9] = [
    ("Initial contact", "Первичный контакт", 1, 0, "#e795c1", 1),
    ("Application of initial fit criteria", "Применение критериев отбора", 2, 0, "#df7895", 2),
    ("Suspect", "Потенциальный клиент", 3, 0, "#f48454", 1),
    ("Need assessment", "Требуется идентификация", 20, 0, "#b58fd6", 2),
    ("Qualified prospect", "Квалификация клиента", 50, 0, "#d28cc8", 3),
    ("Proposal", "Предложение", 75, 0, "#ffb45e", 4),
    ("Negotiations", "Переговоры", 90, 0, "#ffd267", 5),
    ("Closure/Transaction", "Закрытие/Заключение сделки", 100, 1, "#6bbd72", 6),
    ("Unsuccessfully closed", "Закрыта неудачно", 0, 2, "#f2a9be", 7),
];

fn say(language: Language, (english, russian): (&str, &str)) -> String {
    match language {
        Language::En => english.to_owned(),
        Language::Ru => russian.to_owned(),
    }
}

/// The lists; one sequence of ids runs through all four (sheet r7/crm 3.6).
pub(crate) fn lists(language: Language) -> Vec<Item> {
    let lists: [(ListKind, &[Line], &str); 4] = [
        (ListKind::TaskCategory, &TASK_CATEGORIES, "task_category_"),
        (ListKind::ContactStatus, &CONTACT_STATUSES, ""),
        (ListKind::ContactType, &CONTACT_TYPES, ""),
        (ListKind::HistoryCategory, &HISTORY_CATEGORIES, "event_category_"),
    ];
    let mut items = Vec::new();
    let mut id = 0;
    for (kind, lines, icons) in lists {
        for ((english, russian, mark), sort_order) in lines.iter().zip(1..) {
            let image = (!icons.is_empty()).then(|| format!("{icons}{mark}.png"));
            id += 1;
            items.push(Item {
                id,
                kind: kind.number(),
                title: say(language, (english, russian)),
                description: String::new(),
                color: if image.is_none() { (*mark).to_owned() } else { String::new() },
                image,
                sort_order,
            });
        }
    }
    items
}

/// The stages.
pub(crate) fn stages(language: Language) -> Vec<Stage> {
    let numbered = STAGES.iter().zip(1..);
    numbered
        .map(|((english, russian, success_probability, stage_type, color, sort_order), id)| Stage {
            id,
            title: say(language, (english, russian)),
            description: String::new(),
            color: (*color).to_owned(),
            success_probability: *success_probability,
            stage_type: *stage_type,
            sort_order: *sort_order,
        })
        .collect()
}

/// A category that is not stored (sheet r7/crm 2.2: only picture, title and id).
pub(crate) struct System {
    pub(crate) image: &'static str,
    pub(crate) title: &'static str,
}

/// Files were attached to an entity: the category of the event that holds them.
pub(crate) const FILES_UPLOAD: i64 = -2;
/// Its content; like all texts of the CRM in English, whatever the portal's language (sheet r7/crm 6).
pub(crate) const FILES_UPLOADED: &str = "Files are uploaded";

/// The system category of that id.
pub(crate) const fn system(id: i64) -> Option<System> {
    match id {
        -1 => Some(System { image: "event_category_close.png", title: "Task is closed" }),
        FILES_UPLOAD => Some(System { image: "event_category_attach_file.png", title: FILES_UPLOADED }),
        -3 => Some(System { image: "event_category_email.png", title: "Mail Message" }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_run_as_in_a_fresh_portal() {
        let items = lists(Language::En);
        let at = |id: i64| items.iter().find(|item| item.id == id).unwrap();
        // sheet r7/crm 3.6; Go's client relies on task category 2, and on Note being the first history category.
        for (id, kind, title, image, color, sort) in [
            (2, 2, "Opportunity", Some("task_category_deal.png"), "", 2),
            (13, 1, "Cold", None, "#8a98d8", 1),
            (19, 4, "Competitor", None, "", 4),
            (20, 3, "Note", Some("event_category_note.png"), "", 1),
            (23, 3, "Appointment", Some("event_category_meeting.png"), "", 4),
        ] {
            let item = at(id);
            let found = (item.kind, &*item.title, item.image.as_deref(), &*item.color, item.sort_order);
            assert_eq!(found, (kind, title, image, color, sort));
        }
        assert_eq!(lists(Language::Ru)[19].title, "Заметка");
        assert_eq!((items.len(), stages(Language::Ru)[7].title.as_str()), (23, "Закрытие/Заключение сделки"));
    }
}
