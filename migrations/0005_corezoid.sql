-- Corezoid: companies, users, their API keys and session tokens.
CREATE TABLE cz_company (
    id    TEXT PRIMARY KEY,            -- "i" and digits, or a UUID
    title TEXT NOT NULL
) STRICT;

CREATE TABLE cz_user (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    title      TEXT NOT NULL,
    company_id TEXT REFERENCES cz_company (id)
) STRICT;

CREATE TABLE cz_key (
    login   INTEGER PRIMARY KEY,       -- API_LOGIN of the URL
    secret  TEXT NOT NULL,
    user_id INTEGER NOT NULL REFERENCES cz_user (id) ON DELETE CASCADE
) STRICT;

CREATE TABLE cz_session (
    token   TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES cz_user (id) ON DELETE CASCADE
) STRICT;

-- Folders, processes (conv: process or state diagram) and dashboards. folder_id 0 is the root of a company.
-- status: 1 active, 2 paused, 3 deleted (in the trash), 4 blocked, 5 debug (sheet corezoid/api 8, row 1).
CREATE TABLE cz_folder (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id   INTEGER NOT NULL DEFAULT 0,
    company_id  TEXT,
    title       TEXT NOT NULL,
    description TEXT,
    status      INTEGER NOT NULL DEFAULT 1,
    owner_id    INTEGER NOT NULL,
    create_time INTEGER NOT NULL,      -- unix seconds
    change_time INTEGER NOT NULL
) STRICT;
CREATE INDEX cz_folder_parent ON cz_folder (folder_id, company_id);

CREATE TABLE cz_conv (
    id                     INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id              INTEGER NOT NULL DEFAULT 0,
    company_id             TEXT,
    title                  TEXT NOT NULL,
    description            TEXT,
    conv_type              TEXT NOT NULL CHECK (conv_type IN ('process', 'state', 'escalation')),
    status                 INTEGER NOT NULL DEFAULT 1,
    hash                   TEXT NOT NULL,           -- 40 hex, for the direct URL
    params                 TEXT NOT NULL DEFAULT '[]', -- JSON, carried as given (null stays null)
    ref_mask               INTEGER NOT NULL DEFAULT 1 CHECK (ref_mask IN (0, 1)),
    owner_id               INTEGER NOT NULL,
    create_time            INTEGER NOT NULL,
    change_time            INTEGER NOT NULL,
    draft_version          INTEGER,                 -- version of the waiting drafts; NULL when nothing waits
    last_confirmed_version INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX cz_conv_folder ON cz_conv (folder_id, company_id);

CREATE TABLE cz_dashboard (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id   INTEGER NOT NULL DEFAULT 0,
    company_id  TEXT,
    title       TEXT NOT NULL,
    description TEXT,
    status      INTEGER NOT NULL DEFAULT 1,
    time_range  TEXT NOT NULL DEFAULT 'null',       -- JSON, carried as given
    grid        TEXT NOT NULL DEFAULT '[]',         -- JSON
    owner_id    INTEGER NOT NULL,
    create_time INTEGER NOT NULL,
    change_time INTEGER NOT NULL
) STRICT;
CREATE INDEX cz_dashboard_folder ON cz_dashboard (folder_id, company_id);

-- One row a node: what is deployed (live) and what waits (draft), each a JSON document
-- {obj_type, title, description, logics, semaphors, position, extra, options, …unknown keys}; one draft a node, last writer wins
-- (sheet corezoid/api 4.1).
CREATE TABLE cz_node (
    id            TEXT PRIMARY KEY,                 -- 24 hex
    conv_id       INTEGER NOT NULL REFERENCES cz_conv (id) ON DELETE CASCADE,
    position      INTEGER NOT NULL,                 -- order in which nodes were made
    live          TEXT,                             -- NULL: never deployed
    draft         TEXT,                             -- NULL: no change waits
    draft_deleted INTEGER NOT NULL DEFAULT 0 CHECK (draft_deleted IN (0, 1)),
    draft_version INTEGER,
    draft_user_id INTEGER,
    draft_time    INTEGER
) STRICT;
CREATE INDEX cz_node_conv ON cz_node (conv_id, position);
