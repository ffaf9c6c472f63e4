//! The real binary as a child process.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A running server; killed when dropped.
pub(crate) struct Program {
    child: Child,
    out: BufReader<ChildStdout>,
    pub(crate) address: SocketAddr,
    /// Standard output up to and with the ready line.
    pub(crate) banner: String,
}

/// What a program that has ended leaves.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The program with nothing of this process's environment.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_standin"));
    command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs to the end.
pub(crate) fn run(args: &[&str]) -> Ended {
    ended(command().args(args).spawn().unwrap())
}

/// Runs to the end with something to read.
pub(crate) fn run_with_input(args: &[&str], input: &[u8]) -> Ended {
    let mut child = command().args(args).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    ended(child)
}

/// Waits for a program that is to end by itself; one that does not within 20 seconds is killed, and has no code.
pub(crate) fn ended(mut child: Child) -> Ended {
    let code = wait(&mut child, Duration::from_secs(20)).and_then(|status| status.code());
    let _ = child.kill();
    let (mut out, mut err) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    let _ = child.wait();
    Ended { code, out, err }
}

#[expect(clippy::disallowed_methods, reason = "a child process lives by the machine's clock")]
fn wait(child: &mut Child, most: Duration) -> Option<ExitStatus> {
    let start = Instant::now();
    while start.elapsed() < most {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    None
}

impl Ended {
    /// Fails unless the program refused: exit code 2, nothing on standard output, one line that holds every word.
    #[track_caller]
    pub(crate) fn refused(&self, words: &[&str]) {
        assert_eq!(self.code, Some(2), "{self:?}");
        assert_eq!(self.out, "", "{self:?}");
        assert_eq!(self.err.trim_end().lines().count(), 1, "{self:?}");
        assert!(self.err.starts_with("standin: "), "{self:?}");
        for word in words {
            assert!(self.err.contains(word), "no {word:?} in {:?}", self.err);
        }
    }
}

impl Program {
    /// Starts `standin` on a free port and waits for the ready line.
    #[track_caller]
    pub(crate) fn start(args: &[&str]) -> Self {
        let mut command = command();
        command.args(["--listen", "127.0.0.1:0"]).args(args);
        Self::of(&mut command)
    }

    /// Starts a command that serves.
    #[track_caller]
    #[expect(
        clippy::zombie_processes,
        reason = "whoever gets the program waits for it, at the latest when it is dropped"
    )]
    pub(crate) fn of(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut banner = String::new();
        loop {
            let mut line = String::new();
            if out.read_line(&mut line).unwrap() == 0 {
                let mut err = String::new();
                child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
                child.wait().unwrap();
                panic!("the program ended before it was ready: {banner}{err}");
            }
            banner += &line;
            if let Some(url) = line.trim_end().strip_prefix("standin ready on http://") {
                return Self { child, out, address: url.parse().unwrap(), banner };
            }
        }
    }

    /// Sends a signal by its name: `TERM`, `INT`, `KILL`.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id();
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the end after a signal: how it ended, what it wrote besides the banner, how long it took.
    #[expect(clippy::disallowed_methods, reason = "a child process lives by the machine's clock")]
    pub(crate) fn end(mut self) -> (Ended, Duration) {
        let start = Instant::now();
        let code = wait(&mut self.child, Duration::from_secs(20)).and_then(|status| status.code());
        let took = start.elapsed();
        let _ = self.child.kill();
        let (mut out, mut err) = (String::new(), String::new());
        self.out.read_to_string(&mut out).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (Ended { code, out, err }, took)
    }

    /// `kill -9`, at once.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
