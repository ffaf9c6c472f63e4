//! How the process engine takes what no public source tells (sheet corezoid/engine 12): named options, each with the
//! default of the sheet.

use std::ops::RangeInclusive;

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

/// The options of the engine (`--engine NAME=VALUE`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineOptions {
    /// `timer_unit`.
    pub timer_unit: TimerUnit,
    /// `paused_tasks`: whether tasks inside a paused process go on.
    pub runs_paused: bool,
    /// `loop_guard`: how often a task may come to a node without waiting in between.
    pub loop_guard: u32,
    /// `hops`: nodes that a chain of tasks may pass without waiting.
    pub hops: u32,
    /// `burst`: tasks that a long chain of tasks may make before all comes to rest.
    pub burst: u32,
    /// `self_go`: whether the timer of a state starts anew when the state leads to itself.
    pub restarts_self: bool,
    /// `call_ref`: whether the task of a call has its own id for a reference.
    pub refers_calls: bool,
    /// `task_size`: bytes of a task's data as JSON.
    pub task_bytes: usize,
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
            hops: 10_000,
            burst: 100_000,
            restarts_self: false,
            refers_calls: false,
            task_bytes: 128_000,
            code_millis: 1_000,
            code_bytes: 64 << 20,
        }
    }
}

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
    set: fn(&mut EngineOptions, &str) -> Option<()>,
}

fn number<T: std::str::FromStr + PartialOrd>(text: &str, range: &RangeInclusive<T>) -> Option<T> {
    text.parse().ok().filter(|number| range.contains(number))
}

/// Every option.
pub const ENGINE_OPTIONS: &[EngineOption] = &[
    EngineOption {
        name: "timer_unit",
        values: "auto, seconds, multiply",
        default: "auto",
        what: "what the number of a timer counts: `auto` takes it for seconds where the unit divides it, else for units",
        set: |options, text| {
            options.timer_unit = match text {
                "auto" => TimerUnit::Auto,
                "seconds" => TimerUnit::Seconds,
                "multiply" => TimerUnit::Multiply,
                _ => return None,
            };
            Some(())
        },
    },
    EngineOption {
        name: "paused_tasks",
        values: "freeze, run",
        default: "freeze",
        what: "whether tasks that are inside a paused process go on",
        set: |options, text| {
            options.runs_paused = match text {
                "freeze" => false,
                "run" => true,
                _ => return None,
            };
            Some(())
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
        name: "self_go",
        values: "stay, restart",
        default: "stay",
        what: "whether the timer of a state starts anew when the state leads to itself",
        set: |options, text| {
            options.restarts_self = match text {
                "stay" => false,
                "restart" => true,
                _ => return None,
            };
            Some(())
        },
    },
    EngineOption {
        name: "call_ref",
        values: "none, id",
        default: "none",
        what: "the reference of the task that a Call a Process makes: none, or its own id",
        set: |options, text| {
            options.refers_calls = match text {
                "none" => false,
                "id" => true,
                _ => return None,
            };
            Some(())
        },
    },
    EngineOption {
        name: "task_size",
        values: "1000 to 16000000 bytes",
        default: "128000",
        what: "largest data of a task",
        set: |options, text| number(text, &(1_000..=16_000_000)).map(|n| options.task_bytes = n),
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

impl EngineOptions {
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
        assert_eq!(options.set("code_memory", "0").ok(), None);
        assert_eq!(options, EngineOptions::default());
    }
}
