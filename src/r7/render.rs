//! Answers as bytes: JSON with Json.NET's and the portal's escapes, and the XML that the same JSON turns into. Pure.

use std::borrow::Cow;
use std::{fmt, io};

use quick_xml::Writer;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use quick_xml::name::QName;
use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, Serializer};
use serde_json::{Map, Number, Value};

/// JSON as the portal writes it: minified, with the escapes of sheet r7/transport 3.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = Vec::with_capacity(512);
    value.serialize(&mut Serializer::with_formatter(&mut bytes, Portal))?;
    Ok(bytes)
}

/// An object that has members already, with one more at its end; both parts are JSON.
pub(crate) fn with_member(mut object: Vec<u8>, name: &str, value: &[u8]) -> Vec<u8> {
    object.pop();
    object.reserve(name.len() + value.len() + 5);
    object.extend_from_slice(b",\"");
    object.extend_from_slice(name.as_bytes());
    object.extend_from_slice(b"\":");
    object.extend_from_slice(value);
    object.push(b'}');
    object
}

struct Portal;

impl Formatter for Portal {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        // By bytes, because nearly every fragment is clean or a URL. 0xEF leads U+F000 to U+FFFF, among them the two that
        // are escaped; 0xF0 and up lead what needs surrogates.
        let mut clean = fragment;
        let mut searched = 0;
        let special = |text: &str, from: usize| {
            let rest = text.as_bytes().get(from..)?;
            Some(from + rest.iter().position(|byte| *byte == b'/' || *byte >= 0xEF)?)
        };
        while let Some(at) = special(clean, searched) {
            let (before, rest) = clean.split_at(at);
            let Some(char) = rest.chars().next() else { break };
            // sheet r7/transport 3: `\/` always; surrogates and U+FFFE, U+FFFF as `\ud83d`; the rest is raw UTF-8.
            if char != '/' && char < '\u{FFFE}' {
                searched = at + char.len_utf8();
                continue;
            }
            writer.write_all(before.as_bytes())?;
            if char == '/' {
                writer.write_all(b"\\/")?;
            } else {
                for unit in char.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
            clean = rest.get(char.len_utf8()..).unwrap_or_default();
            searched = 0;
        }
        writer.write_all(clean.as_bytes())
    }

    fn write_char_escape<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        // sheet r7/transport 3: no `\n`, no `\t`; every control character in the long form.
        let control = match escape {
            CharEscape::Quote => return writer.write_all(b"\\\""),
            CharEscape::ReverseSolidus => return writer.write_all(b"\\\\"),
            CharEscape::Solidus => return writer.write_all(b"\\/"),
            CharEscape::Backspace => 0x08,
            CharEscape::FormFeed => 0x0C,
            CharEscape::LineFeed => 0x0A,
            CharEscape::CarriageReturn => 0x0D,
            CharEscape::Tab => 0x09,
            CharEscape::AsciiControl(byte) => byte,
        };
        write!(writer, "\\u{control:04x}")
    }

    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        write_json_float(writer, dotnet_float(&format!("{value:e}")))
    }

    fn write_f32<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f32) -> io::Result<()> {
        write_json_float(writer, dotnet_float(&format!("{value:e}")))
    }
}

/// sheet r7/transport 3: whole decimals and doubles keep one decimal place, `10.0`.
fn write_json_float<W: ?Sized + io::Write>(writer: &mut W, mut text: String) -> io::Result<()> {
    if !text.contains(['.', 'E']) {
        text.push_str(".0");
    }
    writer.write_all(text.as_bytes())
}

/// .NET's round-trip form of a double, given Rust's shortest scientific form: plain digits from 1e-4 up to 1e15,
/// `1E+20` and `1E-05` beyond (sheet r7/transport 2, XML form).
pub(super) fn dotnet_float(scientific: &str) -> String {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-4..15).contains(&exponent) {
        let direction = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{mantissa}E{direction}{:02}", exponent.unsigned_abs());
    }
    let digits = mantissa.replace('.', "");
    let places = usize::try_from(exponent.unsigned_abs()).unwrap_or(0);
    if exponent < 0 {
        return format!("{sign}0.{}{digits}", "0".repeat(places.saturating_sub(1)));
    }
    match digits.split_at_checked(places + 1) {
        Some((whole, "")) => format!("{sign}{whole}"),
        Some((whole, part)) => format!("{sign}{whole}.{part}"),
        None => format!("{sign}{digits:0<width$}", width = places + 1),
    }
}

