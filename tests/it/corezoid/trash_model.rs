//! Folders, processes, dashboards and the trash against a model of thirty lines: random histories must end the same.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::App;

type Key = (&'static str, i64);

const KINDS: [&str; 3] = ["folder", "conv", "dashboard"];

#[derive(Debug, Clone, Copy)]
struct Object {
    parent: i64,
    deleted: bool,
}

/// What the service is expected to hold.
#[derive(Debug, Default)]
struct Model {
    objects: BTreeMap<Key, Object>,
    made: BTreeMap<&'static str, i64>,
}

impl Model {
    fn present(&self, key: Key) -> bool {
        key == ("folder", 0)
            || self
                .objects
                .get(&key)
                .is_some_and(|object| !object.deleted && self.present(("folder", object.parent)))
    }

    fn within(&self, folder: i64, around: i64) -> bool {
        folder == around
            || self.objects.get(&("folder", folder)).is_some_and(|object| self.within(object.parent, around))
    }

    /// Whether the step succeeds; if so it is done.
    fn apply(&mut self, step: &Step) -> bool {
        match *step {
            Step::Create(kind, parent) => {
                let ok = self.present(("folder", parent));
                if ok {
                    let id = self.made.entry(kind).or_default();
                    *id += 1;
                    self.objects.insert((kind, *id), Object { parent, deleted: false });
                }
                ok
            }
            Step::Move(key, to) => {
                let ok = self.present(key)
                    && key.1 != 0
                    && self.present(("folder", to))
                    && !(key.0 == "folder" && self.within(to, key.1));
                if let (true, Some(object)) = (ok, self.objects.get_mut(&key)) {
                    object.parent = to;
                }
                ok
            }
            Step::Delete(key) => {
                let ok = self.present(key) && key.1 != 0;
                if let (true, Some(object)) = (ok, self.objects.get_mut(&key)) {
                    object.deleted = true;
                }
                ok
            }
            Step::Restore(key) => {
                let Some(object) = self.objects.get(&key).copied().filter(|object| object.deleted) else {
                    return false;
                };
                let parent = if self.present(("folder", object.parent)) { object.parent } else { 0 };
                self.objects.insert(key, Object { parent, deleted: false });
                true
            }
            Step::Destroy(key) => {
                let ok = self.objects.get(&key).is_some_and(|object| object.deleted);
                if ok {
                    let gone = |(other, object): (&Key, &Object)| {
                        *other == key || (key.0 == "folder" && self.within(object.parent, key.1))
                    };
                    let gone: Vec<Key> =
                        self.objects.iter().filter(|entry| gone((entry.0, entry.1))).map(|e| *e.0).collect();
                    self.objects.retain(|other, _| !gone.contains(other));
                }
                ok
            }
        }
    }

    fn children(&self, folder: i64) -> Vec<Key> {
        let inside = self.objects.iter().filter(|(_, object)| object.parent == folder && !object.deleted);
        inside.map(|(key, _)| *key).collect()
    }
}

#[derive(Debug, Clone)]
enum Step {
    Create(&'static str, i64),
    Move(Key, i64),
    Delete(Key),
    Restore(Key),
    Destroy(Key),
}

impl Step {
    fn op(&self) -> Value {
        let on = |verb: &str, key: Key| json!({ "type": verb, "obj": key.0, "obj_id": key.1 });
        match *self {
            Self::Create(kind, parent) => {
                json!({ "type": "create", "obj": kind, "folder_id": parent, "create_mode": "without_nodes" })
            }
            Self::Move((kind, id), to) => {
                json!({ "type": "link", "obj": "folder", "obj_type": kind, "obj_id": id, "folder_id": to })
            }
            Self::Delete(key) => on("delete", key),
            Self::Restore(key) => on("restore", key),
            Self::Destroy(key) => on("destroy", key),
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    let kind = || prop::sample::select(&KINDS[..]);
    let folder = || 0..4_i64;
    // Few ids, so that steps meet; folders more often, since they carry the others.
    let key = || (prop_oneof![Just("folder"), kind()], 1..4_i64);
    prop_oneof![
        4 => (prop_oneof![Just("folder"), kind()], folder()).prop_map(|(kind, parent)| Step::Create(kind, parent)),
        2 => (key(), folder()).prop_map(|(key, to)| Step::Move(key, to)),
        3 => key().prop_map(Step::Delete),
        2 => key().prop_map(Step::Restore),
        1 => key().prop_map(Step::Destroy),
    ]
}

fn keys(list: &Value) -> Vec<Key> {
    let key = |item: &Value| {
        let kind = KINDS.into_iter().find(|kind| item["obj"] == *kind).unwrap();
        (kind, item["obj_id"].as_i64().unwrap())
    };
    let mut keys: Vec<Key> = list.as_array().unwrap().iter().map(key).collect();
    keys.sort_unstable();
    keys
}

async fn holds(steps: &[Step]) {
    let app = App::empty().await;
    let key = app.key();
    let mut model = Model::default();
    // Steps in one package and steps one by one must both follow the model.
    let (together, alone) = steps.split_at(steps.len() * 4 / 5);
    let answers = key.ops(together.iter().map(Step::op).collect()).await.json();
    let mut outcomes: Vec<Value> = answers["ops"].as_array().unwrap().clone();
    for step in alone {
        outcomes.push(key.op(step.op()).await);
    }
    for (step, outcome) in steps.iter().zip(&outcomes) {
        assert_eq!(outcome["proc"] == "ok", model.apply(step), "{step:?}: {outcome}");
    }
    let list = |folder: i64, filter: Value| json!({ "type": "list", "obj": "folder", "obj_id": folder, "filter": filter });
    let trash = key.op(list(0, json!("deleted"))).await;
    let deleted: Vec<Key> =
        model.objects.iter().filter(|(_, object)| object.deleted).map(|(key, _)| *key).collect();
    assert_eq!(keys(&trash["list"]), sorted(deleted));
    for folder in 0..=model.made.get("folder").copied().unwrap_or_default() {
        let answer = key.op(list(folder, Value::Null)).await;
        if !model.present(("folder", folder)) {
            assert_eq!(answer["proc"], "obj_id_not_found", "folder {folder}");
            continue;
        }
        assert_eq!(keys(&answer["list"]), sorted(model.children(folder)), "folder {folder}");
        for item in answer["list"].as_array().unwrap().iter().filter(|item| item["obj"] == "folder") {
            let inside = model.children(item["obj_id"].as_i64().unwrap());
            let folders = inside.iter().filter(|key| key.0 == "folder").count();
            assert_eq!((&item["size"], &item["childs"]), (&json!(inside.len()), &json!(folders)), "{item}");
        }
    }
    for id in 1..6 {
        for kind in KINDS {
            let shown = key.op(json!({ "type": "show", "obj": kind, "obj_id": id })).await;
            assert_eq!(shown["proc"] == "ok", model.present((kind, id)), "{kind} {id}");
        }
    }
    // What was worked out step by step is what an import works out at once.
    let before = app.state().await;
    app.anonymous().put("/_standin/state", before.clone()).await;
    assert_eq!(app.state().await, before);
    assert_eq!(key.op(list(0, json!("deleted"))).await["list"], trash["list"]);
}

fn sorted(mut keys: Vec<Key>) -> Vec<Key> {
    keys.sort_unstable();
    keys
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_histories_follow_the_model(steps in prop::collection::vec(step(), 1..120)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(holds(&steps));
    }
}
