//! The bodies of `$.map` and `$.filter`: a small part of Erlang, worked out on one element at a time
//! (sheet corezoid/engine 4.3). No loops and no calls of its own funs: what is read ends. Pure.

mod call;
mod eval;
mod lexer;
mod parser;
mod term;

use serde_json::Value;

use self::eval::Failure;
use self::parser::Clause;
use self::term::Term;

/// `fun(Item) when … -> … end`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fun {
    /// An error is what is not understood.
    clauses: Result<Vec<Clause>, String>,
}

impl Fun {
    /// Reads a fun.
    pub(crate) fn read(source: &str) -> Self {
        Self { clauses: lexer::tokens(source).and_then(|tokens| parser::fun(&tokens)) }
    }

    /// What the fun makes of every element.
    pub(crate) fn map(&self, list: Vec<Value>) -> Result<Value, String> {
        let made = list.into_iter().map(|value| Ok(self.apply(value)?.into_json()));
        made.collect::<Result<Vec<_>, String>>().map(Value::Array)
    }

    /// The elements for which the fun says true.
    pub(crate) fn filter(&self, list: Vec<Value>) -> Result<Value, String> {
        let mut kept = Vec::new();
        for value in list {
            match self.apply(value.clone())? {
                Term::Atom(word) if word == "true" => kept.push(value),
                Term::Atom(word) if word == "false" => {}
                other => return Err(format!("$.filter: the fun must give true or false, it gave {other}")),
            }
        }
        Ok(Value::Array(kept))
    }

    fn apply(&self, value: Value) -> Result<Term, String> {
        let clauses = self.clauses.as_ref().map_err(Clone::clone)?;
        eval::apply(clauses, &Term::from_json(value)).map_err(|Failure(text)| text)
    }
}

