//! What a script takes for the world: a clock that stands still, in UTC, and chance that repeats itself.

use std::rc::Rc;

use rquickjs::{Ctx, Error, Function, Object};

use crate::kernel::ids::IdGen;

/// Puts a `Date` of its own over the engine's, which asks the machine for its time and its zone; made when it is first
/// named, for most scripts do not name it.
const LAZY: &str = "(function (now, make) {
  'use strict';
  const Real = Date, read = eval, define = Object.defineProperty;
  const put = (value) => define(globalThis, 'Date', { value, writable: true, configurable: true, enumerable: false });
  define(globalThis, 'Date', {
    get() { const made = read(make)(Real, now); put(made); return made; },
    set(value) { put(value); },
    configurable: true, enumerable: false,
  });
})";

/// Gives the script its `Date` and `Math.random`.
pub(super) fn furnish(cx: &Ctx<'_>, now: i64, chance: &Rc<IdGen>) -> Result<(), Error> {
    let lazy: Function<'_> = cx.eval(LAZY)?;
    #[expect(clippy::cast_precision_loss, reason = "every time that a Date can hold is exact")]
    lazy.call::<_, ()>((now as f64, include_str!("date.js")))?;
    let chance = Rc::clone(chance);
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    let random = Function::new(cx.clone(), move || {
        (u64::from_be_bytes(chance.bytes()) >> 11) as f64 / (1_u64 << 53) as f64
    })?;
    cx.globals().get::<_, Object<'_>>("Math")?.set("random", random.with_name("random")?)
}
