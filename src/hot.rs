//! The inner parts that every request passes, opened for `cargo bench --bench hot`. Not an interface.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::corezoid::script::{self, Limits, Surroundings};
use crate::r7;

/// Writes a document as the portal's JSON.
#[must_use]
pub fn render_json(document: &Value) -> usize {
    r7::render::json(document).map_or(0, |text| text.len())
}

/// Writes a document as the portal's XML.
#[must_use]
pub fn render_xml(document: &Value) -> usize {
    r7::render::xml(document).len()
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Move {
    destfolderid: String,
    fileids: Vec<i64>,
    deleteafter: bool,
}

/// Binds the arguments of a move from a JSON body; gives how many files it names.
#[must_use]
pub fn bind_move(body: &[u8]) -> usize {
    let mut arguments = r7::bind::Arguments::default();
    let bound = arguments.push_json(body).and_then(|()| arguments.bind::<Move>());
    bound.map_or(0, |bound| bound.fileids.len() + usize::from(bound.deleteafter) + bound.destfolderid.len())
}

/// Runs a Code node's script; whether it ended well.
#[must_use]
pub fn run_script(source: &str, data: &Map<String, Value>) -> bool {
    let around = Surroundings { now: 0, seed: 1, limits: Limits::default(), libs: None };
    script::run("js", source, data, &around).outcome.is_ok()
}
