//! How the process engine takes what no public source tells (sheet corezoid/engine 12): named options, each with the
//! default of the sheet. They are read once, into types; nothing that runs knows their words.

mod table;

use std::borrow::Cow;

pub use table::{ENGINE_OPTIONS, EngineOption};

/// What the number of a timer counts (sheet corezoid/engine 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimerUnit {
    /// Seconds if the unit divides it, else units.
    Auto,
    /// Seconds, whatever the unit.
    Seconds,
    /// Units.
    Multiply,
}

/// Which values take the type that a field names (sheet corezoid/engine 3.1, 4.1: the tables are not public).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typing {
    /// Those that have it; a text that is written in the node itself is read all the same.
    Strict,
    /// Those too whose text reads as one: the sheet's own table.
    Text,
    /// Those too that can be taken for one in any way: true for 1, a single value for a list of it.
    Loose,
}

/// What the loop guard makes of a task (sheet corezoid/engine 2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoopStatus {
    /// It looks as if its node still worked on it.
    Processing,
    /// It looks as if it waited.
    Delayed,
    /// It has ended where it stands; its reference is free, its timer is off.
    Canceled,
}

/// How the three parameters are spelt that tell a copy where it comes from (sheet corezoid/engine 1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyMarkers {
    /// `__copy_conv_id__`.
    Both,
    /// `__copy_conv_id`.
    Leading,
    /// `copy_conv_id`.
    Bare,
    /// A copy has none.
    None,
}

/// What `send_parent_data` of a Copy Task does (sheet corezoid/engine 3.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParentData {
    /// Nothing.
    Ignore,
    /// The whole task is sent, as with group `all`.
    Whole,
    /// Only with it a copy is told where it comes from.
    Markers,
}

/// What becomes of a reply that comes when its caller has gone on (sheet corezoid/engine 7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LateReply {
    /// Nothing.
    Drop,
    /// Its parameters go into the caller, which stays where it is.
    Merge,
}

/// Which of several replies of a called task counts that come before its caller has gone on (sheet corezoid/engine 7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondReply {
    /// The first.
    First,
    /// The last.
    Last,
}

/// Under which prefixes a failed Modify Task leaves its error (sheet corezoid/engine 3.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModifyErrors {
    /// That of Copy Task, as real tasks show.
    CopyTask,
    /// Its own too, as one page heads them.
    Both,
}

/// Which redirects an API Call follows (sheet corezoid/engine 6.4, 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redirects {
    /// None: a redirect is an answer that is no success.
    Never,
    /// Those that stay with the same host.
    SameHost,
    /// All; where they may lead is still for `--outbound` to say.
    Any,
}

/// Where the result of a Database Call lands (sheet corezoid/engine 3.11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DbResult {
    /// Its keys become parameters of the task.
    Root,
    /// The parameter of this name.
    Under(Word),
}

/// A name of small letters, digits and `_` that the user spells: a tag, a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word(Cow<'static, str>);

impl Word {
    const MOST: usize = 64;

