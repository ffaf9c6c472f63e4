//! Project and stage of a request: found, held against the objects it names, and kept from edits where the stage is
//! immutable (sheet corezoid/api 1.6). One statement where there is something to look at, else none.

use std::sync::atomic::{AtomicU8, Ordering};

use serde_json::{Map, Value, json};
use sqlx::SqliteConnection;

use super::args::Args;
use super::error::OpError;
use super::ids::{Kind, Thing};
use super::op::OpCx;
use super::refusal::Refusal;
use super::spec::{Field, Shape};
use super::store::alias;
use super::store::place::{self, Asked, Found};

/// Project and stage that a request names; 0: none.
#[derive(Debug, Default)]
pub(crate) struct Place {
    project: i64,
    stage: i64,
    /// The one that is not there. A mistake only to ops that look: many clients send these fields
    /// along without need (sheet corezoid/api 9, 25).
    unknown: Option<Refusal>,
}

impl Place {
    /// The project, or 0.
    pub(crate) fn project(&self) -> Result<i64, OpError> {
        self.known().map(|place| place.project)
    }

    /// The stage, or 0.
    pub(crate) fn stage(&self) -> Result<i64, OpError> {
        self.known().map(|place| place.stage)
    }

    /// The folder that a new object lies in if its request names none: the stage, else the project, else the root.
    pub(crate) fn folder(&self) -> Result<i64, OpError> {
        let place = self.known()?;
        Ok(if place.stage == 0 { place.project } else { place.stage })
    }

    fn known(&self) -> Result<&Self, OpError> {
        self.unknown.as_ref().map_or(Ok(self), |refusal| Err(refusal.clone().into()))
    }
}

/// Whether a world has immutable stages, as far as is remembered. It is asked of the database once; from then on whoever
/// makes such a stage says so here.
#[derive(Debug, Default)]
pub(crate) struct Immutables(AtomicU8);

const UNKNOWN: u8 = 0;
const NONE: u8 = 1;
const SOME: u8 = 2;

impl Immutables {
    /// An immutable stage is being made. To be called before the commit; if that fails, edits only cost a look more.
    pub(crate) fn note(&self) {
        self.0.store(SOME, Ordering::SeqCst);
    }

    async fn any(&self, conn: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
        match self.0.load(Ordering::SeqCst) {
            UNKNOWN => {
                let any = place::any_immutable(conn).await?;
                // What was noted while this was read is the newer truth.
                let known = if any { SOME } else { NONE };
                let _ = self.0.compare_exchange(UNKNOWN, known, Ordering::SeqCst, Ordering::SeqCst);
                Ok(self.0.load(Ordering::SeqCst) == SOME)
            }
            known => Ok(known == SOME),
        }
    }
}

/// The objects that a request names in fields of a fixed kind. Folder 0 is the root of every company.
pub(crate) fn named(request: &[Field], args: Args<'_>) -> Vec<Thing> {
    let thing = |field: &Field| match field.shape {
        Shape::Ref(kind) => {
            let id = args.id(field.name).ok()??;
            (id != 0).then_some(Thing { kind, id })
        }
        _ => None,
    };
    request.iter().filter_map(thing).collect()
}

/// The key that stands for `conv_id`: the short name of an alias (sheet corezoid/api 2.6).
pub(crate) const OBJ_ALIAS: &str = "obj_alias";

/// The key that stands for `obj_id` of a project or a stage (the published description).
pub(crate) const SHORT_NAME: &str = "obj_short_name";

/// The kind of object that `obj_id` of a request names, if that has a short name.
pub(crate) fn short_named(request: &[Field]) -> Option<Kind> {
    request.iter().find(|field| field.name == "obj_id").and_then(|field| match field.shape {
        Shape::Ref(kind @ (Kind::Project | Kind::Stage)) => Some(kind),
        _ => None,
    })
}

