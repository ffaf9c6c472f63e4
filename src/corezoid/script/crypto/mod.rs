//! The CryptoJS family of libraries (sheet corezoid/engine 5): its call forms in JavaScript, its hashes and ciphers here.

mod cipher;
mod hash;
#[cfg(test)]
mod tests;
mod words;

use std::rc::Rc;

use rquickjs::convert::Coerced;
use rquickjs::{Ctx, Error, Exception, Function, Object, Value};

use self::cipher::Mode;
use crate::kernel::ids::IdGen;

/// A word as JavaScript has it: any number, cut to 32 bits; a hole is zero.
type Words = Vec<Coerced<i32>>;

/// The object `CryptoJS`; salts come from `chance`.
pub(super) fn object<'js>(cx: &Ctx<'js>, chance: &Rc<IdGen>) -> Result<Value<'js>, Error> {
    let native = Object::new(cx.clone())?;
    native.set("hash", Function::new(cx.clone(), digest)?)?;
    native.set("hmac", Function::new(cx.clone(), hmac)?)?;
    native.set("cipher", Function::new(cx.clone(), encipher)?)?;
    let chance = Rc::clone(chance);
    let random = Function::new(cx.clone(), move |bytes: usize| {
        (0..bytes.div_ceil(4)).map(|_| i32::from_be_bytes(chance.bytes())).collect::<Vec<_>>()
    })?;
    native.set("random", random)?;
    let make: Function<'js> = cx.eval(include_str!("cryptojs.js"))?;
    make.call((native,))
}

fn plain(words: Words) -> impl Iterator<Item = i32> {
    words.into_iter().map(|word| word.0)
}

#[expect(clippy::needless_pass_by_value, reason = "the engine hands over what it converts")]
fn digest(cx: Ctx<'_>, name: String, words: Words, length: usize) -> Result<Vec<i32>, Error> {
    let data = words::bytes(plain(words), length);
    hash::digest(&name, &data).map(|made| words::words(&made)).ok_or_else(|| unknown(&cx, &name))
}

#[expect(clippy::needless_pass_by_value, reason = "the engine hands over what it converts")]
fn hmac(
    cx: Ctx<'_>,
    name: String,
    key: Words,
    key_length: usize,
    words: Words,
    length: usize,
) -> Result<Vec<i32>, Error> {
    let (key, data) = (words::bytes(plain(key), key_length), words::bytes(plain(words), length));
    hash::hmac(&name, &key, &data).map(|made| words::words(&made)).ok_or_else(|| unknown(&cx, &name))
}

/// By a cipher and mode such as `AES-CBC`; the words are whole blocks.
#[expect(clippy::needless_pass_by_value, reason = "the engine hands over what it converts")]
fn encipher(
    cx: Ctx<'_>,
    name: String,
    forward: bool,
    key: Words,
    key_length: usize,
    iv: Words,
    words: Words,
) -> Result<Vec<i32>, Error> {
    let all = |words: Words| {
        let length = words.len() * 4;
        words::bytes(plain(words), length)
    };
    let (key, iv, mut data) = (words::bytes(plain(key), key_length), all(iv), all(words));
    let (name, mode) = name.split_once('-').unwrap_or_default();
    let done = match (name, Mode::named(mode)) {
        ("Rabbit", _) => cipher::rabbit(&key, &iv, &mut data),
        ("RC4" | "RC4Drop", _) => cipher::rc4(&key, &mut data),
        (_, Some(mode)) => cipher::block(name, mode, forward, (&key, &iv), &mut data),
        _ => Err("CryptoJS has no such mode"),
    };
    done.map(|()| words::words(&data)).map_err(|text| Exception::throw_message(&cx, text))
}

fn unknown(cx: &Ctx<'_>, name: &str) -> Error {
    Exception::throw_message(cx, &format!("CryptoJS has no hash {name:?} here"))
}
