//! The JavaScript of Code nodes. It is compiled here, never run: a script begins to run only after all of it was read, so
//! a first statement that ends it at once lets nothing of the client's text run.

use rquickjs::context::EvalOptions;

use super::machine::Machine;
use super::{Limits, fault};

/// Longest source, in bytes; the real service knows no limit, a parser needs one.
pub(crate) const MOST_BYTES: usize = 1 << 20;
/// The engine's words for what it cannot read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct SyntaxError(String);

/// Reads a script as the engine of a Code node would: sloppy mode, no modules.
pub(crate) fn compile(source: &str) -> Result<(), SyntaxError> {
    let exhausted = || SyntaxError(fault::NO_MEMORY.to_owned());
    let machine = Machine::new(Limits::default()).map_err(|_| exhausted())?;
    machine.context.with(|cx| {
        let mut options = EvalOptions::default();
        options.strict = false;
        // A line of its own: the lines of the source stay countable.
        let outcome = cx.eval_with_options::<(), _>(format!("throw 0;\n{source}"), options);
        if outcome.is_ok() {
            return Ok(());
        }
        let thrown = cx.catch();
        if thrown.as_int() == Some(0) {
            return Ok(());
        }
        // Without memory the engine has no error to throw either.
        let error = thrown.as_exception().ok_or_else(exhausted)?;
        let name: String = error.get("name").unwrap_or_else(|_| "SyntaxError".to_owned());
        let message = error.message().unwrap_or_default();
        let line = error.stack().as_deref().and_then(line);
        Err(SyntaxError(match line {
            Some(line) => format!("{name}: {message} (line {line})"),
            None => format!("{name}: {message}"),
        }))
    })
}

/// The line of the source that a stack (`    at eval_script:3:7`) begins with.
fn line(stack: &str) -> Option<u32> {
    let place = stack.lines().next()?.trim().trim_end_matches(')');
    let mut numbers = place.rsplit(':');
    let (_column, line) = (numbers.next()?, numbers.next()?);
    line.parse::<u32>().ok()?.checked_sub(1).filter(|line| *line > 0)
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
            // An expression is read by a parser of its own.
            ("/(/", "expecting ')'"),
        ] {
            let text = compile(source).unwrap_err().to_string();
            assert!(text.starts_with("SyntaxError: ") && text.ends_with(line), "{source}: {text}");
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
