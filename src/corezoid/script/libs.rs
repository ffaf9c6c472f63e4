//! `require("libs/NAME.js")` (sheet corezoid/engine 5): CryptoJS is part of the program, all other libraries are files
//! that the user names a folder of; a library sets its globals, as it would in a page.

use std::cell::RefCell;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use rquickjs::context::EvalOptions;
use rquickjs::{Ctx, Error, Exception, Function, Value};

use super::crypto;
use crate::kernel::ids::IdGen;

/// The rollups of CryptoJS that need nothing but what is here. The sheet does not name all of them: more is harmless.
/// Not those of HMAC with SHA-224 and SHA-384, which 3.1.2 reckons wrongly.
const CRYPTO: &[&str] = &[
    "aes",
    "base64",
    "hmac-md5",
    "hmac-sha1",
    "hmac-sha256",
    "hmac-sha512",
    "md5",
    "rabbit",
    "rc4",
    "sha1",
    "sha224",
    "sha256",
    "sha384",
    "sha512",
    "tripledes",
];
/// The globals of the libraries that are files.
const GLOBALS: &[(&str, &str)] = &[
    ("lodash", "_"),
    ("moment", "moment"),
    ("moment-timezone", "moment"),
    ("moment-with-locales", "moment"),
    ("xregexp", "XRegExp"),
    ("dateutils", "DateUtils"),
];
/// Longest library, in bytes.
const MOST_BYTES: u64 = 4 << 20;

/// Gives the script its `require`, which returns what the library calls itself.
pub(super) fn furnish<'js>(cx: &Ctx<'js>, libs: Option<&Path>, chance: &Rc<IdGen>) -> Result<(), Error> {
    let (libs, chance) = (libs.map(PathBuf::from), Rc::clone(chance));
    let loaded = RefCell::new(Vec::<String>::new());
    let require =
        Function::new(cx.clone(), move |cx: Ctx<'js>, path: String| -> Result<Value<'js>, Error> {
            let globals = cx.globals();
            let name =
                path.strip_prefix("libs/").and_then(|path| path.strip_suffix(".js")).unwrap_or_default();
            let is_crypto = CRYPTO.contains(&name);
            let known = GLOBALS.iter().find(|(library, _)| *library == name).map(|(_, global)| *global);
            let global = if is_crypto { Some("CryptoJS") } else { known };
            let key = global.filter(|_| is_crypto).unwrap_or(&path);
            if !loaded.borrow().iter().any(|loaded| loaded == key) {
                if is_crypto {
                    globals.set("CryptoJS", crypto::object(&cx, &chance)?)?;
                } else {
                    let text = read(&path, name, libs.as_deref()).map_err(|why| {
                        Exception::throw_message(&cx, &format!("Cannot find module '{path}': {why}"))
                    })?;
                    let mut options = EvalOptions::default();
                    options.strict = false;
                    cx.eval_with_options::<Value<'js>, _>(text, options)?;
                }
                loaded.borrow_mut().push(key.to_owned());
            }
            global.map_or_else(|| Ok(Value::new_undefined(cx.clone())), |global| globals.get(global))
        })?;
    cx.globals().set("require", require.with_name("require")?)
}

/// The text of a library, or why there is none.
fn read(path: &str, name: &str, libs: Option<&Path>) -> Result<String, String> {
    if name.is_empty() || !Path::new(name).components().all(|part| matches!(part, Component::Normal(_))) {
        return Err("a library is called libs/NAME.js".to_owned());
    }
    let Some(libs) = libs else {
        return Err(format!(
            "it is not part of this program; start it with --js-libs DIR (STANDIN_JS_LIBS), where DIR holds {name}.js"
        ));
    };
    let file = libs.join(format!("{name}.js"));
    let shown = file.display();
    let (Ok(root), Ok(real)) = (libs.canonicalize(), file.canonicalize()) else {
        return Err(format!("there is no file {shown} (--js-libs)"));
    };
    if !real.starts_with(&root) {
        return Err(format!("{shown} is a link that leads out of its folder (--js-libs)"));
    }
    let about = real.metadata().ok().filter(std::fs::Metadata::is_file);
    match about.map(|about| about.len()) {
        None => Err(format!("{shown} is no file (--js-libs)")),
        Some(length) if length > MOST_BYTES => {
            Err(format!("{shown} has {length} bytes, at most {MOST_BYTES} are read"))
        }
        Some(_) => std::fs::read_to_string(&real)
            .map(|text| text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
            .map_err(|error| format!("{shown} cannot be read as {path}: {error}")),
    }
}
