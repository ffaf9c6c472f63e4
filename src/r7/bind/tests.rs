use serde::Deserialize;
use serde_json::{Value, json};

use super::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Conflict {
    #[default]
    Skip,
    Overwrite,
    Duplicate,
}

impl WireEnum for Conflict {
    const NAMES: &'static [(&'static str, i32)] = &[("Skip", 0), ("Overwrite", 1), ("Duplicate", 2)];

    fn from_number(number: i32) -> Option<Self> {
        [Self::Skip, Self::Overwrite, Self::Duplicate].into_iter().find(|value| *value as i32 == number)
    }
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Share {
    shareto: Guid,
    access: i32,
    tags: Vec<String>,
    inner: Option<Box<Share>>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Call {
    int: i32,
    maybe: Option<i32>,
    long: i64,
    tiny: u8,
    money: f64,
    flag: bool,
    text: String,
    option: Option<String>,
    #[serde(deserialize_with = "kept_text")]
    kept: Option<String>,
    guid: Guid,
    guids: Vec<Guid>,
    #[serde(deserialize_with = "wire_enum")]
    conflict: Conflict,
    #[serde(deserialize_with = "wire_enum_option")]
    perhaps: Option<Conflict>,
    texts: Vec<String>,
    ints: Vec<i32>,
    #[serde(deserialize_with = "entry_ids")]
    fileids: Vec<EntryId>,
    fileid: EntryId,
    #[serde(deserialize_with = "objects")]
    s: Vec<Share>,
    cfg: Option<Share>,
    any: Value,
}

const GUID: &str = "0ae1b2c3-d4e5-f607-1829-3a4b5c6d7e8f";

fn guid() -> Guid {
    Guid::parse(GUID).unwrap()
}

fn query(text: &str) -> Arguments {
    let mut arguments = Arguments::default();
    arguments.push_pairs(form_urlencoded::parse(text.as_bytes()).into_owned());
    arguments
}

fn body(text: &str) -> Arguments {
    let mut arguments = Arguments::default();
    arguments.push_json(text.as_bytes()).unwrap();
    arguments
}

fn call(arguments: &Arguments) -> Call {
    arguments.bind().unwrap()
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn number(number: i64) -> EntryId {
    EntryId::Number(number)
}

#[test]
fn scalars() {
    // sheet r7/transport 4
    for (sent, expected) in [
        ("", Call::default()),
        ("unknown=1&int2=x", Call::default()),
        ("INT=5&Text=a", Call { int: 5, text: "a".into(), ..Call::default() }),
        ("int=5&int=6", Call { int: 5, ..Call::default() }),
        ("int=+-5", Call { int: -5, ..Call::default() }),
        ("int=0x10", Call { int: 16, ..Call::default() }),
        ("int=&money=&flag=&guid=&conflict=&maybe=&perhaps=&text=", Call::default()),
        ("maybe=0&option=a", Call { maybe: Some(0), option: Some("a".into()), ..Call::default() }),
        ("option=&kept=", Call { kept: Some(String::new()), ..Call::default() }),
        ("money=1e3", Call { money: 1000.0, ..Call::default() }),
        ("money=-.5", Call { money: -0.5, ..Call::default() }),
        ("flag=+TRUE+", Call { flag: true, ..Call::default() }),
        ("long=9999999999&tiny=255", Call { long: 9_999_999_999, tiny: 255, ..Call::default() }),
        ("conflict=1", Call { conflict: Conflict::Overwrite, ..Call::default() }),
        (
            "conflict=dUplicate&perhaps=Skip",
            Call { conflict: Conflict::Duplicate, perhaps: Some(Conflict::Skip), ..Call::default() },
        ),
        ("conflict=skip,overwrite", Call { conflict: Conflict::Overwrite, ..Call::default() }),
        ("fileid=12", Call { fileid: number(12), ..Call::default() }),
        ("fileid=sbox-12-%7C5", Call { fileid: EntryId::Text("sbox-12-|5".into()), ..Call::default() }),
        ("int[]=5", Call::default()),
    ] {
        assert_eq!(call(&query(sent)), expected, "{sent}");
    }
    for form in [
        GUID.to_owned(),
        GUID.replace('-', ""),
        format!("{{{GUID}}}"),
        format!("({GUID})"),
        GUID.to_uppercase(),
    ] {
        assert_eq!(call(&query(&format!("guid={form}"))).guid, guid(), "{form}");
    }
}

#[test]
fn json_scalars() {
    // sheet r7/transport 4
    for (sent, expected) in [
        ("", Call::default()),
        (" \n", Call::default()),
        ("null", Call::default()),
        ("{}", Call::default()),
        ("\u{feff}{\"int\":1}", Call { int: 1, ..Call::default() }),
        (
            r#"{"int":"5","flag":true,"conflict":"0","money":5.5}"#,
            Call { int: 5, flag: true, money: 5.5, ..Call::default() },
        ),
        (r#"{"int":10.0,"long":1e3}"#, Call { int: 10, long: 1000, ..Call::default() }),
        (
            r#"{"conflict":2,"fileId":7,"text":12}"#,
            Call { conflict: Conflict::Duplicate, fileid: number(7), text: "12".into(), ..Call::default() },
        ),
        (
            r#"{"int":null,"flag":null,"guid":null,"maybe":null,"text":null,"option":null,"kept":null,"cfg":null,"s":null,"fileIds":null}"#,
            Call::default(),
        ),
        (r#"{"int":1,"int":2}"#, Call { int: 1, ..Call::default() }),
        (r#"{"int":[3,4]}"#, Call { int: 3, ..Call::default() }),
        // A text that looks like a date is not rewritten.
        (
            r#"{"text":"2022-10-08T15:03:33.3200000+03:00"}"#,
            Call { text: "2022-10-08T15:03:33.3200000+03:00".into(), ..Call::default() },
        ),
        ("{int: 4, 'text': 'x', /* no */ }", Call { int: 4, text: "x".into(), ..Call::default() }),
    ] {
        assert_eq!(call(&body(sent)), expected, "{sent}");
    }
}

#[test]
fn failures() {
    const FORMAT: &str = "Input string was not in a correct format.";
    const INT: &str = "Value was either too large or too small for an Int32.";
    const GUID_FORM: &str =
        "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).";
    const BOOL: &str = "String was not recognized as a valid Boolean.";
    // sheet r7/transport 4, the table of failed conversions
    for (sent, message, hresult) in [
        ("int=x", FORMAT, -2_146_233_033),
        ("int=10.0", FORMAT, -2_146_233_033),
        ("int=+", FORMAT, -2_146_233_033),
        ("maybe=1,5", FORMAT, -2_146_233_033),
        ("money=5,5", FORMAT, -2_146_233_033),
        ("money=inf", FORMAT, -2_146_233_033),
        ("money=1e40", "Value was either too large or too small for a Decimal.", -2_146_233_066),
        ("ints=", FORMAT, -2_146_233_033),
        ("ints=1,2", FORMAT, -2_146_233_033),
        ("ints=1&ints[]=x", FORMAT, -2_146_233_033),
        ("int=2147483648", INT, -2_146_233_066),
        ("int=-99999999999", INT, -2_146_233_066),
        ("tiny=-1", "Value was either too large or too small for an unsigned byte.", -2_146_233_066),
        ("flag=1", BOOL, -2_146_233_033),
        ("flag=yes", BOOL, -2_146_233_033),
        ("guid=zz", GUID_FORM, -2_146_233_033),
        ("guids=", GUID_FORM, -2_146_233_033),
        ("conflict=zz", "Requested value 'zz' was not found.", -2_147_024_809),
        ("conflict=skip,zz", "Requested value 'zz' was not found.", -2_147_024_809),
        ("perhaps=77", "Requested value '77' was not found.", -2_147_024_809),
        ("conflict=99999999999", INT, -2_146_233_066),
        ("s[0][access]=x", FORMAT, -2_146_233_033),
    ] {
        let error = query(sent).bind::<Call>().unwrap_err();
        assert_eq!(
            (error.message.as_str(), error.hresult, error.kind),
            (message, hresult, BindKind::Arguments),
            "{sent}"
        );
    }
    assert_eq!(body(r#"{"int":10.5}"#).bind::<Call>().unwrap_err().message, FORMAT);
    assert_eq!(body(r#"{"ints":[1,null]}"#).bind::<Call>().unwrap_err().message, FORMAT);
}

#[test]
fn simple_lists() {
    // sheet r7/transport 4: all equal
    for sent in
        ["ints=1&ints=2", "ints[]=1&ints[]=2", "ints[0]=1&ints[1]=2", "Ints=1&iNts[]=2", "ints[]=2&ints=1"]
    {
        assert_eq!(call(&query(sent)).ints, [1, 2], "{sent}");
    }
    for sent in [r#"{"ints":[1,2]}"#, r#"{"ints":["1",2.0]}"#, r#"{"ints":1,"ints":2}"#] {
        assert_eq!(call(&body(sent)).ints, [1, 2], "{sent}");
    }
    for (sent, expected) in [
        ("texts=1,2", texts(&["1,2"])),
        ("texts=", texts(&[""])),
        // Mixed: plain first, then the bracketed in order of appearance.
        ("texts[1]=b&texts=a&texts[0]=c&texts[]=d", texts(&["a", "b", "c", "d"])),
    ] {
        assert_eq!(call(&query(sent)).texts, expected, "{sent}");
    }
    assert_eq!(call(&body(r#"{"texts":"one"}"#)).texts, texts(&["one"]));
    assert_eq!(call(&body(r#"{"texts":null}"#)).texts, texts(&[""]));
    assert_eq!(call(&body(r#"{"texts":[]}"#)).texts, texts(&[]));
    assert_eq!(call(&query(&format!("guids={GUID}&guids={GUID}"))).guids, [guid(), guid()]);
    // sheet r7/files 0: null and empty ids are absent.
    assert_eq!(call(&query("fileIds=&fileIds=5&fileIds=a-5&fileIds[]=")).fileids, [number(5), "a-5".into()]);
    assert_eq!(call(&body(r#"{"fileIds":[1,"2",null,"","x"]}"#)).fileids, [number(1), number(2), "x".into()]);
}

#[test]
fn sources_add_up() {
    let mut arguments = query("int=1&ints=1");
    arguments.push_json(br#"{"int":2,"ints":[2,3]}"#).unwrap();
    arguments.push_pairs([("ints".to_owned(), "4".to_owned())]);
    let call = call(&arguments);
    assert_eq!((call.int, call.ints), (1, vec![1, 2, 3, 4]));
}

#[test]
fn scalars_take_the_first_value() {
    let sent = "fileId=5&fileId=x&kept=a&kept=b&perhaps=1&perhaps=2&conflict=2&conflict=0&option=c&option=d&maybe=1&maybe=x";
    let expected = Call {
        fileid: number(5),
        kept: Some("a".into()),
        perhaps: Some(Conflict::Overwrite),
        conflict: Conflict::Duplicate,
        option: Some("c".into()),
        maybe: Some(1),
        ..Call::default()
    };
    assert_eq!(call(&query(sent)), expected);
}

#[test]
fn other_formats_read_the_types_too() {
    let ids: Vec<EntryId> = serde_json::from_str(r#"[5, "6", "box-7"]"#).unwrap();
    assert_eq!(ids, [number(5), number(6), "box-7".into()]);
    assert_eq!(serde_json::from_str::<Guid>(&format!("\"{GUID}\"")).unwrap(), guid());
}

proptest::proptest! {
    #[test]
    fn nothing_sent_can_panic(name in "[a-c.\\[\\]0-9]{0,12}", text in "(?s)[{}\\[\\]<>/&;:,'\"a \\\\*0-9.\n!-]{0,24}") {
        let mut arguments = query("any[x][]=1&any[x][]=2");
        arguments.push_pairs([(format!("any{name}"), text.clone()), (name, text.clone())]);
        let _ = arguments.push_json(text.as_bytes());
        let _ = arguments.push_json(format!("{{any:{text}}}").as_bytes());
        let _ = arguments.push_xml(text.as_bytes());
        let _ = arguments.push_xml(format!("<a><any>{text}</any></a>").as_bytes());
        let _ = arguments.bind::<Call>();
        let _ = arguments.bind::<std::collections::BTreeMap<String, Value>>();
    }
}

#[test]
fn object_lists() {
    let share = |access: i32| Share { access, ..Share::default() };
    let full = || Share { shareto: guid(), ..share(2) };
    // sheet r7/transport 4
    for (sent, expected) in [
        (format!("s[0][shareTo]={GUID}&s[0][Access]=2"), vec![full()]),
        (format!("s[0].ShareTo={GUID}&s[0].access=2"), vec![full()]),
        (format!("s[shareTo]={GUID}&s[access]=2"), vec![full()]),
        (format!("s.shareTo={GUID}&S.access=2"), vec![full()]),
        (format!("s[][shareTo]={GUID}&s[][access]=2"), vec![full()]),
        ("s[][access]=1&s[][access]=2".into(), vec![share(1), share(2)]),
        (
            "s[][tags][]=a&s[][tags][]=b&s[][access]=1&s[][access]=2".into(),
            vec![Share { tags: texts(&["a", "b"]), ..share(1) }, share(2)],
        ),
        ("s[2][access]=2&s[0][access]=0&s[1][access]=1".into(), vec![share(0), share(1), share(2)]),
        ("s=x".into(), vec![]),
        ("s[0][unknown]=x".into(), vec![share(0)]),
    ] {
        assert_eq!(call(&query(&sent)).s, expected, "{sent}");
    }
    for (sent, expected) in [
        (format!(r#"{{"s":[{{"shareTo":"{GUID}","Access":2}}]}}"#), vec![full()]),
        (format!(r#"{{"s":{{"shareTo":"{GUID}","access":"2"}}}}"#), vec![full()]),
        (r#"{"s":[{"access":1},null,{"access":2}]}"#.into(), vec![share(1), share(2)]),
        (r#"{"s":[]}"#.into(), vec![]),
        (r#"{"s":{"access":1},"s":{"access":2}}"#.into(), vec![share(1), share(2)]),
    ] {
        assert_eq!(call(&body(&sent)).s, expected, "{sent}");
    }
    let deep = Share { inner: Some(Box::new(Share { tags: texts(&["x"]), ..share(3) })), ..share(0) };
    for arguments in [
        query("cfg[inner][access]=3&cfg[inner][tags][0]=x"),
        query("cfg.inner.access=3&cfg.inner[tags]=x"),
        body(r#"{"cfg":{"inner":{"access":3,"tags":"x"}}}"#),
        body(r#"{"cfg":[{"inner":{"access":3,"tags":["x"]}}]}"#),
    ] {
        assert_eq!(call(&arguments).cfg.as_ref(), Some(&deep));
    }
}

#[test]
fn anything() {
    for (sent, expected) in [
        ("any=1", json!("1")),
        ("any=1&any=2", json!(["1", "2"])),
        ("any[x][y]=1", json!({"x": {"y": "1"}})),
        ("any[x]=1&any[0][z]=2", json!([{"z": "2"}, {"x": "1"}])),
        ("any[x]=1&any[0]=2", json!(["2", {"x": "1"}])),
    ] {
        assert_eq!(call(&query(sent)).any, expected, "{sent}");
    }
}

#[test]
fn batch_keys() {
    // sheet r7/transport 8: `[0][relativeUrl]=…` is a list without a name.
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Batch {
        #[serde(rename = "")]
        items: Vec<Item>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Item {
        relativeurl: String,
    }
    let batch: Batch = query("[1][relativeUrl]=b&[0][relativeUrl]=a").bind().unwrap();
    let urls: Vec<_> = batch.items.iter().map(|item| item.relativeurl.as_str()).collect();
    assert_eq!(urls, ["a", "b"]);
}

#[test]
fn hostile_names() {
    let deep = format!("any{}", "[x]".repeat(100_000));
    for name in [
        deep.as_str(),
        "any[",
        "any]",
        "any[x",
        "any[x]y",
        "any..",
        "[",
        "",
        ".",
        "any[99999999999999999999]",
        "any[]]",
    ] {
        let mut arguments = Arguments::default();
        arguments.push_pairs([(name.to_owned(), "1".to_owned())]);
        assert!(arguments.bind::<Call>().is_ok(), "{name}");
    }
    assert_eq!(call(&query("any[x]y=1&any[z=2")).any, json!({"x": {"y": "1"}, "z": "2"}));
}

#[test]
fn broken_json() {
    for (sent, message) in [
        ("[1]", "XmlNodeConverter can only convert JSON that begins with an object."),
        ("5", "XmlNodeConverter can only convert JSON that begins with an object."),
        ("{\"a\":}", "expected value at line 1 column 6"),
        ("{", "EOF while parsing an object at line 1 column 1"),
    ] {
        let error = Arguments::default().push_json(sent.as_bytes()).unwrap_err();
        assert_eq!((error.message.as_str(), error.hresult), (message, -2_146_233_088));
        assert_eq!(error.kind, BindKind::Arguments);
    }
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(200), "]".repeat(200));
    assert!(Arguments::default().push_json(deep.as_bytes()).is_err());
}

#[test]
fn xml_bodies() {
    let read = |text: &str| {
        let mut arguments = Arguments::default();
        arguments.push_xml(text.as_bytes()).map(|()| call(&arguments))
    };
    let share = |access: i32| Share { access, ..Share::default() };
    // sheet r7/transport 4
    for (sent, expected) in [
        ("<r/>", Call::default()),
        (
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><any x='1'><!-- c --><Int>5</Int> <text>a &lt;&#x42;<![CDATA[<c>]]></text></any>",
            Call { int: 5, text: "a <B<c>".into(), ..Call::default() },
        ),
        ("<r><ints>1</ints><text> </text><ints>2</ints></r>", Call { ints: vec![1, 2], ..Call::default() }),
        ("<r><s><access>1</access></s></r>", Call { s: vec![share(1)], ..Call::default() }),
        (
            "<r><s><access>1</access></s><s><access>2</access></s></r>",
            Call { s: vec![share(1), share(2)], ..Call::default() },
        ),
        (
            "<x:r xmlns:x='u'><x:cfg>\n <access>3</access>\n</x:cfg></x:r>",
            Call { cfg: Some(share(3)), ..Call::default() },
        ),
    ] {
        assert_eq!(read(sent), Ok(expected), "{sent}");
    }
    let deep = format!("{}{}", "<a>".repeat(500), "</a>".repeat(500));
    for broken in [
        "",
        "  ",
        "text",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a>&nope;</a>",
        "<a>& b</a>",
        "</a>",
        "<a",
        "<a/>x",
        "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
        deep.as_str(),
    ] {
        assert_eq!(read(broken).map_err(|error| error.kind), Err(BindKind::Broken), "{broken}");
    }
}

#[test]
fn asking_by_name() {
    let mut arguments = query("a=1&a=2&B[]=3");
    arguments.push_json(br#"{"n":null,"o":{"x":1}}"#).unwrap();
    let asked = ["A", "b", "n", "o", "z"].map(|name| arguments.text(name));
    assert_eq!(asked.each_ref().map(Option::as_deref), [Some("1"), None, Some(""), None, None]);
}
