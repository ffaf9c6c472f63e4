-- Corezoid: tasks. A task goes with its process, and with its node (sheet corezoid/engine 1.4: deleting a node deletes its
-- tasks); a deploy that removes a node therefore removes what stands in it.
CREATE TABLE cz_task (
    seq          INTEGER PRIMARY KEY,               -- order in which tasks were made
    id           TEXT NOT NULL UNIQUE,              -- 24 hex; documents may bring any other text
    conv_id      INTEGER NOT NULL REFERENCES cz_conv (id) ON DELETE CASCADE,
    node_id      TEXT NOT NULL REFERENCES cz_node (id) ON DELETE CASCADE,
    node_prev_id TEXT,                              -- NULL: it has not moved yet. That node may be gone
    ref          TEXT,
    data         TEXT NOT NULL,                     -- JSON object
    status       TEXT NOT NULL
        CHECK (status IN ('created', 'processing', 'delayed', 'processed', 'canceled', 'deleted')),
    user_id      INTEGER NOT NULL,                  -- who changed it last
    create_time  INTEGER NOT NULL,                  -- unix milliseconds
    change_time  INTEGER NOT NULL,                  -- unix milliseconds
    -- Whether it is still under way; once it is in a final node, its reference is free again (sheet corezoid/api 6.1).
    live         INTEGER NOT NULL GENERATED ALWAYS AS (status IN ('created', 'processing', 'delayed')) STORED
) STRICT;
CREATE UNIQUE INDEX cz_task_live_ref ON cz_task (conv_id, ref) WHERE ref IS NOT NULL AND live;
CREATE INDEX cz_task_ref ON cz_task (conv_id, ref) WHERE ref IS NOT NULL;
-- Covers what counts and pages need: a page of a full node reads the data of its own tasks only.
CREATE INDEX cz_task_node ON cz_task (node_id, status, ref);
