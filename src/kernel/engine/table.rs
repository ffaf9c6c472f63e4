//! The table of the engine's options.

use std::ops::RangeInclusive;

use super::{
    CopyMarkers, DbResult, EngineOptions, LateReply, LoopStatus, ModifyErrors, ParentData, Redirects,
    SecondReply, TimerUnit, Typing, Word,
};

/// One option: its name, what it may be, its default, what it does, and how it is set (`None`: it cannot be that).
pub struct EngineOption {
    /// As it is written in `--engine NAME=VALUE`.
    pub name: &'static str,
    /// What it may be.
    pub values: &'static str,
    /// What it is if nobody says.
    pub default: &'static str,
    /// What it does.
    pub what: &'static str,
    pub(super) set: fn(&mut EngineOptions, &str) -> Option<()>,
}

fn number<T: std::str::FromStr + PartialOrd>(text: &str, range: &RangeInclusive<T>) -> Option<T> {
    text.parse().ok().filter(|number| range.contains(number))
}

fn choice<T: Copy>(text: &str, choices: &[(&str, T)]) -> Option<T> {
    choices.iter().find(|choice| choice.0 == text).map(|choice| choice.1)
}

/// Words of [`Typing`].
const TYPING: &[(&str, Typing)] =
    &[("strict", Typing::Strict), ("text", Typing::Text), ("loose", Typing::Loose)];

/// Largest `task_size` and `state_size`.
const MOST_BYTES: usize = 16_000_000;