/// A JSON document as Json.NET turns it into XML under the root `result`: no declaration, no indentation
/// (sheet r7/transport 2, XML form).
pub(crate) fn xml(document: &Value) -> Vec<u8> {
    let mut writer = Writer::new(Vec::with_capacity(512));
    // `<currency />`, with the space.
    writer.config_mut().add_space_before_slash_in_empty_elements = true;
    // Writing to memory does not fail.
    let _ = element(&mut writer, "result", document);
    writer.into_inner()
}

type Out = Writer<Vec<u8>>;

/// A property: an array repeats its element under the parent, without a wrapper; an empty one leaves nothing.
fn property(writer: &mut Out, name: &str, value: &Value) -> io::Result<()> {
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| element(writer, name, item)),
        single => element(writer, name, single),
    }
}

/// One element. An array here is an array in an array: inner elements of the same name.
fn element(writer: &mut Out, name: &str, value: &Value) -> io::Result<()> {
    let encoded = encode_name(name);
    let mut start = BytesStart::new(encoded.as_ref());
    let content = match value {
        Value::Null => None,
        Value::Bool(bool) => Some(Content::Text(Cow::Borrowed(if *bool { "true" } else { "false" }))),
        Value::Number(number) => Some(Content::Text(Cow::Owned(number_text(number)))),
        // `""` gives start and end tags, null an empty tag (sheet r7/transport 2).
        Value::String(text) => Some(Content::Text(escape(text, false))),
        Value::Array(items) => (!items.is_empty()).then_some(Content::Items(items)),
        Value::Object(object) => {
            for (name, value) in object {
                if let Some((name, text)) = attribute(name, value) {
                    let key = QName(name.as_ref());
                    start.push_attribute(Attribute { key, value: escape(&text, true) });
                }
            }
            object.iter().any(|(name, value)| is_child(name, value)).then_some(Content::Children(object))
        }
    };
    let Some(content) = content else { return writer.write_event(Event::Empty(start)) };
    writer.write_event(Event::Start(start))?;
    match content {
        Content::Text(text) => writer.write_event(Event::Text(BytesText::from_escaped(text)))?,
        Content::Items(items) => items.iter().try_for_each(|item| element(writer, name, item))?,
        Content::Children(object) => {
            for (name, value) in object.iter().filter(|(name, value)| is_child(name, value)) {
                property(writer, name, value)?;
            }
        }
    }
    writer.write_event(Event::End(BytesEnd::new(encoded.as_ref())))
}

enum Content<'a> {
    Text(Cow<'a, str>),
    Items(&'a [Value]),
    Children(&'a Map<String, Value>),
}

/// Whether a property leaves anything inside its parent's tags.
fn is_child(name: &str, value: &Value) -> bool {
    !value.as_array().is_some_and(Vec::is_empty) && attribute(name, value).is_none()
}

/// sheet r7/transport 2: keys that start with `@` turn into attributes. Json.NET fails on one that holds an object or a
/// list; here that stays an element with an encoded name.
fn attribute<'a>(name: &'a str, value: &'a Value) -> Option<(Cow<'a, str>, Cow<'a, str>)> {
    let name = name.strip_prefix('@').filter(|name| !name.is_empty())?;
    let text = match value {
        Value::Null => Cow::Borrowed(""),
        Value::Bool(bool) => Cow::Borrowed(if *bool { "true" } else { "false" }),
        Value::Number(number) => Cow::Owned(number_text(number)),
        Value::String(text) => Cow::Borrowed(text.as_str()),
        Value::Array(_) | Value::Object(_) => return None,
    };
    Some((encode_name(name), text))
}

/// sheet r7/transport 2: decimals and doubles lose a trailing `.0`.
fn number_text(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => dotnet_float(&format!("{float:e}")),
        _ => number.to_string(),
    }
}

