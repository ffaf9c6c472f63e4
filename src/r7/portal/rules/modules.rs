//! The portal's products, add-ons and their modules, and who may open them (upstream: `WebItemManager`,
//! `WebItemSecurity`). Pure.

use uuid::Uuid;

use crate::kernel::settings::Language;

/// People: its administrators may invite.
pub(crate) const PEOPLE: Uuid = Uuid::from_u128(0xf4d9_8afd_d336_4332_8778_3c69_45c8_1ea0);
const DOCUMENTS: Uuid = Uuid::from_u128(0xe67b_e73d_f9ae_4ce1_8fec_1880_cb51_8cb4);
const PROJECTS: Uuid = Uuid::from_u128(0x1e04_4602_43b5_4d79_82f3_fd62_08a1_1960);
/// Customers; closed to guests.
pub(crate) const CRM: Uuid = Uuid::from_u128(0x6743_007c_6f95_4d20_8c88_a860_1ce5_e76d);
const COMMUNITY: Uuid = Uuid::from_u128(0xea94_2538_e68e_4907_9394_0353_36ee_0ba8);
const MAIL: Uuid = Uuid::from_u128(0x2a92_3037_8b2d_487b_9a22_5ac0_918a_cf3f);
const CALENDAR: Uuid = Uuid::from_u128(0x32d2_4cb5_7ece_4606_9c94_1921_6ba4_2086);
const TALK: Uuid = Uuid::from_u128(0xbf88_953e_3c43_4850_a3fb_b1e4_3ad5_3a3e);

/// What a portal consists of.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Module {
    pub(crate) id: Uuid,
    /// Upstream's `ProductClassName`.
    pub(crate) class: &'static str,
    title: [&'static str; 2],
    pub(crate) kind: Kind,
}

/// What sort of thing a module is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Has administrators of its own.
    Product,
    /// A product's helper: calendar, talk.
    Addon,
    /// A part of a product.
    Part(Uuid),
}

impl Module {
    /// Its name in a language.
    pub(crate) const fn title(&self, language: Language) -> &'static str {
        match language {
            Language::En => self.title[0],
            Language::Ru => self.title[1],
        }
    }

    /// A part of another.
    pub(crate) const fn is_part(&self) -> bool {
        matches!(self.kind, Kind::Part(_))
    }

    /// People, CRM and Mail are not for guests.
    fn is_for_guests(&self) -> bool {
        ![PEOPLE, CRM, MAIL].contains(&self.id)
    }
}

const fn module(id: Uuid, class: &'static str, en: &'static str, ru: &'static str, kind: Kind) -> Module {
    Module { id, class, title: [en, ru], kind }
}

const fn part(id: u128, class: &'static str, en: &'static str, ru: &'static str) -> Module {
    module(Uuid::from_u128(id), class, en, ru, Kind::Part(COMMUNITY))
}

/// Everything, in the portal's order.
#[rustfmt::skip]
pub(crate) static MODULES: &[Module] = &[
    module(DOCUMENTS, "documents", "Documents", "Документы", Kind::Product),
    module(PROJECTS, "projects", "Projects", "Проекты", Kind::Product),
    module(CRM, "crm", "CRM", "CRM", Kind::Product),
    module(COMMUNITY, "community", "Community", "Сообщество", Kind::Product),
    module(PEOPLE, "people", "People", "Люди", Kind::Product),
    module(TALK, "talk", "Talk", "Чат", Kind::Addon),
    module(CALENDAR, "calendar", "Calendar", "Календарь", Kind::Addon),
    module(MAIL, "mail", "Mail", "Почта", Kind::Product),
    part(0x6a59_8c74_91ae_437d_a5f4_ad33_9bd1_1bb2, "blog", "Blogs", "Блоги"),
    part(0x3cfd_481b_46f2_4a4a_b55c_b8c0_c9de_f02c, "news", "Events", "События"),
    part(0x853b_6eb9_73ee_438d_9b09_8ffe_edf3_6234, "forum", "Forums", "Форумы"),
    part(0x28b1_0049_dd20_4f54_b986_873b_c14c_cfc7, "bookmarking", "Bookmarks", "Закладки"),
    part(0x742c_f945_cbbc_4a57_82d6_1600_a12c_f8ca, "wiki", "Wiki", "Вики"),
    part(0x3762_0ae5_c40b_45ce_855a_39dd_7d76_a1fa, "birthdays", "Birthdays", "Дни рождения"),
];

