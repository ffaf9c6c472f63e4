//! Code of a node: loaded, compiled, read (sheet corezoid/api 2.7). It is stored beside the node; the logic `api_code`
//! carries a text of its own, which counts where nothing was loaded.

use serde_json::{Value, json};

use super::fields::missing;
use crate::corezoid::args::Args;
use crate::corezoid::error::OpError;
use crate::corezoid::ids::{ConvId, Kind};
use crate::corezoid::op::{Op, OpCx, Reply};
use crate::corezoid::script;
use crate::corezoid::spec::{Field, Shape, TEXT, may, need};
use crate::corezoid::store::code::{self, CodeRow};
use crate::corezoid::store::node;
use crate::kernel::db::Access;

const LANG: Shape = Shape::Word(&["js", "erlang", "erl"]);
const ENV: Shape = Shape::Word(&["sandbox", "production"]);
const SRC: Shape = Shape::Text { least: 1, most: script::MOST_BYTES };
const CONV: Field = need("conv_id", Shape::Ref(Kind::Conv));
const NODE: Field = need("node_id", TEXT);

/// A node, and the code that is said to be its own.
struct Source {
    conv: ConvId,
    node: String,
    lang: String,
    src: String,
}

impl Source {
    /// JavaScript must be readable; Erlang is taken as it is.
    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let source = Self {
            conv: ConvId(args.required_id("conv_id")?),
            node: args.required_text("node_id")?,
            lang: args.required_text("lang")?,
            src: args.required_text("src")?,
        };
        if source.src.len() > script::MOST_BYTES {
            let value = Value::String(source.src);
            return Err(OpError::Length { key: "src".into(), value, less: false, limit: script::MOST_BYTES });
        }
        if source.lang == "js" {
            script::compile(&source.src)?;
        }
        Ok(source)
    }
}

/// Without the process or without the node.
async fn no_node(cx: &mut OpCx<'_>, conv: ConvId, node: &str) -> Result<OpError, OpError> {
    Ok(match node::find(cx.conn, conv, node).await? {
        None => missing(conv.into()),
        Some(_) => OpError::NotFound { obj: "node", id: json!(node) },
    })
}

/// `load api_code`: kept for the sandbox until the next deploy, or for production at once.
pub(super) struct LoadCode {
    source: Source,
    env: String,
}

impl Op for LoadCode {
    const REQUEST: &'static [Field] = &[CONV, NODE, need("lang", LANG), need("src", SRC), may("env", ENV)];
    const ANSWER: &'static [Field] = &[need("description", TEXT)];
    const ACCESS: Access = Access::Single;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        let env = args.text("env")?.unwrap_or_else(|| "sandbox".to_owned());
        Ok(Self { source: Source::parse(args)?, env })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let Source { conv, node, lang, src } = self.source;
        if !code::put(cx.conn, (conv, &node), &self.env, (&lang, &src)).await? {
            return Err(no_node(cx, conv, &node).await?);
        }
        Ok(Reply::new().with("description", ""))
    }
}

/// `compile api_code`: whether it can be read. Nothing is kept.
pub(super) struct CompileCode(Source);

impl Op for CompileCode {
    const REQUEST: &'static [Field] = &[CONV, NODE, need("lang", LANG), need("src", SRC)];
    const ANSWER: &'static [Field] = &[need("description", TEXT)];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Source::parse(args).map(Self)
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let Source { conv, node, .. } = self.0;
        match node::find(cx.conn, conv, &node).await? {
            Some(Some((found, _))) if found.edited().is_some() => Ok(Reply::new().with("description", "")),
            _ => Err(no_node(cx, conv, &node).await?),
        }
    }
}

/// `get api_code`: of production what is deployed, of the sandbox what waits, or what is deployed where nothing waits.
pub(super) struct GetCode {
    conv: ConvId,
    node: String,
    env: String,
}

impl Op for GetCode {
    const REQUEST: &'static [Field] = &[CONV, NODE, may("env", ENV)];
    const ANSWER: &'static [Field] = &[need("lang", TEXT), need("src", TEXT)];
    const ACCESS: Access = Access::Read;

    fn parse(args: Args<'_>) -> Result<Self, OpError> {
        Ok(Self {
            conv: ConvId(args.required_id("conv_id")?),
            node: args.required_text("node_id")?,
            env: args.text("env")?.unwrap_or_else(|| "production".to_owned()),
        })
    }

    async fn run(self, cx: &mut OpCx<'_>) -> Result<Reply, OpError> {
        let found = code::find(cx.conn, (self.conv, &self.node), &self.env).await?;
        let row = found.ok_or_else(|| missing(self.conv.into()))?;
        if !row.is_node {
            return Err(OpError::NotFound { obj: "node", id: json!(self.node) });
        }
        let (lang, src) = held(row, self.env == "sandbox")
            .ok_or(OpError::NotFound { obj: "api_code", id: json!(self.node) })?;
        Ok(Reply::new().with("lang", lang).with("src", src))
    }
}

/// What was loaded, else what the node's own logic says.
fn held(row: CodeRow, sandbox: bool) -> Option<(String, String)> {
    let CodeRow { lang, src, live, draft, .. } = row;
    lang.zip(src).or_else(|| {
        let document = draft.filter(|_| sandbox).or(live)?;
        let document: Value = serde_json::from_str(&document).ok()?;
        let logics = document.get("logics")?.as_array()?;
        let logic = logics.iter().find(|logic| logic.get("type").is_some_and(|kind| kind == "api_code"))?;
        let text = |key: &str| logic.get(key).and_then(Value::as_str).map(str::to_owned);
        Some((text("lang").unwrap_or_else(|| "js".to_owned()), text("src")?))
    })
}
