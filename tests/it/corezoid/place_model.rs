//! Projects, stages and what lies in them or belongs to them against a model: short names are unique among those not
//! deleted, a deleted project hides its stages, what comes back finds its name taken or free, an alias names a process of
//! its stage until that goes for good, and whom an object is shared with goes with it.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::App;

const COMPANY: &str = "i000000001";
const NAMES: [&str; 3] = ["first", "second", "third"];
const KINDS: [&str; 4] = ["project", "stage", "alias", "conv"];

#[derive(Debug, Clone)]
struct Object {
    kind: &'static str,
    /// On the wire.
    id: i64,
    /// Processes have none.
    name: &'static str,
    /// In the list of all objects; `None` is the root.
    parent: Option<usize>,
    deleted: bool,
    destroyed: bool,
    /// With everybody.
    shared: bool,
    /// The process that an alias names.
    link: Option<usize>,
}

/// What the service is expected to hold. Steps name objects by the order in which they were made.
#[derive(Debug, Default)]
struct Model {
    objects: Vec<Object>,
}

impl Model {
    fn present(&self, at: usize) -> bool {
        let object = &self.objects[at];
        !object.deleted && !object.destroyed && object.parent.is_none_or(|parent| self.present(parent))
    }

    /// Whether another of its kind, not deleted, has that name in the same place.
    fn taken(&self, kind: &str, parent: Option<usize>, name: &str, but: Option<usize>) -> bool {
        self.objects.iter().enumerate().any(|(at, other)| {
            Some(at) != but
                && (other.kind, other.parent, other.name) == (kind, parent, name)
                && !other.deleted
                && !other.destroyed
        })
    }

    /// The object that a step means, if there has ever been one.
    fn meant(&self, (kind, number): Key) -> Option<usize> {
        let all = self.objects.iter().enumerate().filter(|(_, object)| object.kind == kind);
        all.map(|(at, _)| at).nth(number)
    }

    fn within(&self, at: usize, around: usize) -> bool {
        at == around || self.objects[at].parent.is_some_and(|parent| self.within(parent, around))
    }

    /// The wire id of a step's object; one that never was where there is none.
    fn id(&self, key: Key) -> i64 {
        self.meant(key).map_or(4_040, |at| self.objects[at].id)
    }

    /// Whether the step succeeds; if so it is done. `made`: the id that was answered.
    fn apply(&mut self, step: &Step, made: i64) -> bool {
        let object = |kind, name, parent| Object {
            kind,
            id: made,
            name,
            parent,
            deleted: false,
            destroyed: false,
            shared: false,
            link: None,
        };
        match *step {
            Step::Project(name) => {
                let ok = !self.taken("project", None, name, None);
                if ok {
                    self.objects.push(object("project", name, None));
                }
                ok
            }
            Step::Stage(project, name) => {
                let parent = self.meant(("project", project)).filter(|at| self.present(*at));
                let ok = parent.is_some() && !self.taken("stage", parent, name, None);
                if ok {
                    self.objects.push(object("stage", name, parent));
                }
                ok
            }
            Step::Conv(stage) => {
                let parent = self.meant(("stage", stage)).filter(|at| self.present(*at));
                if parent.is_some() {
                    self.objects.push(object("conv", "", parent));
                }
                parent.is_some()
            }
            Step::Alias(stage, name) => {
                let parent = self.meant(("stage", stage)).filter(|at| self.present(*at));
                let ok = parent.is_some() && !self.taken("alias", parent, name, None);
                if ok {
                    self.objects.push(object("alias", name, parent));
                }
                ok
            }
            Step::Link(alias, conv) => self.link(alias, conv),
            Step::Share(key, on) => {
                let Some(at) = self.meant(key).filter(|at| self.present(*at)) else { return false };
                self.objects[at].shared = on;
                true
            }
            Step::Rename(key, name) => {
                let Some(at) = self.meant(key).filter(|at| self.present(*at)) else { return false };
                let ok = !self.taken(key.0, self.objects[at].parent, name, Some(at));
                if ok {
                    self.objects[at].name = name;
                }
                ok
            }
            Step::Delete(key) => {
                let Some(at) = self.meant(key).filter(|at| self.present(*at)) else { return false };
                self.objects[at].deleted = true;
                true
            }
            Step::Restore(key) => {
                let Some(at) = self.in_trash(key) else { return false };
                let Object { kind, parent, name, .. } = self.objects[at].clone();
                if kind != "conv" && self.taken(kind, parent, name, Some(at)) {
                    return false;
                }
                // Its stage has to come back first.
                if kind == "alias" && parent.is_some_and(|parent| !self.present(parent)) {
                    return false;
                }
                self.objects[at].deleted = false;
                // A stage belongs to its project; a process finds another place.
                if kind == "conv" && parent.is_some_and(|parent| !self.present(parent)) {
                    self.objects[at].parent = None;
                }
                true
            }
            Step::Destroy(key) => {
                let Some(around) = self.in_trash(key) else { return false };
                let gone: Vec<usize> =
                    (0..self.objects.len()).filter(|at| self.within(*at, around)).collect();
                for at in &gone {
                    self.objects[*at].destroyed = true;
                }
                for object in &mut self.objects {
                    object.link = object.link.filter(|link| !gone.contains(link));
                }
                true
            }
        }
    }

