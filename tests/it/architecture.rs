//! Who may name whom, and how long a file may be. Crude on purpose: if a rule is ever wrong, narrow its word.

use crate::support::source::{self, Source};

/// In the files of `scope` (`*` is any text) but for those of `except`, none of `words` may stand in code.
struct Law {
    scope: &'static [&'static str],
    except: &'static [&'static str],
    words: &'static [&'static str],
}

const LAWS: &[Law] = &[
    // The kernel knows nobody; services, control plane and the program around them know only the kernel.
    Law {
        scope: &["src/kernel/*"],
        except: &[],
        words: &[
            "r7",
            "corezoid",
            "crate::control",
            "crate::app",
            "crate::server",
            "crate::cli",
            "crate::config",
            "crate::seed",
        ],
    },
    Law {
        scope: &["src/r7/*"],
        except: &[],
        words: &[
            "corezoid",
            "crate::control",
            "crate::app",
            "crate::server",
            "crate::cli",
            "crate::config",
            "crate::seed",
        ],
    },
    Law {
        scope: &["src/corezoid/*"],
        except: &[],
        words: &[
            "r7",
            "crate::control",
            "crate::app",
            "crate::server",
            "crate::cli",
            "crate::config",
            "crate::seed",
        ],
    },
    Law {
        scope: &["src/control/*"],
        except: &[],
        words: &[
            "r7",
            "corezoid",
            "crate::app",
            "crate::server",
            "crate::cli",
            "crate::config",
            "crate::seed",
        ],
    },
    Law { scope: &["src/app.rs"], except: &[], words: &["crate::server", "crate::cli", "crate::config"] },
    // The only file that names both services; the signature is a part of the command line.
    Law {
        scope: &["src/*"],
        except: &["src/r7/*", "src/corezoid/*", "src/app.rs", "src/lib.rs", "src/cli.rs", "src/hot.rs"],
        words: &["r7", "corezoid"],
    },
    // Storage knows no HTTP.
    Law {
        scope: &["src/*/store/*"],
        except: &[],
        words: &["axum", "Request", "Response", "StatusCode", "Body", "render", "endpoint"],
    },
    // Plain functions, plain tests.
    Law {
        scope: &[
            "src/r7/route.rs",
            "src/r7/bind/*",
            "src/r7/render.rs",
            "src/r7/dates.rs",
            "src/r7/messages.rs",
            "src/*/rules/*",
            "src/corezoid/model/*",
            "src/corezoid/args.rs",
            "src/corezoid/signature.rs",
        ],
        except: &[],
        words: &["axum", "sqlx", "tokio", "Clock", "IdGen", "World", "store", "async"],
    },
    // Only the pipelines, what falls due, the control plane and the kernel open a transaction.
    Law {
        scope: &["src/*"],
        except: &[
            "src/kernel/*",
            "src/control/*",
            "src/server.rs",
            "src/r7/endpoint.rs",
            "src/r7/pages.rs",
            "src/r7/people/photo_page.rs",
            "src/r7/files/blob.rs",
            "src/r7/files/chunks.rs",
            "src/r7/files/operation.rs",
            "src/corezoid/http.rs",
            "src/corezoid/package.rs",
            "src/corezoid/webhook.rs",
            "src/corezoid/callback.rs",
            "src/corezoid/runner/arrivals.rs",
            "src/corezoid/runner/pass.rs",
            "src/corezoid/runner/outside.rs",
            "src/corezoid/runner/control.rs",
            "src/corezoid/socket.rs",
            "src/corezoid/outbound/shelf.rs",
            "src/corezoid/outbound/control.rs",
        ],
        words: &[".begin(", "Unit"],
    },
    // SQL lives in the stores; the walk through a package has its savepoints.
    Law {
        scope: &["src/*"],
        except: &["src/kernel/*", "src/*/store/*", "src/corezoid/walk.rs"],
        words: &[
            "sqlx::query",
            "sqlx::query_as",
            "sqlx::query_scalar",
            "sqlx::raw_sql",
            "query_as",
            "query_scalar",
            "raw_sql",
        ],
    },
    // Text of our own making never becomes SQL.
    Law { scope: &["src/*"], except: &["src/kernel/*"], words: &["AssertSqlSafe", "QueryBuilder"] },
    // Time and chance come from the world.
    Law {
        scope: &["src/*"],
        except: &["src/kernel/clock.rs", "src/corezoid/runner/ticker.rs"],
        words: &[
            "SystemTime::now",
            "Instant::now",
            "Timestamp::now",
            "Zoned::now",
            "tokio::time::sleep",
            "thread::sleep",
        ],
    },
    Law {
        scope: &["src/*"],
        except: &["src/server.rs", "src/kernel/body.rs", "src/kernel/task.rs"],
        words: &["tokio::spawn", "task::spawn", "thread::spawn"],
    },
    Law { scope: &["src/*"], except: &[], words: &["new_v4", "rand", "fastrand", "getrandom"] },
    // A request never brings the program down, and nobody prints past the log.
    Law {
        scope: &["src/*"],
        except: &[],
        words: &[
            ".unwrap()",
            ".expect(",
            ".unwrap_err()",
            ".expect_err(",
            "panic!",
            "unreachable!",
            "unimplemented!",
            "todo!",
            "assert!",
            "assert_eq!",
            "process::exit",
            "dbg!",
        ],
    },
    Law {
        scope: &["src/*"],
        except: &["src/cli.rs", "src/main.rs"],
        words: &["println!", "eprintln!", "print!", "eprint!"],
    },
    // An exception names its reason.
    Law { scope: &["src/*", "tests/*"], except: &[], words: &["#[allow", "#![allow"] },
];