/// Every option.
pub const ENGINE_OPTIONS: &[EngineOption] = &[
    EngineOption {
        name: "timer_unit",
        values: "auto, seconds, multiply",
        default: "auto",
        what: "what the number of a timer counts: `auto` takes it for seconds where the unit divides it, else for units",
        set: |options, text| {
            choice(
                text,
                &[
                    ("auto", TimerUnit::Auto),
                    ("seconds", TimerUnit::Seconds),
                    ("multiply", TimerUnit::Multiply),
                ],
            )
            .map(|value| options.timer_unit = value)
        },
    },
    EngineOption {
        name: "paused_tasks",
        values: "freeze, run",
        default: "freeze",
        what: "whether tasks that are inside a paused process go on",
        set: |options, text| {
            choice(text, &[("freeze", false), ("run", true)]).map(|value| options.runs_paused = value)
        },
    },
    EngineOption {
        name: "loop_guard",
        values: "1 to 1000000",
        default: "50",
        what: "how often a task may come to a node without waiting in between",
        set: |options, text| number(text, &(1..=1_000_000)).map(|n| options.loop_guard = n),
    },
    EngineOption {
        name: "loop_status",
        values: "processing, delayed, canceled",
        default: "processing",
        what: "the status of a task that the loop guard has stopped; a `canceled` one has ended, and its reference is free",
        set: |options, text| {
            choice(
                text,
                &[
                    ("processing", LoopStatus::Processing),
                    ("delayed", LoopStatus::Delayed),
                    ("canceled", LoopStatus::Canceled),
                ],
            )
            .map(|value| options.loop_status = value)
        },
    },
    EngineOption {
        name: "hops",
        values: "1 to 1000000",
        default: "10000",
        what: "nodes that a chain of tasks, each made or woken by the one before, may pass without waiting",
        set: |options, text| number(text, &(1..=1_000_000)).map(|n| options.hops = n),
    },
    EngineOption {
        name: "burst",
        values: "1 to 10000000",
        default: "100000",
        what: "tasks that long chains of tasks may make before the engine comes to rest or ten minutes are over",
        set: |options, text| number(text, &(1..=10_000_000)).map(|n| options.burst = n),
    },
    EngineOption {
        name: "condition_types",
        values: "strict, text, loose",
        default: "text",
        what: "which parameters a condition takes for its `cast`: `strict` those of that type, `text` also a text that reads as one (but no number for a text), `loose` also a number for a text and 1 for true",
        set: |options, text| choice(text, TYPING).map(|value| options.condition_types = value),
    },
    EngineOption {
        name: "extra_types",
        values: "strict, text, loose",
        default: "text",
        what: "which values take a type of `extra_type`, `data_type` and `res_data_type`: `strict` a parameter of that type, `text` also what reads or is written as one, `loose` also true for 1 and one value for a list of it",
        set: |options, text| choice(text, TYPING).map(|value| options.extra_types = value),
    },
    EngineOption {
        name: "self_go",
        values: "stay, restart",
        default: "stay",
        what: "whether the timer of a state starts anew when the state leads to itself",
        set: |options, text| {
            choice(text, &[("stay", false), ("restart", true)]).map(|value| options.restarts_self = value)
        },
    },
    EngineOption {
        name: "call_ref",
        values: "none, id",
        default: "none",
        what: "the reference of the task that a Call a Process makes: none, or its own id",
        set: |options, text| {
            choice(text, &[("none", false), ("id", true)]).map(|value| options.refers_calls = value)
        },
    },
    EngineOption {
        name: "late_reply",
        values: "drop, merge",
        default: "drop",
        what: "what a reply does to a caller that has gone on, by its timer or with an earlier reply: nothing, or its parameters go into the caller where it stands",
        set: |options, text| {
            choice(text, &[("drop", LateReply::Drop), ("merge", LateReply::Merge)])
                .map(|value| options.late_reply = value)
        },
    },
    EngineOption {
        name: "second_reply",
        values: "first, last",
        default: "first",
        what: "which reply counts if a called task replies again before its caller has gone on",
        set: |options, text| {
            choice(text, &[("first", SecondReply::First), ("last", SecondReply::Last)])
                .map(|value| options.second_reply = value)
        },
    },
    EngineOption {
        name: "copy_markers",
        values: "__copy_conv_id__, __copy_conv_id, copy_conv_id, none",
        default: "__copy_conv_id__",
        what: "how the three parameters are spelt that tell a copy where it comes from, by the example of the first",
        set: |options, text| {
            choice(
                text,
                &[
                    ("__copy_conv_id__", CopyMarkers::Both),
                    ("__copy_conv_id", CopyMarkers::Leading),
                    ("copy_conv_id", CopyMarkers::Bare),
                    ("none", CopyMarkers::None),
                ],
            )
            .map(|value| options.copy_markers = value)
        },
    },
    EngineOption {
        name: "send_parent_data",
        values: "ignore, whole, markers",
        default: "ignore",
        what: "what `send_parent_data` of a Copy Task does: nothing, it sends the whole task, or only with it the copy is told where it comes from",
        set: |options, text| {
            choice(
                text,
                &[
                    ("ignore", ParentData::Ignore),
                    ("whole", ParentData::Whole),
                    ("markers", ParentData::Markers),
                ],
            )
            .map(|value| options.parent_data = value)
        },
    },
    EngineOption {
        name: "modify_errors",
        values: "copy_task, both",
        default: "copy_task",
        what: "under which prefix a failed Modify Task leaves its error: `__conveyor_copy_task_…`, or `__conveyor_modify_task_…` too",
        set: |options, text| {
            choice(text, &[("copy_task", ModifyErrors::CopyTask), ("both", ModifyErrors::Both)])
                .map(|value| options.modify_errors = value)
        },
    },
    EngineOption {
        name: "redirects",
        values: "never, same_host, any",
        default: "never",
        what: "which redirects an API Call follows, five in a row at most; each is a call of its own for stubs and `--outbound`",
        set: |options, text| {
            choice(
                text,
                &[("never", Redirects::Never), ("same_host", Redirects::SameHost), ("any", Redirects::Any)],
            )
            .map(|value| options.redirects = value)
        },
    },
    EngineOption {
        name: "db_result",
        values: "root, or the name of a parameter",
        default: "root",
        what: "where the result of a Database Call lands: its keys in the task itself, or all of it in one parameter",
        set: |options, text| {
            options.db_result = match text {
                "root" => DbResult::Root,
                name => DbResult::Under(Word::read(name)?),
            };
            Some(())
        },
    },
    EngineOption {
        name: "sum_tag",
        values: "a tag",
        default: "sum_wrong_convert_param",
        what: "the error tag of a Sum whose value is no number",
        set: |options, text| Word::read(text).map(|tag| options.tags.sum = tag),
    },
    EngineOption {
        name: "db_tag",
        values: "a tag",
        default: "db_call_executing_error",
        what: "the error tag of a Database Call that cannot be made",
        set: |options, text| Word::read(text).map(|tag| options.tags.db = tag),
    },
    EngineOption {
        name: "reply_tag",
        values: "a tag",
        default: "rpc_reply_wrong_convert_param",
        what: "the error tag of a Reply to Process whose value does not take its type",
        set: |options, text| Word::read(text).map(|tag| options.tags.reply = tag),
    },
    EngineOption {
        name: "task_size",
        values: "1000 to 16000000 bytes",
        default: "128000",
        what: "largest data of a task",
        set: |options, text| number(text, &(1_000..=MOST_BYTES)).map(|n| options.task_bytes = n),
    },
    EngineOption {
        name: "state_size",
        values: "task_size, or 1000 to 16000000 bytes",
        default: "task_size",
        what: "largest data of a task of a state diagram (sources tell of 2048 and 5000, and of none that differs)",
        set: |options, text| {
            options.state_bytes = match text {
                "task_size" => None,
                bytes => Some(number(bytes, &(1_000..=MOST_BYTES))?),
            };
            Some(())
        },
    },
    EngineOption {
        name: "code_time",
        values: "1 to 60000 ms",
        default: "1000",
        what: "how long a Code node may run",
        set: |options, text| number(text, &(1..=60_000)).map(|n| options.code_millis = n),
    },
    EngineOption {
        name: "code_memory",
        values: "1 to 1024 MB",
        default: "64",
        what: "what a Code node may hold in memory",
        set: |options, text| number(text, &(1..=1024)).map(|n: usize| options.code_bytes = n << 20),
    },
];
