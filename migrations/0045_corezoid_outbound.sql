-- What answers the calls of processes in place of other servers, in the order in which it is asked.
CREATE TABLE cz_stub (
    position INTEGER PRIMARY KEY,
    stub     TEXT NOT NULL,                         -- JSON, without its `used`
    times    INTEGER,                               -- how often it answers; NULL: always
    used     INTEGER NOT NULL DEFAULT 0             -- how often it has; counted only where there is a limit
) STRICT;