    /// Takes a name; `None`: it is empty, too long, or has other characters.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let is_one = !text.is_empty() && text.len() <= Self::MOST && text.bytes().all(fits);
        is_one.then(|| Self(Cow::Owned(text.to_owned())))
    }

    const fn fixed(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Tags of errors whose tables are lost (sheet corezoid/engine 12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tags {
    /// `sum_tag`: a value of Sum that is no number.
    pub sum: Word,
    /// `db_tag`: a Database Call that cannot be made.
    pub db: Word,
    /// `reply_tag`: a value of Reply to Process that does not take its type.
    pub reply: Word,
}

/// The options of the engine (`--engine NAME=VALUE`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineOptions {
    /// `timer_unit`.
    pub timer_unit: TimerUnit,
    /// `paused_tasks`: whether tasks inside a paused process go on.
    pub runs_paused: bool,
    /// `loop_guard`: how often a task may come to a node without waiting in between.
    pub loop_guard: u32,
    /// `loop_status`.
    pub loop_status: LoopStatus,
    /// `hops`: nodes that a chain of tasks may pass without waiting.
    pub hops: u32,
    /// `burst`: tasks that a long chain of tasks may make before all comes to rest.
    pub burst: u32,
    /// `condition_types`: of the parameter of a condition, by its `cast`.
    pub condition_types: Typing,
    /// `extra_types`: of values by `extra_type` and its like.
    pub extra_types: Typing,
    /// `self_go`: whether the timer of a state starts anew when the state leads to itself.
    pub restarts_self: bool,
    /// `call_ref`: whether the task of a call has its own id for a reference.
    pub refers_calls: bool,
    /// `late_reply`.
    pub late_reply: LateReply,
    /// `second_reply`.
    pub second_reply: SecondReply,
    /// `copy_markers`.
    pub copy_markers: CopyMarkers,
    /// `send_parent_data`.
    pub parent_data: ParentData,
    /// `modify_errors`.
    pub modify_errors: ModifyErrors,
    /// `redirects`.
    pub redirects: Redirects,
    /// `db_result`.
    pub db_result: DbResult,
    /// `sum_tag`, `db_tag`, `reply_tag`.
    pub tags: Tags,
    /// `task_size`: bytes of a task's data as JSON.
    pub task_bytes: usize,
    /// `state_size`: the same in a state diagram; `None`: as `task_size`.
    pub state_bytes: Option<usize>,
    /// `code_time`: milliseconds of a Code node.
    pub code_millis: u64,
    /// `code_memory`: bytes of a Code node.
    pub code_bytes: usize,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            timer_unit: TimerUnit::Auto,
            runs_paused: false,
            loop_guard: 50,
            loop_status: LoopStatus::Processing,
            hops: 10_000,
            burst: 100_000,
            condition_types: Typing::Text,
            extra_types: Typing::Text,
            restarts_self: false,
            refers_calls: false,
            late_reply: LateReply::Drop,
            second_reply: SecondReply::First,
            copy_markers: CopyMarkers::Both,
            parent_data: ParentData::Ignore,
            modify_errors: ModifyErrors::CopyTask,
            redirects: Redirects::Never,
            db_result: DbResult::Root,
            tags: Tags {
                sum: Word::fixed("sum_wrong_convert_param"),
                db: Word::fixed("db_call_executing_error"),
                reply: Word::fixed("rpc_reply_wrong_convert_param"),
            },
            task_bytes: 128_000,
            state_bytes: None,
            code_millis: 1_000,
            code_bytes: 64 << 20,
        }
    }
}

impl EngineOptions {
    /// Bytes that the data of a task may have, in a state diagram or in a process.
    #[must_use]
    pub fn most_bytes(&self, is_state: bool) -> usize {
        self.state_bytes.filter(|_| is_state).unwrap_or(self.task_bytes)
    }

    /// Sets one option; a mistake is told in words for the user.
    ///
    /// # Errors
    /// The name is not known, or the value is none of those it may have.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let Some(option) = ENGINE_OPTIONS.iter().find(|option| option.name == name) else {
            let known: Vec<_> = ENGINE_OPTIONS.iter().map(|option| option.name).collect();
            return Err(format!("no engine option is named {name:?}; known: {}", known.join(", ")));
        };
        (option.set)(self, value)
            .ok_or_else(|| format!("engine option {name}: {value:?} is none of {}", option.values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_what_the_table_says_it_is() {
        for option in ENGINE_OPTIONS {
            let mut options = EngineOptions::default();
            assert_eq!(options.set(option.name, option.default), Ok(()), "{}", option.name);
            assert_eq!(options, EngineOptions::default(), "{}", option.name);
        }
    }

    #[test]
    fn a_mistake_names_what_is_possible() {
        let mut options = EngineOptions::default();
        assert!(options.set("loop", "1").unwrap_err().contains("loop_guard"));
        let text = options.set("timer_unit", "days").unwrap_err();
        assert_eq!(text, "engine option timer_unit: \"days\" is none of auto, seconds, multiply");
        for (name, value) in [
            ("code_memory", "0"),
            ("state_size", "999"),
            ("sum_tag", ""),
            ("sum_tag", "A-B"),
            ("db_result", "a.b"),
        ] {
            assert_eq!(options.set(name, value).ok(), None, "{name}={value}");
        }
        assert_eq!(options, EngineOptions::default());
    }
}