/// The module with that id.
pub(crate) fn find(id: Uuid) -> Option<&'static Module> {
    MODULES.iter().find(|module| module.id == id)
}

/// To whom a module was given: everybody, if nobody is named.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub(crate) struct Grant {
    /// Open to the subjects, or closed to them.
    pub(crate) enabled: bool,
    /// Users and groups; none: everybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) subjects: Vec<Uuid>,
}

/// Who asks for a module.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asker<'a> {
    pub(crate) id: Uuid,
    pub(crate) is_guest: bool,
    /// A full administrator, or one of the module.
    pub(crate) is_admin: bool,
    pub(crate) groups: &'a [Uuid],
}

/// Whether the person may open the module, as it was given by `grants`; what was never given is open to everybody.
pub(crate) fn is_open(id: Uuid, asker: Asker<'_>, grants: &dyn Fn(Uuid) -> Option<Grant>) -> bool {
    let Some(module) = find(id) else { return false };
    if asker.is_guest && !module.is_for_guests() {
        return false;
    }
    let open = grants(id).is_none_or(|grant| {
        let named = grant.subjects.iter().any(|it| *it == asker.id || asker.groups.contains(it));
        let listed = grant.subjects.is_empty() || named;
        (grant.enabled && listed) || (!grant.subjects.is_empty() && asker.is_admin)
    });
    open && match module.kind {
        Kind::Part(parent) => is_open(parent, asker, grants),
        Kind::Product | Kind::Addon => true,
    }
}

/// What an unspecific `enabled` with these subjects comes to: upstream takes an empty list for "everybody", and then
/// opens the module even where it was asked to close it.
pub(crate) fn given(enabled: bool, subjects: Vec<Uuid>) -> Grant {
    const EVERYONE: Uuid = Uuid::from_u128(0xc5cc_67d1_c3e8_43c0_a3ad_3928_ae3e_5b5e);
    let enabled = enabled || subjects.is_empty();
    let subjects = if subjects.contains(&EVERYONE) { Vec::new() } else { subjects };
    Grant { enabled, subjects }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANNA: Uuid = Uuid::from_u128(1);
    const GROUP: Uuid = Uuid::from_u128(2);
    const BLOG: Uuid = Uuid::from_u128(0x6a59_8c74_91ae_437d_a5f4_ad33_9bd1_1bb2);

    #[test]
    fn who_may_open_what() {
        let grant = |enabled, subjects: &[Uuid]| Some(Grant { enabled, subjects: subjects.to_vec() });
        let person = Asker { id: ANNA, is_guest: false, is_admin: false, groups: &[GROUP] };
        let stranger = Asker { id: Uuid::from_u128(9), groups: &[], ..person };
        let admin = Asker { is_admin: true, ..stranger };
        let guest = Asker { is_guest: true, ..person };
        for (asker, id, grant, open) in [
            (person, CRM, None, true),
            (guest, CRM, None, false),
            (guest, DOCUMENTS, None, true),
            (person, Uuid::from_u128(5), None, false),
            (person, CRM, grant(false, &[]), false),
            (admin, CRM, grant(false, &[]), false),
            (person, CRM, grant(true, &[ANNA]), true),
            (person, CRM, grant(true, &[GROUP]), true),
            (stranger, CRM, grant(true, &[GROUP]), false),
            (admin, CRM, grant(true, &[GROUP]), true),
            (person, CRM, grant(false, &[ANNA]), false),
        ] {
            let grants = |asked: Uuid| grant.clone().filter(|_| asked == id);
            assert_eq!(is_open(id, asker, &grants), open, "{asker:?} {id} {grant:?}");
        }
        let closed = |asked: Uuid| grant(false, &[]).filter(|_| asked == COMMUNITY);
        assert!(!is_open(BLOG, person, &closed), "a part goes with its product");
    }

    #[test]
    fn closing_a_module_for_an_empty_list_opens_it() {
        assert_eq!(given(false, Vec::new()), Grant { enabled: true, subjects: Vec::new() });
        assert_eq!(given(false, vec![ANNA]), Grant { enabled: false, subjects: vec![ANNA] });
    }
}
