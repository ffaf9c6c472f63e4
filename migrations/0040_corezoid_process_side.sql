-- Corezoid: what a process, a dashboard and a node have beside themselves.

-- The direct URL of a process can be switched off: then there is no hash (sheet corezoid/api 2.7).
ALTER TABLE cz_conv ADD COLUMN url_hash TEXT;
UPDATE cz_conv SET url_hash = hash;
ALTER TABLE cz_conv DROP COLUMN hash;
ALTER TABLE cz_conv RENAME COLUMN url_hash TO hash;
-- HTTP Basic of the direct URL; both NULL: anyone with the hash may post.
ALTER TABLE cz_conv ADD COLUMN auth_user TEXT;
ALTER TABLE cz_conv ADD COLUMN auth_pass TEXT;
-- The process that takes the errors of this one, as it was named when this one was made.
ALTER TABLE cz_conv ADD COLUMN escalation_conv INTEGER REFERENCES cz_conv (id) ON DELETE SET NULL;
CREATE INDEX cz_conv_escalation ON cz_conv (escalation_conv) WHERE escalation_conv IS NOT NULL;

-- Tasks of a final node that its counter does not count any more, since it was reset.
ALTER TABLE cz_node ADD COLUMN uncounted INTEGER NOT NULL DEFAULT 0;

-- Source texts of Code nodes, as api_code loads them. A deploy makes the one of the sandbox that of production.
CREATE TABLE cz_code (
    node_id TEXT NOT NULL REFERENCES cz_node (id) ON DELETE CASCADE,
    env     TEXT NOT NULL CHECK (env IN ('sandbox', 'production')),
    lang    TEXT NOT NULL,                          -- js, erlang
    src     TEXT NOT NULL,
    PRIMARY KEY (node_id, env)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER cz_code_deployed AFTER UPDATE OF live ON cz_node WHEN NEW.live IS NOT NULL BEGIN
    INSERT OR REPLACE INTO cz_code (node_id, env, lang, src)
    SELECT node_id, 'production', lang, src FROM cz_code WHERE node_id = NEW.id AND env = 'sandbox';
    DELETE FROM cz_code WHERE node_id = NEW.id AND env = 'sandbox';
END;

-- Charts. One goes with its dashboard.
CREATE TABLE cz_chart (
    seq          INTEGER PRIMARY KEY,               -- order in which charts were made
    id           TEXT NOT NULL UNIQUE,              -- 24 hex; documents may bring any other text
    dashboard_id INTEGER NOT NULL REFERENCES cz_dashboard (id) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    description  TEXT NOT NULL,
    obj_type     TEXT NOT NULL CHECK (obj_type IN ('table', 'funnel', 'column', 'pie')),
    series       TEXT NOT NULL,                     -- JSON array, carried as given
    more         TEXT NOT NULL DEFAULT '{}'         -- JSON object: sort, uuid, settings and what else a client sent
) STRICT;
CREATE INDEX cz_chart_dashboard ON cz_chart (dashboard_id);

-- Snapshots of a process: what was deployed when each was made.
CREATE TABLE cz_snapshot (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    conv_id     INTEGER NOT NULL REFERENCES cz_conv (id) ON DELETE CASCADE,
    version     INTEGER NOT NULL,                   -- the confirmed version of then
    user_id     INTEGER NOT NULL,
    create_time INTEGER NOT NULL,                   -- unix seconds
    title       TEXT NOT NULL,
    nodes       TEXT NOT NULL                       -- JSON [{id, node}]
) STRICT;
CREATE INDEX cz_snapshot_conv ON cz_snapshot (conv_id);
