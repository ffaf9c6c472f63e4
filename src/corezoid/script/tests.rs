//! Code nodes as a process meets them.

use serde_json::{Value, json};

use super::*;
use crate::corezoid::engine::task::Data;

/// 2017-08-09 10:00:00 UTC.
const NOW: i64 = 1_502_272_800_000;

fn around() -> Surroundings {
    Surroundings { now: NOW, seed: 7, limits: Limits::default(), libs: None }
}

fn object(data: Value) -> Data {
    serde_json::from_value(data).unwrap()
}

fn outcome(source: &str, data: Value) -> Result<Value, ScriptFault> {
    run("js", source, &object(data), &around()).outcome
}

/// What the script leaves in `data.r`.
fn result(source: &str) -> Value {
    let left = outcome(source, json!({})).unwrap_or_else(|fault| panic!("{source}: {fault:?}"));
    left.get("r").cloned().unwrap_or(Value::Null)
}

fn failed(text: &str) -> Result<Value, ScriptFault> {
    Err(ScriptFault::Failed(text.to_owned()))
}

#[test]
fn a_script_changes_the_data_in_place() {
    for (source, data, left) in [
        // Sheet corezoid/engine 10.5, cases 90 and 91.
        ("data.phone='+1';", json!({ "a": 1 }), json!({ "a": 1, "phone": "+1" })),
        (
            r#"let t=1; data.m="Hi "+data.name;"#,
            json!({ "name": "Al" }),
            json!({ "name": "Al", "m": "Hi Al" }),
        ),
        ("", json!({ "a": [1, { "b": null }] }), json!({ "a": [1, { "b": null }] })),
        ("delete data.a", json!({ "a": 1, "b": 2 }), json!({ "b": 2 })),
        ("data = { b: data.a }", json!({ "a": 1 }), json!({ "b": 1 })),
        (
            "data.list.map(x => x * 2).forEach((x, i) => data['n' + i] = x)",
            json!({ "list": [1, 2] }),
            json!({ "list": [1, 2], "n0": 2, "n1": 4 }),
        ),
        (
            "for (const [k, v] of Object.entries(data)) data[k] = `${v}`",
            json!({ "я": 1.5 }),
            json!({ "я": "1.5" }),
        ),
        ("leak = 1; var other = 2; this.data.x = leak + other", json!({}), json!({ "x": 3 })),
        ("(async () => { await null; data.x = 1; })()", json!({}), json!({ "x": 1 })),
        ("Promise.reject(new Error('unheard')); data.x = 1", json!({}), json!({ "x": 1 })),
        (
            "'use strict'; data.x = (function () { return this === undefined; })()",
            json!({}),
            json!({ "x": true }),
        ),
    ] {
        assert_eq!(outcome(source, data), Ok(left), "{source}");
    }
}