/// Where the fun at the start of a text ends: behind the `end` that is its own. What is quoted is no word.
pub(crate) fn end_of(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'@');
    let (mut at, mut open) = (0, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            quote @ (b'"' | b'\'') => {
                at += 1;
                while let Some(byte) = bytes.get(at).filter(|byte| *byte != quote) {
                    at += if *byte == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'%' => at += bytes.get(at..)?.iter().position(|byte| *byte == b'\n')?,
            byte if is_word(byte) => {
                let from = at;
                at += bytes.get(at..)?.iter().take_while(|byte| is_word(byte)).count();
                match text.get(from..at)? {
                    "fun" | "case" | "if" | "begin" | "try" | "receive" => open += 1,
                    "end" if open <= 1 => return Some(at),
                    "end" => open -= 1,
                    _ => {}
                }
            }
            _ => at += 1,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(source: &str, list: &Value) -> Result<Value, String> {
        Fun::read(source).map(list.as_array().cloned().unwrap())
    }

    fn filter(source: &str, list: &Value) -> Result<Value, String> {
        Fun::read(source).filter(list.as_array().cloned().unwrap())
    }

    #[test]
    fn the_documented_examples_work() {
        assert_eq!(map("fun(Item) -> Item*2 end", &json!([1, 2, 3])), Ok(json!([2, 4, 6])));
        let even = "fun(Item) when Item rem 2 < 1 -> true; (_) -> false end";
        assert_eq!(filter(even, &(1..15).collect()), Ok(json!([2, 4, 6, 8, 10, 12, 14])));
        let field = "fun(E) -> eutils:get_value(<<\"fieldName\">>, E) end";
        assert_eq!(map(field, &json!([{ "fieldName": 1 }, { "fieldName": 2 }])), Ok(json!([1, 2])));
        let object = "fun(X) -> #{<<\"k\">> => X, <<\"twice\">> => X + X} end";
        assert_eq!(map(object, &json!([1.5])), Ok(json!([{ "k": 1.5, "twice": 3 }])));
        let pairs = "fun(X) -> [{<<\"name\">>, X}, {<<\"size\">>, byte_size(X)}] end";
        assert_eq!(map(pairs, &json!(["ab"])), Ok(json!([{ "name": "ab", "size": 2 }])));
    }

    #[test]
    fn the_calls_of_the_sheet_work() {
        for (body, given, expected) in [
            ("proplists:get_value(<<\"a\">>, X)", json!({ "a": 7 }), json!(7)),
            ("proplists:get_value(<<\"b\">>, X, 0)", json!({ "a": 7 }), json!(0)),
            ("proplists:delete(<<\"a\">>, X)", json!({ "a": 7, "b": 8 }), json!({ "b": 8 })),
            ("proplists:is_defined(<<\"a\">>, X)", json!({ "a": 7 }), json!(true)),
            ("base64:encode(X)", json!("hello"), json!("aGVsbG8=")),
            ("base64:decode(X)", json!("aGVsbG8="), json!("hello")),
            ("binary:split(X, <<\",\">>)", json!("a,b,c"), json!(["a", "b,c"])),
            ("binary:split(X, <<\",\">>, [global])", json!("a,b,c"), json!(["a", "b", "c"])),
            ("binary:replace(X, <<\"a\">>, <<\"z\">>)", json!("aba"), json!("zba")),
            ("binary:replace(X, <<\"a\">>, <<\"z\">>, [global])", json!("aba"), json!("zbz")),
            ("binary_to_integer(X) + 1", json!("41"), json!(42)),
            ("erlang:binary_to_float(X)", json!("1.5"), json!(1.5)),
            ("integer_to_binary(X)", json!(5), json!("5")),
            ("round(X / 2)", json!(5), json!(3)),
            ("hd(X)", json!([1, 2]), json!(1)),
            ("tl(X)", json!([1, 2]), json!([2])),
            ("is_binary(X) andalso not is_list(X)", json!("s"), json!(true)),
            ("eutils:from_json(X)", json!("{\"a\":[1]}"), json!({ "a": [1] })),
            ("eutils:to_json(X)", json!({ "a": [1] }), json!("{\"a\":[1]}")),
            ("Y = X * 10, Y div 7", json!(5), json!(7)),
            ("(X band 6) bor (1 bsl 4)", json!(7), json!(22)),
            ("X ++ [3] -- [1]", json!([1, 2]), json!([1, 2, 3])),
            ("X =:= 1 orelse X == 1.0", json!(1), json!(true)),
            ("-X", json!(2), json!(-2)),
            ("X", json!({}), json!({})),
            ("X", json!(null), json!(null)),
        ] {
            assert_eq!(
                map(&format!("fun(X) -> {body} end"), &json!([given])),
                Ok(json!([expected])),
                "{body}"
            );
        }
    }

    #[test]
    fn a_fun_ends_where_its_own_end_stands() {
        for (text, body) in [
            ("fun(X) -> X end, {{pending}}", "fun(X) -> X end"),
            ("fun(X) -> case X of 1 -> a end end, b end", "fun(X) -> case X of 1 -> a end end"),
            ("fun(X) -> <<\" end \\\" end\">> end", "fun(X) -> <<\" end \\\" end\">> end"),
            ("fun(X) -> 'end' % end\n end rest", "fun(X) -> 'end' % end\n end"),
            ("fun(Send) -> Send_end end", "fun(Send) -> Send_end end"),
        ] {
            assert_eq!(end_of(text).map(|end| &text[..end]), Some(body));
        }
        for text in ["", "fun(X) -> X", "fun(X) -> \"end", "fun(X) % end"] {
            assert_eq!(end_of(text), None, "{text}");
        }
    }

    #[test]
    fn patterns_choose_a_clause() {
        let source = "fun({K, V}) -> V; ([H | _]) -> H; (1) -> one; (<<\"s\">>) -> text; (_Other) -> 0 end";
        assert_eq!(map(source, &json!([[5, 6], 1, "s", 2])), Ok(json!([5, "one", "text", 0])));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (source, part) in [
            ("fun(X) -> lists:map(X) end", "lists:map/1"),
            ("fun(X) -> case X of _ -> 1 end end", "case"),
            ("fun(X) -> Y end", "Y"),
            ("fun(X) -> X / 0 end", "divided by zero"),
            ("fun(X) -> X + <<\"a\">> end", "+"),
            ("fun(X) when X > 5 -> X end", "no clause"),
            ("fun(X) -> 1 bsl 100 end", "too large"),
            ("fun(X) -> \u{1F600} end", "understood"),
            ("X + 1", "fun"),
            ("fun(X) -> (((", "end of the text"),
        ] {
            let error = map(source, &json!([1])).unwrap_err();
            assert!(error.contains(part), "{source}: {error}");
        }
        let deep = format!("fun(X) -> {}X{} end", "(".repeat(10_000), ")".repeat(10_000));
        assert!(map(&deep, &json!([1])).unwrap_err().contains("nested"));
        assert!(filter("fun(X) -> X end", &json!([1])).unwrap_err().contains("true or false"));
    }
}
