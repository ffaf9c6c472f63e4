-- Corezoid: nodes, deploys, files behind download links.

-- One row a node: what is deployed (live) and what waits (draft), each a JSON document
-- {obj_type, title, description, logics, semaphors, position, extra?, options?, stub?, uuid?}; one draft a node, last writer
-- wins (sheet corezoid/api 4.1). A waiting removal has draft NULL and draft_deleted 1. The type of a node never changes.
CREATE TABLE cz_node (
    id            TEXT PRIMARY KEY,                 -- 24 hex; documents may bring any other text
    conv_id       INTEGER NOT NULL REFERENCES cz_conv (id) ON DELETE CASCADE,
    position      INTEGER NOT NULL,                 -- order in which nodes were made
    live          TEXT,                             -- NULL: never deployed
    draft         TEXT,                             -- NULL: no change waits
    draft_deleted INTEGER NOT NULL DEFAULT 0 CHECK (draft_deleted IN (0, 1)),
    draft_version INTEGER,                          -- NULL exactly when nothing waits
    draft_user_id INTEGER,
    draft_time    INTEGER,                          -- unix seconds
    obj_type      INTEGER GENERATED ALWAYS AS (coalesce(draft, live) ->> 'obj_type') STORED
) STRICT;
CREATE INDEX cz_node_conv ON cz_node (conv_id, position);
CREATE INDEX cz_node_kind ON cz_node (conv_id, obj_type);
CREATE INDEX cz_node_live ON cz_node (conv_id) WHERE live IS NOT NULL;
CREATE INDEX cz_node_draft ON cz_node (conv_id, draft_version) WHERE draft_version IS NOT NULL;

-- cz_conv.draft_version follows the nodes, so that a node op stays one statement. Of several waiting versions it names
-- the smallest, which with the recommended unix times is the oldest.
CREATE TRIGGER cz_node_added AFTER INSERT ON cz_node WHEN NEW.draft_version IS NOT NULL BEGIN
    UPDATE cz_conv SET draft_version = min(coalesce(draft_version, NEW.draft_version), NEW.draft_version)
    WHERE id = NEW.conv_id AND (draft_version IS NULL OR draft_version > NEW.draft_version);
END;
CREATE TRIGGER cz_node_waits AFTER UPDATE OF draft_version ON cz_node WHEN OLD.draft_version IS NOT NEW.draft_version BEGIN
    UPDATE cz_conv SET draft_version =
        (SELECT min(draft_version) FROM cz_node WHERE conv_id = NEW.conv_id AND draft_version IS NOT NULL)
    WHERE id = NEW.conv_id;
END;
CREATE TRIGGER cz_node_gone AFTER DELETE ON cz_node WHEN OLD.draft_version IS NOT NULL BEGIN
    UPDATE cz_conv SET draft_version =
        (SELECT min(draft_version) FROM cz_node WHERE conv_id = OLD.conv_id AND draft_version IS NOT NULL)
    WHERE id = OLD.conv_id;
END;
-- A node that was never deployed and of which no draft is left does not exist.
CREATE TRIGGER cz_node_dropped AFTER UPDATE ON cz_node WHEN NEW.live IS NULL AND NEW.draft IS NULL BEGIN
    DELETE FROM cz_node WHERE id = NEW.id;
END;

-- One row a deploy that changed something, for show commit and list commits.
CREATE TABLE cz_commit (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    conv_id     INTEGER NOT NULL REFERENCES cz_conv (id) ON DELETE CASCADE,
    version     INTEGER NOT NULL,
    user_id     INTEGER NOT NULL,
    create_time INTEGER NOT NULL,                   -- unix seconds
    nodes       TEXT NOT NULL                       -- JSON [{id, status 1 deployed | 3 removed, node}]
) STRICT;
CREATE INDEX cz_commit_conv ON cz_commit (conv_id, version);

-- Files behind download links.
CREATE TABLE cz_download (
    name        TEXT PRIMARY KEY,
    content     BLOB NOT NULL,
    create_time INTEGER NOT NULL                    -- unix seconds
) STRICT;