/// Text as .NET's writer puts it: `&`, `<`, `>` escaped and quotes not; in attributes the double quote and line ends
/// too. What XML 1.0 forbids comes out as a character reference (`&#x1;`), as upstream's does: not well-formed
/// strictly, but nothing is lost and nothing raw is sent.
fn escape(text: &str, in_attribute: bool) -> Cow<'_, str> {
    let special = |char: char| match char {
        '&' | '<' | '>' | '\u{FFFE}' | '\u{FFFF}' => true,
        '"' | '\n' | '\r' => in_attribute,
        '\t' => false,
        other => other < ' ',
    };
    if !text.contains(special) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' if in_attribute => escaped.push_str("&quot;"),
            char if special(char) => add(&mut escaped, format_args!("&#x{:X};", u32::from(char))),
            char => escaped.push(char),
        }
    }
    Cow::Owned(escaped)
}

fn add(text: &mut String, more: fmt::Arguments<'_>) {
    // Writing to memory does not fail.
    let _ = fmt::Write::write_fmt(text, more);
}

/// sheet r7/transport 2: what may not stand in an XML name is encoded, `1` as `_x0031_`; so is an underscore that would
/// read as the start of such an escape.
fn encode_name(name: &str) -> Cow<'_, str> {
    let mut plain = name.bytes();
    let ascii = plain.next().is_some_and(|byte| byte.is_ascii_alphabetic());
    if ascii && plain.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')) {
        return Cow::Borrowed(name);
    }
    let mut encoded = String::with_capacity(name.len() + 8);
    for (at, char) in name.char_indices() {
        let allowed = match char {
            '_' => !name.get(at + 1..).is_some_and(is_escape_tail),
            ':' => true,
            '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' => at > 0,
            char => char.is_alphabetic() && char <= '\u{FFFD}',
        };
        match u32::from(char) {
            _ if allowed => encoded.push(char),
            code @ ..0x1_0000 => add(&mut encoded, format_args!("_x{code:04X}_")),
            code => add(&mut encoded, format_args!("_x{code:08X}_")),
        }
    }
    // An empty name has no XML; upstream fails on it.
    if encoded.is_empty() { Cow::Borrowed("_") } else { Cow::Owned(encoded) }
}