/// The fields with `obj_id`, where a project or stage is named by its short name instead. `None`: as they are.
pub(crate) async fn identified(
    request: &[Field],
    fields: &Map<String, Value>,
    cx: &mut OpCx<'_>,
) -> Result<Option<Map<String, Value>>, OpError> {
    let args = Args(fields);
    let (Some(kind), None) = (short_named(request), args.get("obj_id")) else { return Ok(None) };
    let Some(name) = args.text(SHORT_NAME)? else { return Ok(None) };
    let asked = asked(args)?;
    // What is restored or destroyed lies in the trash.
    let deleted = matches!(args.get("type").and_then(Value::as_str), Some("restore" | "destroy"));
    let id = if kind == Kind::Stage {
        if asked.project.is_none() && asked.project_name.is_none() {
            return Err(OpError::Required("project_id".into()));
        }
        place::stage_named(cx.conn, &asked, &name, deleted).await?
    } else {
        place::project_named(cx.conn, asked.company.as_deref(), &name, deleted).await?
    };
    let id = id.ok_or(if deleted {
        Refusal::NoDeletedName { kind, name }
    } else {
        Refusal::NoName { kind, name }
    })?;
    let mut fields = fields.clone();
    fields.insert("obj_id".to_owned(), json!(id));
    Ok(Some(fields))
}

/// Finds project and stage of a request, and refuses it if one of its objects lies elsewhere, or if it would change what
/// lies in an immutable stage.
pub(crate) async fn settle(
    args: Args<'_>,
    things: &[Thing],
    edits: bool,
    cx: &mut OpCx<'_>,
) -> Result<Place, OpError> {
    let asked = asked(args)?;
    let names_place = asked.project.is_some()
        || asked.project_name.is_some()
        || asked.stage.is_some()
        || asked.stage_name.is_some();
    let guarded = edits && cx.world.part::<Immutables>().any(cx.conn).await?;
    if !names_place && (!guarded || things.is_empty()) {
        return Ok(Place::default());
    }
    let found = place::look(cx.conn, &asked, things).await?;
    judge(&asked, things, guarded, &found)
}

/// The fields of a request that names its process by an alias, with the id of that process; `None`: it names an id, or
/// nothing. The alias is that of the stage, else of the project, else of the company of the request.
pub(crate) async fn by_alias(
    fields: &Map<String, Value>,
    cx: &mut OpCx<'_>,
) -> Result<Option<Map<String, Value>>, OpError> {
    let args = Args(fields);
    let Some(sent) = args.get(OBJ_ALIAS).filter(|_| args.get("conv_id").is_none()) else { return Ok(None) };
    // A name of digits may come as a number.
    let Some(name) = args.text(OBJ_ALIAS)? else { return Ok(None) };
    let company = args.company()?;
    let place = settle(args, &[], false, cx).await?;
    let found = alias::named(cx.conn, (place.project()?, place.stage()?, company.as_deref()), &name).await?;
    // An alias that names nothing leads to no process either.
    let conv = found.ok_or_else(|| OpError::NotFound { obj: Kind::Alias.word(), id: sent.clone() })?;
    let mut fields = fields.clone();
    fields.insert("conv_id".to_owned(), json!(conv));
    Ok(Some(fields))
}

/// The verdict over what was found. Pure.
fn judge(asked: &Asked, things: &[Thing], guarded: bool, found: &[Found]) -> Result<Place, OpError> {
    let one = |what: &str| found.iter().find(|row| row.what == what);
    let (project, stage) = (one("project"), one("stage"));
    let unknown = missing(Kind::Project, asked.project, asked.project_name.as_ref(), project)
        .or_else(|| missing(Kind::Stage, asked.stage, asked.stage_name.as_ref(), stage));
    let place = Place {
        project: project.or(stage).map_or(0, |row| row.project_id),
        stage: stage.map_or(0, |row| row.stage_id),
        unknown,
    };
    if !things.is_empty() {
        place.known()?;
    }
    let others = || OpError::from(Refusal::OtherProject);
    if stage.is_some_and(|stage| stage.project_id != place.project) {
        return Err(others());
    }
    let objects = || found.iter().filter(|row| row.what == "object");
    if place.project != 0 && objects().any(|object| object.project_id != place.project) {
        return Err(others());
    }
    if place.stage != 0 && objects().any(|object| object.stage_id != place.stage) {
        return Err(Refusal::NotInStage.into());
    }
    // Projects and stages themselves may be changed: that is how a stage is opened again.
    let of_stage = things.iter().any(|thing| matches!(thing.kind, Kind::Project | Kind::Stage));
    let closed = stage.is_some_and(|stage| stage.immutable) || objects().any(|object| object.immutable);
    if guarded && closed && !of_stage {
        return Err(Refusal::Immutable.into());
    }
    Ok(place)
}