    /// An alias names a process of its own stage, or nothing.
    fn link(&mut self, alias: usize, conv: Option<usize>) -> bool {
        let Some(at) = self.meant(("alias", alias)).filter(|at| self.present(*at)) else { return false };
        let target = conv.and_then(|conv| self.meant(("conv", conv))).filter(|conv| self.present(*conv));
        let target = target.filter(|conv| self.objects[*conv].parent == self.objects[at].parent);
        let ok = target.is_some() || conv.is_none();
        if ok {
            self.objects[at].link = target;
        }
        ok
    }

    /// What was deleted itself.
    fn in_trash(&self, key: Key) -> Option<usize> {
        self.meant(key).filter(|at| self.objects[*at].deleted && !self.objects[*at].destroyed)
    }

    /// The ids of a kind that lie somewhere and are not deleted.
    fn inside(&self, kind: &str, parent: Option<usize>) -> Vec<i64> {
        let all = self.objects.iter().filter(|it| it.kind == kind && it.parent == parent);
        let mut ids: Vec<i64> = all.filter(|it| !it.deleted && !it.destroyed).map(|it| it.id).collect();
        ids.sort_unstable();
        ids
    }
}

type Key = (&'static str, usize);

#[derive(Debug, Clone)]
enum Step {
    Project(&'static str),
    Stage(usize, &'static str),
    Conv(usize),
    Alias(usize, &'static str),
    /// To a process, or to nothing.
    Link(usize, Option<usize>),
    /// With everybody, or no more.
    Share(Key, bool),
    Rename(Key, &'static str),
    Delete(Key),
    Restore(Key),
    Destroy(Key),
}

impl Step {
    fn op(&self, model: &Model) -> Value {
        let on = |verb: &str, key: Key| json!({ "type": verb, "obj": key.0, "obj_id": model.id(key) });
        match *self {
            Self::Project(name) => json!({
                "type": "create", "obj": "project", "title": name, "short_name": name, "company_id": COMPANY,
            }),
            Self::Stage(project, name) => json!({
                "type": "create", "obj": "stage", "title": name, "short_name": name,
                "project_id": model.id(("project", project)),
            }),
            Self::Conv(stage) => json!({
                "type": "create", "obj": "conv", "folder_id": model.id(("stage", stage)),
                "create_mode": "without_nodes",
            }),
            Self::Alias(stage, name) => json!({
                "type": "create", "obj": "alias", "title": name, "short_name": name, "company_id": COMPANY,
                "stage_id": model.id(("stage", stage)),
            }),
            Self::Link(alias, conv) => {
                let mut op = on("link", ("alias", alias));
                op["obj_to_id"] = json!(conv.map_or(0, |conv| model.id(("conv", conv))));
                op["obj_to_type"] = json!("conv");
                op["link"] = json!(conv.is_some());
                op
            }
            Self::Share(key, shared) => {
                let mut op = on("link", key);
                op["obj_to"] = json!("all");
                op["privs"] =
                    if shared { json!([{ "type": "view", "list_obj": ["all"] }]) } else { json!([]) };
                op
            }
            Self::Rename(key, name) => {
                let mut op = on("modify", key);
                op["title"] = json!(name);
                op["short_name"] = json!(name);
                op
            }
            Self::Delete(key) => on("delete", key),
            Self::Restore(key) => on("restore", key),
            Self::Destroy(key) => on("destroy", key),
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    let name = || prop::sample::select(&NAMES[..]);
    // Few numbers, so that steps meet.
    let number = || 0..3_usize;
    let key = || (prop::sample::select(&KINDS[..]), number());
    let named = || (prop::sample::select(&KINDS[..3]), number());
    let shared = || (prop::sample::select(vec!["project", "stage", "conv"]), number());
    prop_oneof![
        3 => name().prop_map(Step::Project),
        4 => (number(), name()).prop_map(|(project, name)| Step::Stage(project, name)),
        3 => number().prop_map(Step::Conv),
        3 => (number(), name()).prop_map(|(stage, name)| Step::Alias(stage, name)),
        3 => (number(), prop::option::weighted(0.8, number())).prop_map(|(alias, conv)| Step::Link(alias, conv)),
        2 => (shared(), any::<bool>()).prop_map(|(key, on)| Step::Share(key, on)),
        2 => (named(), name()).prop_map(|(key, name)| Step::Rename(key, name)),
        4 => key().prop_map(Step::Delete),
        3 => key().prop_map(Step::Restore),
        1 => key().prop_map(Step::Destroy),
    ]
}

fn ids(answer: &Value) -> Vec<i64> {
    let list = answer["list"].as_array().unwrap_or_else(|| panic!("{answer}"));
    let mut ids: Vec<i64> = list.iter().map(|item| item["obj_id"].as_i64().unwrap()).collect();
    ids.sort_unstable();
    ids
}

async fn holds(steps: &[Step]) {
    let app = App::empty().await;
    let key = app.key();
    let mut model = Model::default();
    for step in steps {
        let answer = key.op(step.op(&model)).await;
        let made = answer["obj_id"].as_i64().unwrap_or_default();
        assert_eq!(answer["proc"] == "ok", model.apply(step, made), "{step:?}: {answer}");
    }
    let projects = key.op(json!({ "type": "list", "obj": "projects", "company_id": COMPANY })).await;
    assert_eq!(ids(&projects), model.inside("project", None));
    for (at, object) in model.objects.iter().enumerate() {
        let op = |verb: &str| json!({ "type": verb, "obj": object.kind, "obj_id": object.id });
        let shown = key.op(op("show")).await;
        assert_eq!(shown["proc"] == "ok", model.present(at), "{object:?}: {shown}");
        if !model.present(at) {
            continue;
        }
        if object.kind != "alias" {
            let mut shares = op("list");
            shares["list_obj"] = json!("group");
            let shares = key.op(shares).await;
            assert_eq!(
                shares["list"].as_array().unwrap().len(),
                usize::from(object.shared),
                "{object:?}: {shares}"
            );
        }
        match object.kind {
            "project" => assert_eq!(ids(&key.op(op("list")).await), model.inside("stage", Some(at))),
            "stage" => {
                assert_eq!(ids(&key.op(op("list")).await), model.inside("conv", Some(at)));
                assert_eq!(shown["short_name"], object.name);
                let aliases = json!({ "type": "list", "obj": "aliases", "stage_id": object.id });
                assert_eq!(ids(&key.op(aliases).await), model.inside("alias", Some(at)));
            }
            "alias" => {
                assert_eq!(shown["short_name"], object.name);
                let link = object.link.map(|conv| model.objects[conv].id);
                assert_eq!(shown["obj_to_id"], json!(link), "{object:?}: {shown}");
            }
            _ => {
                let stage = object.parent.map_or(0, |stage| model.objects[stage].id);
                assert_eq!(shown["stage_id"], stage, "{shown}");
            }
        }
    }
    let before = app.state().await;
    app.anonymous().put("/_standin/state", before.clone()).await.expect(204);
    assert_eq!(app.state().await, before);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_histories_of_projects_follow_the_model(steps in prop::collection::vec(step(), 1..80)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(holds(&steps));
    }
}