/// Longest file, in lines.
const LONGEST: usize = 499;

/// Whether a path is of the form of `pattern`.
fn fits(pattern: &str, path: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let mut open = false;
    for piece in pieces {
        open = piece.is_empty();
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    open || rest.is_empty()
}

/// Whether a file of `src` holds nothing but tests.
fn is_test(path: &str) -> bool {
    path.starts_with("src/") && (path.ends_with("/tests.rs") || path.contains("/tests/"))
}

fn breaches(files: &[Source], laws: &[Law]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| !is_test(&file.path)) {
        let code = source::production(&file.text);
        let is = |pattern: &&str| fits(pattern, &file.path);
        for law in laws.iter().filter(|law| law.scope.iter().any(is) && !law.except.iter().any(is)) {
            for word in law.words {
                let lines = source::lines_with(&code, word);
                found.extend(lines.iter().map(|line| format!("{}:{line} has {word}", file.path)));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

#[test]
fn nobody_names_what_is_not_theirs_to_name() {
    let mut files = source::files("src", ".rs");
    files.extend(source::files("tests", ".rs"));
    let found = breaches(&files, LAWS);
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn every_law_has_files_and_catches_a_breach() {
    let files = source::files("src", ".rs");
    for law in LAWS {
        for word in law.words {
            let path = law.scope[0].replace("/*/", "/any/").replace('*', "new.rs");
            let text = format!("fn f() {{ {word} }}");
            let planted = Source { path: path.clone(), text };
            assert!(
                !breaches(&[planted], std::slice::from_ref(law)).is_empty(),
                "{word} in {path} goes unseen"
            );
        }
        // A scope that fits no file guards nothing; rules and stores may come later.
        for scope in law.scope.iter().filter(|scope| !scope.contains("rules")) {
            let any = files.iter().any(|file| fits(scope, &file.path)) || scope.starts_with("tests");
            assert!(any, "{scope} fits no file");
        }
    }
}

#[test]
fn a_file_holds_one_topic_and_stays_short() {
    let mut files = source::files("src", ".rs");
    files.extend(source::files("tests", ".rs"));
    let long: Vec<_> = files
        .iter()
        .map(|file| (file.text.lines().count(), &file.path))
        .filter(|(lines, _)| *lines > LONGEST)
        .map(|(lines, path)| format!("{path}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "split these:\n{}", long.join("\n"));
}