/// A project or stage that was asked for and is not there.
fn missing(kind: Kind, id: Option<i64>, name: Option<&String>, found: Option<&Found>) -> Option<Refusal> {
    match (found, id, name) {
        (None, Some(id), _) => Some(Refusal::NoPlace { kind, id }),
        (None, None, Some(name)) => Some(Refusal::NoName { kind, name: name.clone() }),
        _ => None,
    }
}

fn asked(args: Args<'_>) -> Result<Asked, OpError> {
    let id = |key| args.id(key).map(|id| id.filter(|id| *id != 0));
    let name = |key| args.text(key).map(|name: Option<String>| name.filter(|name| !name.is_empty()));
    let asked = Asked {
        company: args.company()?,
        project: id("project_id")?,
        project_name: name("project_short_name")?,
        stage: id("stage_id")?,
        stage_name: name("stage_short_name")?,
    };
    // A stage's name is unique in its project only.
    if asked.stage.is_none()
        && asked.stage_name.is_some()
        && asked.project.is_none()
        && asked.project_name.is_none()
    {
        return Err(OpError::Required("project_id".into()));
    }
    Ok(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(what: &str, project_id: i64, stage_id: i64, immutable: bool) -> Found {
        Found { what: what.to_owned(), project_id, stage_id, immutable }
    }

    fn verdict(asked: &Asked, kind: Kind, guarded: bool, found: &[Found]) -> Result<(i64, i64), String> {
        let place = judge(asked, &[Thing { kind, id: 9 }], guarded, found);
        place.map(|place| (place.project, place.stage)).map_err(|error| error.to_string())
    }

    #[test]
    fn an_object_must_lie_where_its_request_says() {
        let both = Asked { project: Some(1), stage: Some(2), ..Asked::default() };
        let (project, stage) = (|| row("project", 1, 0, false), || row("stage", 1, 2, true));
        let inside = [project(), stage(), row("object", 1, 2, true)];
        assert_eq!(verdict(&both, Kind::Conv, false, &inside), Ok((1, 2)));
        assert_eq!(verdict(&both, Kind::Conv, true, &inside), Err("Stage is immutable".to_owned()));
        assert_eq!(verdict(&both, Kind::Stage, true, &inside), Ok((1, 2)));
        let beside = [project(), stage(), row("object", 1, 3, false)];
        assert_eq!(verdict(&both, Kind::Conv, false, &beside), Err("Object is not in stage".to_owned()));
        let other = "Project of object do not matches projectId of request".to_owned();
        let outside = [project(), stage(), row("object", 0, 0, false)];
        assert_eq!(verdict(&both, Kind::Conv, false, &outside), Err(other.clone()));
        assert_eq!(verdict(&both, Kind::Conv, false, &[project(), row("stage", 7, 2, false)]), Err(other));
        // What is not there is the op's to report.
        assert_eq!(verdict(&both, Kind::Conv, false, &[project(), stage()]), Ok((1, 2)));
    }

    #[test]
    fn what_is_not_there_is_named() {
        let ids = Asked { project: Some(1), stage: Some(2), ..Asked::default() };
        let stage = row("stage", 1, 2, false);
        let text = "Object project with id 1 does not exist";
        assert_eq!(verdict(&ids, Kind::Conv, false, &[]), Err(text.to_owned()));
        assert_eq!(verdict(&ids, Kind::Conv, false, &[stage]), Err(text.to_owned()));
        let names = Asked {
            project_name: Some("p".to_owned()),
            stage_name: Some("s".to_owned()),
            ..Asked::default()
        };
        let project = row("project", 1, 0, false);
        let text = "Object stage with short_name s does not exist";
        assert_eq!(verdict(&names, Kind::Conv, false, &[project]), Err(text.to_owned()));
        // An op that looks at no object and asks for no place lets it pass.
        assert!(judge(&names, &[], false, &[]).is_ok_and(|place| place.folder().is_err()));
    }
}
