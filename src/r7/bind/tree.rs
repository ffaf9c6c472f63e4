//! What was sent, as a tree of names: the shape that every bracket style, JSON and XML have in common. Pure.

use std::collections::BTreeMap;

use super::Json;

/// Deeper names than this are not looked at; no argument of the portal has more than four levels.
const MAX_DEPTH: usize = 32;
/// Nor longer ones: taking apart a name of nothing but brackets must not take long.
const MAX_NAME: usize = 1024;

/// Slots by lower-case name.
///
/// Top-level names ignore case. Inside objects upstream takes `PascalCase`, `camelCase` and `alllower`; taking every
/// case instead differs only for spellings that no client sends (sheet r7/transport 4).
#[derive(Debug, Default, Clone)]
pub(super) struct Object {
    slots: BTreeMap<String, Slot>,
}

/// All that was sent under one name.
#[derive(Debug, Default, Clone)]
pub(super) struct Slot {
    /// `a=1`, JSON scalars and lists of scalars, in order of appearance.
    pub(super) plain: Vec<Leaf>,
    /// `a[]`, `a[0]`, JSON lists of objects, by their place in order of appearance.
    pub(super) items: BTreeMap<usize, Item>,
    /// `a[x]`, a lone JSON object.
    pub(super) fields: Object,
    /// The place of an index in `items`.
    places: BTreeMap<u64, usize>,
}

/// An element of a list, with the index it was sent with.
#[derive(Debug, Default, Clone)]
pub(super) struct Item {
    pub(super) index: Option<u64>,
    pub(super) slot: Slot,
}

/// A scalar. Everything travels as text; only null is told apart, for the sake of optional texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Leaf {
    Null,
    Text(String),
}

impl Leaf {
    /// sheet r7/transport 4: JSON null arrives as empty text.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Null => "",
            Self::Text(text) => text,
        }
    }
}

/// A step into a name: `[3]`, `[]`, or `[x]` and `.x`.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step<'a> {
    Index(u64),
    Append,
    Name(&'a str),
}

/// A pair's name taken apart. A bracket that does not close counts as a dot.
fn split(name: &str) -> (&str, Vec<Step<'_>>) {
    let Some(start) = name.find(['[', '.']) else { return (name, Vec::new()) };
    let (head, mut rest) = name.split_at(start);
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some((inner, tail)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            steps.push(match inner.parse() {
                Ok(index) if inner.bytes().all(|byte| byte.is_ascii_digit()) => Step::Index(index),
                _ if inner.is_empty() => Step::Append,
                _ => Step::Name(inner),
            });
            rest = tail;
        } else {
            // `.X`, or text right after a bracket.
            let text = rest.strip_prefix(['.', '[']).unwrap_or(rest);
            let (inner, tail) = text.split_at(text.find(['[', '.']).unwrap_or(text.len()));
            if !inner.is_empty() {
                steps.push(Step::Name(inner));
            }
            rest = tail;
        }
    }
    (head, steps)
}

impl Object {
    /// What was sent under a lower-case name.
    pub(super) fn get(&self, name: &str) -> Option<&Slot> {
        self.slots.get(name)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Slot)> {
        self.slots.iter().map(|(name, slot)| (name.as_str(), slot))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    fn slot(&mut self, name: &str) -> &mut Slot {
        self.slots.entry(name.to_ascii_lowercase()).or_default()
    }

    /// Adds one pair of a route, a query or a form.
    pub(super) fn push_pair(&mut self, name: &str, value: String) {
        if name.len() > MAX_NAME {
            return;
        }
        let (head, steps) = split(name);
        if steps.len() > MAX_DEPTH {
            return;
        }
        let mut slot = self.slot(head);
        let mut left = steps.as_slice();
        while let Some((step, rest)) = left.split_first() {
            slot = slot.step(step, rest);
            left = rest;
        }
        slot.plain.push(Leaf::Text(value));
    }

    /// Adds the properties of a JSON object or the children of an XML element. A name that comes twice is a list.
    pub(super) fn push_properties(&mut self, properties: Vec<(String, Json)>) {
        let mut grouped: Vec<(String, Vec<Json>)> = Vec::new();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for (name, value) in properties {
            if let Some((_, values)) = places.get(&name).and_then(|place| grouped.get_mut(*place)) {
                values.push(value);
            } else {
                places.insert(name.clone(), grouped.len());
                grouped.push((name, vec![value]));
            }
        }
        for (name, mut values) in grouped {
            let slot = self.slot(&name);
            match values.pop() {
                Some(single) if values.is_empty() => slot.push(single),
                Some(last) => {
                    values.push(last);
                    slot.push(Json::List(values));
                }
                None => {}
            }
        }
    }
}

impl Slot {
    /// Whether there is nothing but scalars in it.
    pub(super) fn is_plain(&self) -> bool {
        self.items.is_empty() && self.fields.is_empty()
    }

    fn step(&mut self, step: &Step<'_>, rest: &[Step<'_>]) -> &mut Self {
        let next = self.items.len();
        let (place, index) = match step {
            Step::Name(name) => return self.fields.slot(name),
            Step::Index(index) => (*self.places.entry(*index).or_insert(next), Some(*index)),
            // sheet r7/transport 4, PHP style: a new object when a key repeats, else more of the last one.
            Step::Append => {
                let last = self.items.last_key_value();
                let open = last.filter(|(_, item)| {
                    item.index.is_none() && !rest.is_empty() && !item.slot.is_taken(rest)
                });
                (open.map_or(next, |(place, _)| *place), None)
            }
        };
        let item = self.items.entry(place).or_default();
        item.index = index;
        &mut item.slot
    }

    /// Whether the way `rest` ends where a value is already. A way through `[]` never does: it adds.
    fn is_taken(&self, rest: &[Step<'_>]) -> bool {
        let Some((step, rest)) = rest.split_first() else { return !self.plain.is_empty() };
        match step {
            Step::Append => false,
            Step::Name(name) => {
                self.fields.get(&name.to_ascii_lowercase()).is_some_and(|slot| slot.is_taken(rest))
            }
            Step::Index(index) => {
                let item = self.places.get(index).and_then(|place| self.items.get(place));
                item.is_some_and(|item| item.slot.is_taken(rest))
            }
        }
    }

    /// Adds a JSON value.
    fn push(&mut self, value: Json) {
        match value {
            Json::Null => self.plain.push(Leaf::Null),
            Json::Text(text) => self.plain.push(Leaf::Text(text)),
            Json::Object(properties) => self.fields.push_properties(properties),
            // sheet r7/transport 4: a list of scalars equals the repeated name.
            Json::List(values) if values.iter().all(Json::is_scalar) => {
                for value in values {
                    self.push(value);
                }
            }
            Json::List(values) => {
                for value in values {
                    let mut slot = Self::default();
                    slot.push(value);
                    self.items.insert(self.items.len(), Item { index: None, slot });
                }
            }
        }
    }
}