/// `x0031_`, or the eight-digit form.
fn is_escape_tail(rest: &str) -> bool {
    let Some(rest) = rest.strip_prefix('x') else { return false };
    [4, 8].into_iter().any(|digits| {
        let Some((code, tail)) = rest.split_at_checked(digits) else { return false };
        code.bytes().all(|byte| byte.is_ascii_hexdigit()) && tail.starts_with('_')
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn json_escapes() {
        // sheet r7/transport 3
        for (value, expected) in [
            ("plain", r#""plain""#),
            ("http://www.Р7.com/", r#""http:\/\/www.Р7.com\/""#),
            ("a\nb\tc\r\u{8}\u{c}\u{0}\u{1f}", r#""a\u000ab\u0009c\u000d\u0008\u000c\u0000\u001f""#),
            ("\u{7f}'&<>\u{2028}", "\"\u{7f}'&<>\u{2028}\""),
            (r#"q"b\"#, r#""q\"b\\""#),
            ("x😀/y", r#""x\ud83d\ude00\/y""#),
            ("\u{fffd}\u{fffe}\u{ffff}\u{ff21}", "\"\u{fffd}\\ufffe\\uffff\u{ff21}\""),
        ] {
            let written = text(json(value).unwrap());
            assert_eq!(written, expected);
            assert_eq!(serde_json::from_str::<String>(&written).unwrap(), value);
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_reads_back(value in proptest::prelude::any::<String>(), float in -1e300_f64..1e300) {
            let written = json(&(&value, float)).unwrap();
            proptest::prop_assert!(!written.iter().any(|byte| *byte < b' ' || *byte >= 0xF0));
            let (read, number): (String, f64) = serde_json::from_slice(&written).unwrap();
            proptest::prop_assert_eq!(read, value);
            proptest::prop_assert!((number - float).abs() <= float.abs() * f64::EPSILON);
        }
    }

    #[test]
    fn json_values() {
        let value = json!({"b": true, "a": null, "n": [1, -2, 10.0, 0.5, 1e20], "o": {}, "l": []});
        assert_eq!(
            text(json(&value).unwrap()),
            r#"{"b":true,"a":null,"n":[1,-2,10.0,0.5,1E+20],"o":{},"l":[]}"#
        );
        assert_eq!(text(json(&f64::NAN).unwrap()), "null");
        assert_eq!(text(json(&2.5_f32).unwrap()), "2.5");
    }

    #[test]
    fn floats() {
        for (float, expected) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (10.0, "10"),
            (120.0, "120"),
            (1.5, "1.5"),
            (-1234.25, "-1234.25"),
            (0.05, "0.05"),
            (0.0001, "0.0001"),
            (0.000_012, "1.2E-05"),
            (0.000_001_2, "1.2E-06"),
            (123_456_789_012_345.0, "123456789012345"),
            (1e15, "1E+15"),
            (1e20, "1E+20"),
            (1.25e-10, "1.25E-10"),
            (f64::MAX, "1.7976931348623157E+308"),
        ] {
            let shown = dotnet_float(&format!("{float:e}"));
            assert_eq!(shown, expected);
            assert_eq!(shown.parse::<f64>().unwrap().to_bits(), float.to_bits());
        }
    }

    #[test]
    fn xml_form() {
        // sheet r7/transport 2, XML form
        for (document, inside) in [
            (
                json!({"count": 1, "status": 0, "statusCode": 200, "response": {"id": 3, "title": "x"}}),
                "<count>1</count><status>0</status><statusCode>200</statusCode><response><id>3</id><title>x</title></response>",
            ),
            (
                json!({"response": [{"id": 1}, {"id": 2}]}),
                "<response><id>1</id></response><response><id>2</id></response>",
            ),
            (
                json!({"response": {"files": ["a", "b"]}}),
                "<response><files>a</files><files>b</files></response>",
            ),
            (json!({"total": 0, "response": []}), "<total>0</total>"),
            (json!({"response": {"only": []}}), "<response />"),
            (json!({"a": [[1, 2], [], [{"x": 1}]]}), "<a><a>1</a><a>2</a></a><a /><a><a><x>1</x></a></a>"),
            (json!({"currency": null}), "<currency />"),
            (json!({"description": ""}), "<description></description>"),
            (json!({"response": {}}), "<response />"),
            (json!({"b": [true, false]}), "<b>true</b><b>false</b>"),
            (
                json!({"n": [10.0, 0.5, 1e20, -7, u64::MAX]}),
                "<n>10</n><n>0.5</n><n>1E+20</n><n>-7</n><n>18446744073709551615</n>",
            ),
            (
                json!({"url": "http://Р7.com/?a=1&b=<2>\"'"}),
                "<url>http://Р7.com/?a=1&amp;b=&lt;2&gt;\"'</url>",
            ),
            (json!({"t": "a\nb\tc\r"}), "<t>a\nb\tc\r</t>"),
            (json!({"t": "a\u{1}\u{b}\u{ffff}😀"}), "<t>a&#x1;&#xB;&#xFFFF;😀</t>"),
            (
                json!({"1st": 1, "content-Type": 2, "a b": 3, "ключ": 4, "_x0031_": 5, "_y": 6, "😀": 7, "": 8}),
                "<_x0031_st>1</_x0031_st><content-Type>2</content-Type><a_x0020_b>3</a_x0020_b><ключ>4</ключ>\
              <_x005F_x0031_>5</_x005F_x0031_><_y>6</_y><_x0001F600_>7</_x0001F600_><_>8</_>",
            ),
            (
                json!({"a": {"@id": 5, "@q": "\"<\n'", "x": 1}}),
                "<a id=\"5\" q=\"&quot;&lt;&#xA;'\"><x>1</x></a>",
            ),
            (json!({"a": {"@id": null}}), "<a id=\"\" />"),
            (json!({"a": {"@id": {"x": 1}}}), "<a><_x0040_id><x>1</x></_x0040_id></a>"),
        ] {
            assert_eq!(text(xml(&document)), format!("<result>{inside}</result>"));
        }
        assert_eq!(text(xml(&json!({"only": []}))), "<result />");
    }

    #[test]
    fn xml_error() {
        // sheet r7/transport 7
        let document = json!({"status": 1, "statusCode": 404, "error": {"message": "Not found", "hresult": -2_147_467_259, "data": {}}});
        let expected = "<result><status>1</status><statusCode>404</statusCode><error><message>Not found</message>\
                        <hresult>-2147467259</hresult><data /></error></result>";
        assert_eq!(text(xml(&document)), expected);
    }
}
