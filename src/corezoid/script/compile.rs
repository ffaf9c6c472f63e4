//! A script is read here, never run: whatever is put before or behind it keeps its first statement from beginning.

use std::time::Duration;

use rquickjs::Ctx;
use rquickjs::context::EvalOptions;

use super::machine::Machine;
use super::threads::on_a_thread;
use super::{Limits, fault};

/// Longest source, in bytes; the real service knows no limit, a parser needs one.
pub(crate) const MOST_BYTES: usize = 1 << 20;
/// The engine's words for what it cannot read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct SyntaxError(String);

/// How long a parser may take that never looks at the clock; the longest source takes a part of a second.
const PATIENCE: Duration = Duration::from_secs(20);
/// A name that is taken before the script declares it: the engine looks at all declarations before it runs a statement.
const TAKEN: &str = "__standin_taken__";

/// Reads a script as [`super::run()`] would: sloppy mode unless it says otherwise, no modules.
pub(crate) fn compile(source: &str) -> Result<(), SyntaxError> {
    let source = source.to_owned();
    let read = on_a_thread(PATIENCE, move || read(&source));
    read.unwrap_or_else(|| Err(SyntaxError(fault::NO_MEMORY.to_owned())))
}

fn read(source: &str) -> Result<(), SyntaxError> {
    let machine = Machine::new(Limits::default()).map_err(|_| SyntaxError(fault::NO_MEMORY.to_owned()))?;
    machine.context.with(|cx| {
        let taken = format!("SyntaxError: redeclaration of '{TAKEN}'");
        let declared = attempt(&cx, &format!("let {TAKEN};"), "")
            // At the end, for a script may begin with 'use strict'.
            .and_then(|()| attempt(&cx, &format!("{source}\nlet {TAKEN};"), &taken));
        let Err((text, line)) = declared else { return Ok(()) };
        // What the script lacks at its end is told as if nothing followed it.
        let told = attempt(&cx, &format!("throw 0;\n{source}"), "0").err();
        let told = told.map(|(text, line)| (text, line.and_then(|line| line.checked_sub(1))));
        let (text, line) = told.unwrap_or((text, line));
        Err(SyntaxError(match line.filter(|line| *line > 0) {
            Some(line) => format!("{text} (line {line})"),
            None => text,
        }))
    })
}

/// Fails with the engine's words and the line, unless these are the expected ones.
fn attempt(cx: &Ctx<'_>, source: &str, expected: &str) -> Result<(), (String, Option<u32>)> {
    let mut options = EvalOptions::default();
    options.strict = false;
    let Err(error) = cx.eval_with_options::<(), _>(source, options) else { return Ok(()) };
    let thrown = cx.catch();
    let line = thrown.as_exception().and_then(rquickjs::Exception::stack).as_deref().and_then(line);
    let text = fault::thrown(cx, &error, &thrown);
    if text == expected { Ok(()) } else { Err((text, line)) }
}

/// The line of the source that a stack (`    at eval_script:3:7`) begins with.
fn line(stack: &str) -> Option<u32> {
    let place = stack.lines().next()?.trim().trim_end_matches(')');
    let mut numbers = place.rsplit(':');
    let (_column, line) = (numbers.next()?, numbers.next()?);
    line.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_code_node_may_hold_is_read() {
        for source in [
            "",
            "data.a = 1;",
            "var one = 1;\nvar two = 2;",
            "const f = async (x) => { await x; };\ndata.b = `${data.a}` ?? /^a+$/u.test(data?.c);",
            "data.я = 'я'",
            "010; delete data.x; with (data) { a = 1; }",
            "// nothing",
            "require('libs/moment.js'); undefined_function();",
            "while (true) {}",
            "throw new Error('never')",
            "for (;;) {}",
            "data.x = 1 // the end",
            "'use strict'; data.x = 1",
            "let data = {}",
            "const CryptoJS = require('libs/sha1.js')",
            "function data2() {} let x",
            "x",
            "label: for (;;) { break label }",
        ] {
            assert_eq!(compile(source), Ok(()), "{source}");
        }
    }

    #[test]
    fn a_mistake_is_told_with_its_line() {
        for (source, line) in [
            ("data.a = ;", "(line 1)"),
            ("data.a = 1;\nif (data.a {\n}", "(line 2)"),
            ("\n\nreturn 1;", "(line 3)"),
            ("let a = 1;\nlet a = 2;", "(line 2)"),
            ("import x from 'y';", "(line 1)"),
            ("'use strict'; with (data) { a = 1 }", "(line 1)"),
            ("if (data.a)", "(line 1)"),
            ("data.a = ", "(line 1)"),
            ("function f() {", "(line 1)"),
            ("a /* open", "(line 1)"),
            ("data.a = {", "(line 1)"),
            // An expression is read by a parser of its own.
            ("/(/", "expecting ')'"),
        ] {
            let text = compile(source).unwrap_err().to_string();
            assert!(text.starts_with("SyntaxError: ") && text.ends_with(line), "{source}: {text}");
        }
    }

    #[test]
    fn what_is_accepted_is_what_runs() {
        use crate::corezoid::script::{Surroundings, run};

        let around =
            Surroundings { now: 0, seed: 0, limits: Limits { time: 20, ..Limits::default() }, libs: None };
        for source in [
            "'use strict'; with (data) {}",
            "'use strict'; 010",
            "010",
            "with (data) {}",
            "return",
            "await 1",
            "await: for (;;) {}",
            "let let = 1",
            "let x; var x",
            "let data = 1",
            "function data() {}",
            "let NaN",
            "class A extends B {}",
            "a\0b",
            "// \u{2028} let let",
            "#!/bin/js\n1",
            "<!-- html",
            "`${",
            "'unclosed",
            "/[/",
            "import('x')",
            "import 'x'",
            "export default 1",
            "yield",
            "super()",
            "new.target",
            "a?.b = 1",
            "1 = 2",
            "({ a, a: 1, get b() {}, ...c })",
            "async () => { for await (const x of []) ; }",
            "x => { 'use strict'; delete x }",
            r"var \u0061; \u{62}",
        ] {
            let outcome = run("js", source, &serde_json::Map::new(), &around).outcome;
            let refused = matches!(&outcome, Err(fault) if format!("{fault:?}").contains("SyntaxError"));
            assert_eq!(compile(source).is_err(), refused, "{source}: {outcome:?} {:?}", compile(source));
        }
    }

    #[test]
    fn no_text_takes_more_than_its_share() {
        for source in
            ["(".repeat(MOST_BYTES), "[".repeat(MOST_BYTES), "a=>".repeat(100_000), "x\0y".to_owned()]
        {
            assert!(compile(&source).is_err(), "{}", &source[..3]);
        }
        assert_eq!(compile(&"a;\n".repeat(100_000)), Ok(()));
    }
}
