//! One node over time: what is deployed, what waits (sheet corezoid/api 4.1, 4.2). Pure.

use super::node::NodeDoc;

/// A change that waits for its version to be confirmed. One a node: the last writer wins.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    pub(crate) version: i64,
    pub(crate) user_id: i64,
    /// Unix seconds.
    pub(crate) time: i64,
    /// `None`: the node is to be removed.
    pub(crate) doc: Option<NodeDoc>,
}

/// A node of a process.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) id: String,
    /// What is deployed.
    pub(crate) live: Option<NodeDoc>,
    pub(crate) draft: Option<Draft>,
}

impl Node {
    /// What the next person who edits it sees: the draft over the live form; nothing when it is to be removed.
    pub(crate) fn edited(&self) -> Option<&NodeDoc> {
        match &self.draft {
            Some(draft) => draft.doc.as_ref(),
            None => self.live.as_ref(),
        }
    }

    /// What is deployed once `version` is confirmed: drafts of other versions go on waiting.
    pub(crate) fn confirmed(&self, version: i64) -> Option<&NodeDoc> {
        match &self.draft {
            Some(draft) if draft.version == version => draft.doc.as_ref(),
            _ => self.live.as_ref(),
        }
    }

    /// Whether confirming `version` would change it.
    pub(crate) fn waits_for(&self, version: i64) -> bool {
        self.draft.as_ref().is_some_and(|draft| draft.version == version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corezoid::model::node::NodeKind;

    fn doc(title: &str) -> NodeDoc {
        NodeDoc::new(NodeKind::Normal, title.to_owned(), String::new())
    }

    #[test]
    fn only_the_confirmed_version_goes_live() {
        let draft =
            |version, title: Option<&str>| Some(Draft { version, user_id: 1, time: 0, doc: title.map(doc) });
        for (live, draft, edited, at_7, at_8) in [
            (Some("a"), None, Some("a"), Some("a"), Some("a")),
            (Some("a"), draft(7, Some("b")), Some("b"), Some("b"), Some("a")),
            (None, draft(7, Some("b")), Some("b"), Some("b"), None),
            (Some("a"), draft(7, None), None, None, Some("a")),
        ] {
            let node = Node { id: "n".to_owned(), live: live.map(doc), draft };
            let title = |doc: Option<&NodeDoc>| doc.map(|doc| doc.title.clone());
            assert_eq!(title(node.edited()).as_deref(), edited);
            assert_eq!(title(node.confirmed(7)).as_deref(), at_7);
            assert_eq!(title(node.confirmed(8)).as_deref(), at_8);
            assert_eq!(node.waits_for(7), node.draft.is_some());
            assert!(!node.waits_for(8) && !node.waits_for(6));
            assert_eq!(node.confirmed(6), node.live.as_ref());
        }
    }
}
