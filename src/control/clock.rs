//! The clock of a world over HTTP.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::ControlCall;
use crate::kernel::clock::ClockMode;
use crate::kernel::control::{Mistake, decoded, json_body};
use crate::kernel::time::Timestamp;
use crate::kernel::world::World;

pub(super) fn show(world: &World) -> Response<Body> {
    json_body(&json!({ "now": world.clock.now(), "mode": world.clock.mode() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct Setting {
    now: Option<Timestamp>,
    mode: Option<ClockMode>,
}

pub(super) async fn set(call: ControlCall) -> Result<Response<Body>, Mistake> {
    let setting: Setting = decoded(call.request).await?;
    call.world.clock.set(setting.now, setting.mode);
    call.worlds.keep_clock(&call.world).await?;
    call.worlds.settle(&call.world).await?;
    Ok(show(&call.world))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct Advance {
    /// `30s`, `5m`, `1h 30m`, `250ms`, ISO 8601 `PT30S`, or a number of seconds.
    by: Value,
}

pub(super) async fn advance(call: ControlCall) -> Result<Response<Body>, Mistake> {
    let advance: Advance = decoded(call.request).await?;
    let ticks = ticks(&advance.by).ok_or_else(|| {
        let text = format!("by: {} is not a duration such as \"30s\", \"1h 30m\" or \"PT5M\"", advance.by);
        Mistake(StatusCode::BAD_REQUEST, text)
    })?;
    call.world.clock.advance(ticks);
    call.worlds.keep_clock(&call.world).await?;
    call.worlds.settle(&call.world).await?;
    Ok(show(&call.world))
}

/// A duration that is not negative, in ticks of 100 ns.
fn ticks(by: &Value) -> Option<i64> {
    let duration = match by {
        Value::Number(seconds) => jiff::SignedDuration::try_from_secs_f64(seconds.as_f64()?).ok()?,
        // A day is 24 hours here: the clock of a world knows no zone.
        Value::String(text) => {
            let span: jiff::Span = text.parse().ok()?;
            span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()?
        }
        _ => return None,
    };
    let ticks = i64::try_from(duration.as_nanos() / 100).ok()?;
    (ticks >= 0).then_some(ticks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_in_the_forms_people_write() {
        for (by, seconds) in [
            (json!("30s"), 30),
            (json!("1h 30m"), 5400),
            (json!("PT5M"), 300),
            (json!(2), 2),
            (json!("3d"), 259_200),
        ] {
            assert_eq!(ticks(&by), Some(seconds * 10_000_000), "{by}");
        }
        assert_eq!(ticks(&json!("250ms")), Some(2_500_000));
        for by in [json!("soon"), json!("-5s"), json!(null), json!(-1), json!("")] {
            assert_eq!(ticks(&by), None, "{by}");
        }
    }
}
