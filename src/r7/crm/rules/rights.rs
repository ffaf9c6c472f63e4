//! Who may read and edit what (sheet r7/crm 3.1, 4.4). Pure.

use uuid::Uuid;

use crate::r7::crm::cards::{ContactCard, EntityCard};

/// Whose rights are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Viewer {
    pub(crate) id: Uuid,
    /// CRM admin: a full admin of the portal counts (sheet r7/crm 0).
    pub(crate) admin: bool,
}

impl Viewer {
    /// sheet r7/crm 4.4: read: shareType 1 or 2, manager, admin.
    pub(crate) fn reads_contact(self, contact: &ContactCard) -> bool {
        contact.share_type == 2 || self.edits_contact(contact)
    }

    /// sheet r7/crm 4.4: edit: shareType 1, manager, admin.
    pub(crate) fn edits_contact(self, contact: &ContactCard) -> bool {
        self.admin || contact.share_type == 1 || contact.managers.contains(&self.id)
    }

    /// Opportunities and cases; reading and editing go together: what is public everyone may, what is private those on
    /// its list, its creator, its responsible, an admin (sheet r7/crm 4.4).
    pub(crate) fn uses_entity(self, entity: &EntityCard) -> bool {
        self.admin
            || !entity.is_private
            || entity.created_by == self.id
            || entity.responsible == Some(self.id)
            || entity.access.contains(&self.id)
    }

    /// Whether an event may be read: the contact decides, if there is one, else the entity.
    pub(crate) fn reads_event(self, contact: Option<&ContactCard>, entity: Option<&EntityCard>) -> bool {
        match (contact, entity) {
            _ if self.admin => true,
            (Some(contact), _) => self.reads_contact(contact),
            (None, Some(entity)) => self.uses_entity(entity),
            (None, None) => false,
        }
    }

    /// Whether an event may be edited and deleted: whoever may edit its contact, or wrote it and may read the contact;
    /// without a contact the same of the entity; with nothing left to ask, nobody but an admin (sheet r7/crm 3.1, 4).
    pub(crate) fn edits_event(
        self,
        author: Uuid,
        contact: Option<&ContactCard>,
        entity: Option<&EntityCard>,
    ) -> bool {
        match (contact, entity) {
            _ if self.admin => true,
            (Some(contact), _) => {
                self.edits_contact(contact) || (author == self.id && self.reads_contact(contact))
            }
            (None, Some(entity)) => self.uses_entity(entity),
            (None, None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::r7::crm::ContactId;
    use crate::r7::crm::cards::EntityKind;

    const ME: Uuid = Uuid::from_u128(1);
    const OTHER: Uuid = Uuid::from_u128(2);

    fn contact(share_type: i64, managers: &[Uuid]) -> ContactCard {
        ContactCard {
            id: ContactId(1),
            is_company: false,
            first_name: String::new(),
            last_name: String::new(),
            company_name: String::new(),
            share_type,
            managers: managers.to_vec(),
            photo: None,
        }
    }

    fn entity(is_private: bool, access: &[Uuid], created_by: Uuid, responsible: Option<Uuid>) -> EntityCard {
        let title = String::new();
        let access = access.to_vec();
        EntityCard { kind: EntityKind::Case, id: 1, title, is_private, access, created_by, responsible }
    }

    #[test]
    fn a_contact_is_for_whom_it_is_shared_with() {
        let me = Viewer { id: ME, admin: false };
        let admin = Viewer { admin: true, ..me };
        // sheet r7/crm 4.4: (share type, managers, read, edit)
        for (share, managers, read, edit) in [
            (0, &[][..], false, false),
            (0, &[OTHER][..], false, false),
            (0, &[ME][..], true, true),
            (1, &[][..], true, true),
            (2, &[][..], true, false),
            (2, &[ME][..], true, true),
        ] {
            let contact = contact(share, managers);
            assert_eq!((me.reads_contact(&contact), me.edits_contact(&contact)), (read, edit), "{contact:?}");
            assert!(admin.reads_contact(&contact) && admin.edits_contact(&contact));
        }
    }

    #[test]
    fn a_private_entity_is_for_its_list_its_creator_and_its_responsible() {
        let me = Viewer { id: ME, admin: false };
        for (entity, may) in [
            (entity(false, &[], OTHER, None), true),
            (entity(true, &[], OTHER, None), false),
            (entity(true, &[OTHER], OTHER, Some(OTHER)), false),
            (entity(true, &[ME], OTHER, None), true),
            (entity(true, &[], ME, None), true),
            (entity(true, &[], OTHER, Some(ME)), true),
        ] {
            assert_eq!(me.uses_entity(&entity), may, "{entity:?}");
            assert!(Viewer { admin: true, ..me }.uses_entity(&entity));
        }
    }

    #[test]
    fn an_event_follows_its_contact_then_its_entity() {
        let me = Viewer { id: ME, admin: false };
        let (closed, readable, open) = (contact(0, &[]), contact(2, &[]), contact(1, &[]));
        let (hidden, public) = (entity(true, &[], OTHER, None), entity(false, &[], OTHER, None));
        // sheet r7/crm 3.1, step 4: (author, contact, entity, read, edit)
        for (author, contact, entity, read, edit) in [
            (OTHER, Some(&open), None, true, true),
            (OTHER, Some(&readable), None, true, false),
            (ME, Some(&readable), None, true, true),
            (ME, Some(&closed), None, false, false),
            // The contact decides alone, whatever the entity says.
            (ME, Some(&closed), Some(&public), false, false),
            (OTHER, Some(&open), Some(&hidden), true, true),
            (OTHER, None, Some(&public), true, true),
            (ME, None, Some(&hidden), false, false),
            (ME, None, None, false, false),
        ] {
            let found = (me.reads_event(contact, entity), me.edits_event(author, contact, entity));
            assert_eq!(found, (read, edit), "{author} {contact:?} {entity:?}");
            let admin = Viewer { admin: true, ..me };
            assert!(admin.reads_event(contact, entity) && admin.edits_event(author, contact, entity));
        }
    }
}