#[test]
fn what_json_cannot_say_is_left_out_or_null() {
    for (value, left) in [
        ("undefined", None),
        ("function () {}", None),
        ("Symbol('a')", None),
        ("NaN", Some(json!(null))),
        ("-Infinity", Some(json!(null))),
        ("-0", Some(json!(0))),
        ("[undefined, 1]", Some(json!([null, 1]))),
        ("new Date(0)", Some(json!("1970-01-01T00:00:00.000Z"))),
        ("new Map([[1, 2]])", Some(json!({}))),
        ("Object.create({ a: 1 })", Some(json!({}))),
        ("new Number(5)", Some(json!(5))),
        ("2 ** 53 + 2", Some(json!(9_007_199_254_740_994_u64))),
        ("1e21", Some(json!(1e21))),
        ("0.1 + 0.2", Some(json!(0.300_000_000_000_000_04))),
        (r"'\ud83d'", Some(json!("\u{fffd}"))),
        (r"'\ud83d\ude00'", Some(json!("😀"))),
        (r"'a\0b'", Some(json!("a\0b"))),
        (r"({ ['\udc00']: 1 })", Some(json!({ "\u{fffd}": 1 }))),
        (r#"JSON.parse('{"__proto__":{"a":1}}')"#, Some(json!({ "__proto__": { "a": 1 } }))),
    ] {
        let expected = left.map_or_else(|| json!({}), |left| json!({ "r": left }));
        assert_eq!(outcome(&format!("data.r = {value}"), json!({})), Ok(expected), "{value}");
    }
}

#[test]
fn data_comes_in_as_it_is() {
    for data in [
        json!({ "__proto__": { "a": 1 }, "constructor": 1, "toString": null }),
        json!({ "a.b": { "": "" }, "\u{0}": "\u{2028}\u{fffe}😀" }),
        json!({ "n": [0, -1, 1.5, 1e-7, 9_007_199_254_740_991_u64] }),
    ] {
        assert_eq!(outcome("", data.clone()), Ok(data));
    }
    // A double is all that JavaScript has.
    assert_eq!(outcome("", json!({ "n": u64::MAX })), Ok(json!({ "n": 1.844_674_407_370_955_2e19 })));
    assert_eq!(
        outcome("data.same = Object.getPrototypeOf(data) === Object.prototype", json!({ "__proto__": 1 })),
        Ok(json!({ "__proto__": 1, "same": true }))
    );
}

#[test]
fn a_script_that_fails_tells_the_engines_message() {
    for (source, text) in [
        // Sheet corezoid/engine 10.5, case 92.
        (r#"throw new Error("x")"#, "Error: x"),
        ("throw 'text'", "text"),
        ("throw { a: 1 }", "[object Object]"),
        ("throw Object.create(null)", "InternalError: out of memory"),
        ("throw undefined", "undefined"),
        ("throw new TypeError('\\ud83d')", "TypeError: \u{fffd}"),
        ("throw Symbol('a')", "Symbol(a)"),
        ("missing()", "ReferenceError: missing is not defined"),
        ("data.a.b", "TypeError: Cannot read property 'b' of undefined"),
        ("data.a.b = 1", "TypeError: Cannot set property 'b' of undefined"),
        ("data.a()", "TypeError: not a function"),
        ("null.x", "TypeError: Cannot read property 'x' of null"),
        (
            "JSON.parse('{')",
            "SyntaxError: Expected property name or '}' in JSON at position 1 (line 1 column 2)",
        ),
        ("data.a = ;", "SyntaxError: unexpected token in expression: ';'"),
        ("a\0b", "SyntaxError: Invalid or unexpected token"),
        ("setTimeout(() => {}, 1)", "ReferenceError: setTimeout is not defined"),
        ("process.exit(1)", "ReferenceError: process is not defined"),
        ("performance.now()", "ReferenceError: performance is not defined"),
    ] {
        assert_eq!(outcome(source, json!({})), failed(text), "{source}");
    }
    let Err(ScriptFault::Failed(text)) = outcome("throw new Error('я'.repeat(1e6))", json!({})) else {
        panic!("it ended")
    };
    assert!(text.len() < 1100 && text.ends_with('…'), "{} bytes", text.len());
}

#[test]
fn data_that_is_no_object_at_the_end_is_a_format_error() {
    for (source, text) in [
        // Sheet corezoid/engine 10.5, case 94.
        ("data = 5;", "data must be an object, it is 5"),
        ("data = [1]", "data must be an object, it is [1]"),
        ("data = null", "data must be an object, it is null"),
        ("data = undefined", "data must be an object, it is undefined"),
        ("delete globalThis.data", "data must be an object, it is undefined"),
        ("data = 'x'.repeat(1000)", &format!("data must be an object, it is \"{}…", "x".repeat(99))),
        ("data = () => 1", "data must be an object, it is undefined"),
        ("data.toJSON = () => 1", "data must be an object, it is 1"),
        ("data.toJSON = () => { throw new Error('no') }", "Error: no"),
        ("data.me = data", "TypeError: circular reference"),
        ("data.n = 1n", "TypeError: BigInt are forbidden in JSON.stringify"),
    ] {
        assert_eq!(outcome(source, json!({})), Err(ScriptFault::Format(text.to_owned())), "{source}");
    }
}

#[test]
fn case_97_erlang_is_refused_in_words() {
    for lang in ["erl", "erlang"] {
        let ran = run(lang, "main(Data) -> Data.", &Data::new(), &around());
        assert_eq!(
            ran.outcome,
            failed("Code nodes in Erlang are not executed here, write this one in JavaScript")
        );
    }
    let ran = run("python", "", &Data::new(), &around());
    assert_eq!(ran.outcome, failed("there is no language \"python\", write the node in JavaScript"));
}

#[test]
fn time_stands_still_and_is_utc() {
    for (source, result_) in [
        ("Date.now()", json!(NOW)),
        ("new Date().getTime()", json!(NOW)),
        ("+new Date", json!(NOW)),
        ("Date()", json!("Wed Aug 09 2017 10:00:00 GMT+0000 (Coordinated Universal Time)")),
        ("String(new Date(0))", json!("Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)")),
        ("new Date(2020, 1, 29, 12).toISOString()", json!("2020-02-29T12:00:00.000Z")),
        ("new Date(99, 0).getFullYear()", json!(1999)),
        ("new Date('2020-02-29').getTime()", json!(1_582_934_400_000_i64)),
        ("new Date('2020-02-29T12:00:00').toISOString()", json!("2020-02-29T12:00:00.000Z")),
        ("new Date('2020-02-29 12:00:00').toISOString()", json!("2020-02-29T12:00:00.000Z")),
        ("new Date('2020-02-29T12:00:00+03:00').toISOString()", json!("2020-02-29T09:00:00.000Z")),
        ("new Date('2020-02-29T12:00:00.5Z').toISOString()", json!("2020-02-29T12:00:00.500Z")),
        ("new Date('Aug 9, 1995').toISOString()", json!("1995-08-09T00:00:00.000Z")),
        ("new Date('Wed, 09 Aug 1995 00:00:00 GMT').getTime()", json!(807_926_400_000_i64)),
        (
            "new Date('Wed Aug 09 1995 00:00:00 GMT+0300 (MSK)').toISOString()",
            json!("1995-08-08T21:00:00.000Z"),
        ),
        ("isNaN(new Date('never'))", json!(true)),
        ("String(new Date('never'))", json!("Invalid Date")),
        ("new Date(new Date(5)).getTime()", json!(5)),
        ("new Date({ valueOf: () => 5 }).getTime()", json!(5)),
        ("new Date().toLocaleString()", json!("8/9/2017, 10:00:00 AM")),
        ("new Date(0).toLocaleTimeString()", json!("12:00:00 AM")),
        ("new Date().getTimezoneOffset()", json!(0)),
        ("new Date().getHours()", json!(10)),
        ("(d => { d.setHours(25); return d.toISOString() })(new Date())", json!("2017-08-10T01:00:00.000Z")),
        ("new Date() instanceof Date && new Date().constructor === Date", json!(true)),
        (
            "class Day extends Date { me() { return 1 } }; data.r = new Day(7).me() + new Day(7).getTime()",
            json!(8),
        ),
        ("Date.length + Date.name", json!("7Date")),
        ("Object.keys(globalThis).includes('Date')", json!(false)),
        ("(Date = 5, Date)", json!(5)),
        ("Date.UTC(2020, 0)", json!(1_577_836_800_000_i64)),
        (
            "(() => { try { return Date.prototype.getHours.call({}) } catch (e) { return e.name } })()",
            json!("TypeError"),
        ),
    ] {
        let source = if source.contains("data.r") { source.to_owned() } else { format!("data.r = {source}") };
        assert_eq!(result(&source), result_, "{source}");
    }
}

#[test]
fn chance_repeats_itself_by_its_seed() {
    let source = "data.r = [Math.random(), Math.random()]";
    let drawn = |seed| run("js", source, &Data::new(), &Surroundings { seed, ..around() }).outcome.unwrap();
    assert_eq!(drawn(1), drawn(1));
    assert_ne!(drawn(1), drawn(2));
    let Value::Array(numbers) = drawn(1)["r"].clone() else { panic!("no list") };
    assert_ne!(numbers[0], numbers[1]);
    assert!(numbers.iter().all(|number| (0.0..1.0).contains(&number.as_f64().unwrap())));
    let mean = "let s = 0; for (let i = 0; i < 10000; i++) s += Math.random(); data.r = s / 10000";
    assert!((0.48..0.52).contains(&result(mean).as_f64().unwrap()));
}

#[test]
fn lines_of_the_console_are_kept_within_bounds() {
    let ran = run(
        "js",
        r"console.log('a', 1, { b: [1] }, null, undefined, new Error('x')); console.error('\ud83d'); console.warn();
          console.log(Symbol('s')); let o = {}; o.o = o; console.log(o); throw 1",
        &Data::new(),
        &around(),
    );
    assert_eq!(
        ran.console,
        ["a 1 {\"b\":[1]} null undefined Error: x", "\u{fffd}", "", "Symbol(s)", "[object Object]"]
    );
    let ran = run("js", "for (;;) console.log('x'.repeat(1e5))", &Data::new(), &around());
    assert_eq!(ran.outcome, Err(ScriptFault::Timeout));
    assert_eq!((ran.console.len(), ran.console[0].len()), (100, 1003));
}

#[test]
fn nothing_of_a_script_reaches_the_next() {
    let poison =
        "globalThis.x = 1; Array.prototype.map = 1; Object.prototype.y = 2; JSON.stringify = () => 'no';
        data = { z: 1 }";
    assert_eq!(outcome(poison, json!({})), Ok(json!({ "z": 1 })));
    assert_eq!(
        result("data.r = [typeof x, typeof [].map, typeof {}.y, JSON.stringify(data)]"),
        json!(["undefined", "function", "undefined", "{}"])
    );
}

#[test]
fn a_script_that_takes_too_long_is_stopped() {
    let hurried = Surroundings { limits: Limits { time: 50, ..Limits::default() }, ..around() };
    for source in [
        // Sheet corezoid/engine 10.5, case 93.
        "while(true){}",
        "for (;;) { try { for (;;) {} } catch (e) {} finally { for (;;) {} } }",
        "function f() { f2() } function f2() { f() } for (;;) { try { f() } catch (e) {} }",
        "(function f() { Promise.resolve().then(f) })()",
        "(async () => { for (;;) await null })()",
        "/^(a+)+$/.test('a'.repeat(40) + 'b')",
        "'a'.repeat(40).replace(/(a|a)*b/, '')",
        "const a = Array.from({ length: 1e5 }, (_, i) => i); for (;;) a.sort(() => 1)",
        "data.toJSON = () => { for (;;) {} }",
        "throw { toString() { for (;;) {} } }",
        "console.log({ toJSON() { for (;;) {} } })",
        "function* g() { for (;;) yield 1 } for (const x of g()) {}",
        "new Proxy({}, { get: () => { for (;;) {} } }).x",
        "Object.defineProperty(globalThis, 'data', { get() { for (;;) {} } })",
        "class A { static { for (;;) {} } }",
        "eval('for (;;) {}')",
        "new Function('for (;;) {}')()",
        "JSON.parse('[' + '1,'.repeat(1e5) + '1]', () => { for (;;) {} })",
    ] {
        let ran = run("js", source, &Data::new(), &hurried);
        assert_eq!(ran.outcome, Err(ScriptFault::Timeout), "{source}");
    }
}

#[test]
fn a_script_that_takes_too_much_memory_fails() {
    for source in [
        "a=[];for(;;)a.push(new Array(1e6))",
        "a=[];for(;;)a.push(new Array(1e6).fill(0))",
        "'x'.repeat(1e9)",
        "let s = 'x'; for (;;) s += s",
        "new Uint8Array(1e9)",
        "new ArrayBuffer(1e10)",
        "data.a = 'x'.repeat(5e7); data.b = data.a + data.a",
        "const m = new Map(); for (let i = 0;; i++) m.set(i, {})",
        "let a = ['x'.repeat(1e6)]; for (let i = 0; i < 30; i++) a = [a, a]; JSON.stringify(a)",
        "new RegExp('('.repeat(1e6))",
        "let o = {}; for (let i = 0;; i++) o['k' + i] = i",
        "throw 'x'.repeat(1e9)",
    ] {
        let limits = Limits { time: 20_000, ..Limits::default() };
        let ran = run("js", source, &Data::new(), &Surroundings { limits, ..around() });
        let Err(ScriptFault::Failed(text)) = ran.outcome else { panic!("{source}: {:?}", ran.outcome) };
        let words = ["out of memory", "string too long", "RangeError", "SyntaxError"];
        assert!(words.iter().any(|word| text.contains(word)), "{source}: {text}");
    }
    // Caught, it is over.
    assert_eq!(
        result("try { new Uint8Array(1e9) } catch (e) { data.r = e.message }"),
        json!("out of memory")
    );
    assert_eq!(
        result("let s = 'x'; try { for (;;) s += s } catch (e) {} data.r = s.length > 1e6"),
        json!(true)
    );
}

#[test]
fn what_is_left_is_bounded() {
    let text = "let a = ['x'.repeat(1e6)]; for (let i = 0; i < 30; i++) a = [a, a]; data.a = a";
    let limits = Limits { time: 20_000, ..Limits::default() };
    let ran = run("js", text, &Data::new(), &Surroundings { limits, ..around() });
    assert_eq!(ran.outcome, failed("InternalError: out of memory"));
    let text = "data.a = 'x'.repeat(1e7)";
    assert_eq!(
        outcome(text, json!({})),
        Err(ScriptFault::Format("data has 10000008 bytes, at most 8388608 can be taken".to_owned()))
    );
    let deep = |depth: usize| {
        outcome(&format!("let a = data; for (let i = 0; i < {depth}; i++) a = a.a = {{}}"), json!({}))
    };
    assert!(deep(120).is_ok());
    assert!(
        matches!(deep(200), Err(ScriptFault::Format(text)) if text.starts_with("data is no JSON: recursion limit"))
    );
    let Err(ScriptFault::Format(text)) = deep(100_000) else { panic!("it is taken") };
    assert_eq!(text, "RangeError: Maximum call stack size exceeded");
}

#[test]
fn recursion_is_bounded_and_goes_deep_enough() {
    let overflow = "RangeError: Maximum call stack size exceeded";
    for source in [
        "(function f() { f() })()",
        "const f = () => [1].map(f); f()",
        "const o = { toString() { return `${o}` } }; `${o}`",
        "const o = {}; o.toJSON = () => JSON.stringify(o); JSON.stringify(o)",
        "JSON.parse('['.repeat(1e6))",
        "const p = new Proxy({}, { get: (_, k) => p[k] }); p.x",
        "const f = () => console.log({ toJSON: f }); f(); throw new RangeError('Maximum call stack size exceeded')",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; a.flat(Infinity)",
        "let a = []; for (let i = 0; i < 1e5; i++) a = [a]; String(a)",
        "let f = x => x; for (let i = 0; i < 2000; i++) f = f.bind(null); f()",
    ] {
        assert_eq!(outcome(source, json!({})), failed(overflow), "{source}");
    }
    assert_eq!(result("const sum = n => n === 0 ? 0 : n + sum(n - 1); data.r = sum(800)"), json!(320_400));
}

#[test]
fn a_script_ends_well_at_any_memory() {
    let source =
        "data.list = []; for (let i = 0; i < 50; i++) data.list.push({ i, d: new Date(), m: Math.random() });
        console.log(data); data.s = /a(b)/.exec('ab') + JSON.stringify(data.list).length";
    let mut ends = [0, 0];
    for memory in (0..400).map(|step| step * 2048) {
        let limits = Limits { memory, ..Limits::default() };
        let ran = run("js", source, &object(json!({ "a": [1, 2, 3] })), &Surroundings { limits, ..around() });
        match ran.outcome {
            Ok(_) => ends[0] += 1,
            Err(ScriptFault::Failed(_)) => ends[1] += 1,
            Err(other) => panic!("{memory}: {other:?}"),
        }
    }
    assert!(ends[0] > 0 && ends[1] > 0, "{ends:?}");
}

#[test]
fn a_search_that_never_looks_at_the_clock_is_left_behind() {
    // Some seconds of work within one function of the engine.
    let source = "const a = 'a'.repeat(4e6); a.indexOf('a'.repeat(2e6) + 'b')";
    let limits = Limits { time: 20, ..Limits::default() };
    let ran = run("js", source, &Data::new(), &Surroundings { limits, ..around() });
    assert_eq!(ran.outcome, Err(ScriptFault::Timeout));
    assert_eq!(outcome("data.a = 1", json!({})), Ok(json!({ "a": 1 })));
}

#[test]
fn libraries_of_hashes_are_part_of_the_program() {
    for (source, left) in [
        // Sheet corezoid/engine 10.5, case 95.
        (
            r#"require("libs/sha1.js"); data.r=CryptoJS.SHA1("100").toString()"#,
            json!("310b86e0b62b828562fc91c7be5380a992b2786a"),
        ),
        ("data.r = require('libs/md5.js') === require('libs/aes.js')", json!(true)),
        ("require('libs/rc4.js'); CryptoJS = 1; require('libs/rc4.js'); data.r = CryptoJS", json!(1)),
        ("data.r = typeof CryptoJS", json!("undefined")),
    ] {
        assert_eq!(result(source), left, "{source}");
    }
}

#[test]
fn other_libraries_are_files_of_a_folder_that_the_user_names() {
    let folder = std::env::temp_dir().join(format!("standin-js-libs-{}", std::process::id()));
    let libs = folder.join("libs");
    std::fs::create_dir_all(libs.join("sub.js")).unwrap();
    std::fs::write(folder.join("secret.js"), "var secret = 1").unwrap();
    std::fs::write(
        libs.join("moment.js"),
        "\u{feff};(function (global, factory) { global.moment = factory() })(this, function () {
            return function () { return { unix: function () { return Math.floor(Date.now() / 1000) } } } })",
    )
    .unwrap();
    std::fs::write(libs.join("counted.js"), "times = (this.times || 0) + 1").unwrap();
    std::fs::write(libs.join("broken.js"), "(").unwrap();
    std::fs::write(libs.join("binary.js"), [0xFF]).unwrap();
    std::fs::write(libs.join("long.js"), " ".repeat((4 << 20) + 1)).unwrap();
    std::os::unix::fs::symlink(folder.join("secret.js"), libs.join("out.js")).unwrap();
    std::os::unix::fs::symlink(libs.join("moment.js"), libs.join("within.js")).unwrap();
    let with = |source: &str| {
        let around = Surroundings { libs: Some(libs.clone()), ..around() };
        run("js", source, &Data::new(), &around).outcome
    };
    let dir = libs.display();
    // Sheet corezoid/engine 10.5, case 96.
    let unix = NOW / 1000;
    assert_eq!(with(r#"require("libs/moment.js"); data.u=moment().unix()"#), Ok(json!({ "u": unix })));
    assert_eq!(with("data.u = require('libs/moment.js')().unix()"), Ok(json!({ "u": unix })));
    assert_eq!(with("require('libs/within.js'); data.u = typeof moment"), Ok(json!({ "u": "function" })));
    let counted = "data.u = require('libs/counted.js'); require('libs/counted.js'); data.times = times";
    assert_eq!(with(counted), Ok(json!({ "times": 1 })));
    for (path, text) in [
        ("libs/lodash.js", format!("there is no file {dir}/lodash.js (--js-libs)")),
        ("libs/out.js", format!("{dir}/out.js is a link that leads out of its folder (--js-libs)")),
        ("libs/sub.js", format!("{dir}/sub.js is no file (--js-libs)")),
        ("libs/long.js", format!("{dir}/long.js has 4194305 bytes, at most 4194304 are read")),
        ("libs/../secret.js", "a library is called libs/NAME.js".to_owned()),
        ("libs//etc/passwd.js", "a library is called libs/NAME.js".to_owned()),
        ("libs/.js", "a library is called libs/NAME.js".to_owned()),
        ("libs/moment", "a library is called libs/NAME.js".to_owned()),
        ("fs", "a library is called libs/NAME.js".to_owned()),
        ("", "a library is called libs/NAME.js".to_owned()),
    ] {
        let expected = format!("Error: Cannot find module '{path}': {text}");
        assert_eq!(with(&format!("require('{path}')")), failed(&expected));
    }
    assert_eq!(
        outcome("require('libs/moment.js')", json!({})),
        failed(
            "Error: Cannot find module 'libs/moment.js': it is not part of this program; start it with --js-libs DIR \
             (STANDIN_JS_LIBS), where DIR holds moment.js"
        )
    );
    assert!(
        matches!(with("require('libs/broken.js')"), Err(ScriptFault::Failed(text)) if text.starts_with("SyntaxError"))
    );
    assert!(
        matches!(with("require('libs/binary.js')"), Err(ScriptFault::Failed(text)) if text.contains("binary.js"))
    );
    assert!(matches!(with("require(5)"), Err(ScriptFault::Failed(_))));
    assert!(matches!(with("require()"), Err(ScriptFault::Failed(_))));
    std::fs::remove_dir_all(folder).unwrap();
}
