//! `obj_copy`: an object and all that is in it, once more (sheet corezoid/api 2.5). What is copied is what an export would
//! hold: the deployed form.

use serde_json::{Value, json};

use super::scheme::{Beside, items};
use super::upload::{SHORT_NAME, TO_TYPES, To, finished, plant};
use crate::corezoid::args::{Args, invalid};
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{Kind, Thing};
use crate::corezoid::model::incoming;
use crate::corezoid::model::planting::Planted;
use crate::corezoid::model::scheme::{Dialect, scheme};
use crate::corezoid::model::site::Manner;
use crate::corezoid::model::unpack::Bundle;
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::spec::{Field, ID, Shape, TEXT, TITLE, may, need};
use crate::corezoid::store::job::{self, JobRow};
use crate::kernel::db::Access;

/// An object that was made: see [`Planted::entry`].
const MADE: Shape = Shape::Object(&[
    may("hash", TEXT),
    need("obj_id", ID),
    need("obj_type", TEXT),
    need("title", TEXT),
    need("description", TEXT).or_null(),
    need("old_obj_id", ID),
    need("old_parent_id", ID),
]);

/// `create obj_copy`, or without a type on the copy URL.
pub(super) struct Copy {
    thing: Thing,
    to: To,
    linked: bool,
    manner: Manner,
}

impl Op for Copy {
    const REQUEST: &'static [Field] = &[
        need("obj_id", ID),
        need("obj_type", Shape::Word(&["conv", "dashboard", "instance", "folder", "stage", "project"])),
        need("title", TITLE),
        may("obj_to_id", ID),
        may("obj_to_type", TO_TYPES),
        may("folder_id", ID),
        may("short_name", SHORT_NAME),
        may("ignore_errors", Shape::Flag),
        may("async", Shape::Flag),
        may("from_company_id", TEXT),
        may("to_company_id", TEXT),
        may("with_aliases", Shape::Flag),
    ];
    const ANSWER: &'static [Field] = &[need("scheme", Shape::List(&MADE))];
    const OTHER_ANSWERS: &'static [&'static [Field]] = &[&[need("hash", TEXT), need("statistics_id", TEXT)]];
    const ACCESS: Access = Access::Write;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let kind = args.word("obj_type", Kind::of)?.ok_or(OpError::Required("obj_type".into()))?;
        let company =
            args.text("to_company_id")?.map_or_else(|| args.company(), |company| Ok(Some(company)))?;
        let to = To::parse(args, company)?;
        // The published description: into a project goes a stage, and nothing else.
        if to.is(Kind::Project) && kind != Kind::Stage {
            return Err(invalid("obj_type", &json!(kind.word())));
        }
        Ok(Self {
            thing: Thing { kind, id: args.required_id("obj_id")? },
            to,
            linked: args.flag("async")?.unwrap_or(true),
            manner: Manner {
                keep_broken: args.flag("ignore_errors")?.unwrap_or(false),
                // Stages are compared with each other by the uuids of what is in them.
                own_uuids: !matches!(kind, Kind::Stage | Kind::Project),
                title: args.text("title")?,
                short_name: args.text("short_name")?,
                aliases: args.flag("with_aliases")?.unwrap_or(false),
                ..Manner::default()
            },
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let beside = match (self.thing.kind, self.manner.aliases) {
            (Kind::Stage | Kind::Project, _) => Beside::All,
            (_, true) => Beside::Aliases,
            (_, false) => Beside::Nothing,
        };
        let array = scheme(&items(cx, self.thing, beside).await?, Dialect::Newer);
        let shipment = incoming::read(Bundle::of(array))?;
        let target = self.to.look(&shipment, cx).await?;
        let planting = plant(&shipment, &target, &self.manner, cx).await?;
        if planting.refused {
            return Err(OpError::Tree(planting.errors));
        }
        if !self.linked {
            let scheme: Value = planting.planted.iter().map(Planted::entry).collect();
            return Ok(Reply::new().obj_first().with("scheme", scheme));
        }
        let hash = cx.ids().hex::<71>().to_uppercase();
        let Thing { kind, id } = self.thing;
        let statistics = format!("copy_{}_{id}_{}.zip", kind.word(), cx.ids().hex::<5>());
        // What was asked to be ignored is no mistake.
        let record = |hash: &str| {
            let job = finished(hash, "copy", self.thing, &planting, target.site.company.clone(), cx);
            JobRow { ok: job.ok + job.err, err: 0, errors: "[]".to_owned(), ..job }
        };
        let records = [record(&hash), record(&statistics)];
        job::insert(cx.conn, &records).await?;
        Ok(Reply::new().with("hash", hash).with("statistics_id", statistics))
    }
}
