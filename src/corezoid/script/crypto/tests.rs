//! The call forms of CryptoJS. The values are what CryptoJS 3.1.2 itself answers.

use serde_json::{Map, Value};

use crate::corezoid::script::{Limits, Surroundings, run};

fn said(expression: &str) -> Value {
    let source = format!("const C = require('libs/aes.js'); data.r = String({expression})");
    let around =
        Surroundings { now: 0, seed: 7, limits: Limits { time: 20_000, ..Limits::default() }, libs: None };
    match run("js", &source, &Map::new(), &around).outcome {
        Ok(mut left) => left["r"].take(),
        Err(fault) => panic!("{expression}: {fault:?}"),
    }
}

#[test]
fn every_call_form_answers_as_cryptojs_does() {
    let table: Vec<(String, Value)> = serde_json::from_str(include_str!("answers.json")).unwrap();
    assert!(table.len() > 70);
    let wrong: Vec<_> = table
        .iter()
        .filter_map(|(expression, answer)| {
            let said = said(expression);
            (said != *answer).then(|| format!("{expression}\n  {said}\n  {answer}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn salts_come_from_the_seed() {
    let expression = "C.AES.encrypt('text', 'password')";
    assert_eq!(said(expression), said(expression));
    assert_ne!(
        said("C.lib.WordArray.random(8)"),
        said("[C.lib.WordArray.random(8), C.lib.WordArray.random(8)][1]")
    );
}

#[test]
fn mistakes_are_told_and_nothing_breaks() {
    for (expression, text) in [
        ("C.SHA1(100)", "TypeError: CryptoJS takes a string or a WordArray"),
        (
            "C.AES.encrypt('a', C.enc.Utf8.parse('short'), { iv: C.enc.Utf8.parse('i') })",
            "Error: a key of AES has 128, 192 or 256 bits",
        ),
        (
            "C.AES.encrypt('a', C.enc.Utf8.parse('0123456789abcdef'))",
            "TypeError: Cannot read property '0' of undefined",
        ),
        ("C.RC4.encrypt('a', C.lib.WordArray.create())", "Error: a key of RC4 has at least one byte"),
        ("C.SHA1({ words: [], sigBytes: 1e12 })", "RangeError: too many bytes for CryptoJS"),
        ("C.lib.WordArray.random(1e12)", "RangeError: too many bytes for CryptoJS"),
        ("C.enc.Hex.stringify({ words: [], sigBytes: 1e12 })", "RangeError: too many bytes for CryptoJS"),
        ("C.AES.decrypt('', 'password')", "no error"),
        ("C.AES.decrypt('!!', 'password')", "no error"),
        ("C.SHA1(undefined) + C.SHA1(null) + C.SHA1('')", "no error"),
        ("C.enc.Hex.parse('zz')", "no error"),
        ("C.HmacSHA1('a', undefined)", "no error"),
    ] {
        let caught = format!(
            "(() => {{ try {{ String({expression}); return 'no error' }} catch (e) {{ return e }} }})()"
        );
        let said = said(&caught);
        assert_eq!(said, text, "{expression}");
    }
}
