-- Corezoid: tasks on their way.

-- How often what is deployed of a process has changed: what was read of it is good as long as this stays.
ALTER TABLE cz_conv ADD COLUMN deploys INTEGER NOT NULL DEFAULT 0;
CREATE TRIGGER cz_node_planted AFTER INSERT ON cz_node WHEN NEW.live IS NOT NULL BEGIN
    UPDATE cz_conv SET deploys = deploys + 1 WHERE id = NEW.conv_id;
END;
CREATE TRIGGER cz_node_deployed AFTER UPDATE OF live ON cz_node WHEN OLD.live IS NOT NEW.live BEGIN
    UPDATE cz_conv SET deploys = deploys + 1 WHERE id = NEW.conv_id;
END;
CREATE TRIGGER cz_node_removed AFTER DELETE ON cz_node WHEN OLD.live IS NOT NULL BEGIN
    UPDATE cz_conv SET deploys = deploys + 1 WHERE id = OLD.conv_id;
END;

ALTER TABLE cz_task ADD COLUMN at INTEGER NOT NULL DEFAULT 0;     -- the logic of its node that is next, or that waits
ALTER TABLE cz_task ADD COLUMN wait TEXT;                         -- JSON: what it waits for; NULL: for nothing
ALTER TABLE cz_task ADD COLUMN due INTEGER;                       -- when its timer fires, unix milliseconds
ALTER TABLE cz_task ADD COLUMN due_to TEXT;                       -- the node that its timer leads to
ALTER TABLE cz_task ADD COLUMN visits TEXT;                       -- JSON: how often it came to each node (loop guard)
ALTER TABLE cz_task ADD COLUMN hops INTEGER NOT NULL DEFAULT 0;   -- nodes passed since time or the world outside moved it
ALTER TABLE cz_task ADD COLUMN caller TEXT;                       -- the task that waits for its reply
ALTER TABLE cz_task ADD COLUMN callee TEXT;                       -- the task whose reply it waits for
ALTER TABLE cz_task ADD COLUMN ready INTEGER;                     -- its place among those that are to run; NULL: it rests
ALTER TABLE cz_task ADD COLUMN wake TEXT;                         -- JSON: what it is to run with
ALTER TABLE cz_task ADD COLUMN moment INTEGER;                    -- when that happened, unix milliseconds
ALTER TABLE cz_task ADD COLUMN walked INTEGER NOT NULL DEFAULT 0; -- whether its way is in cz_walk
ALTER TABLE cz_task ADD COLUMN detail TEXT;                       -- more about its status: `loop`
CREATE INDEX cz_task_ready ON cz_task (ready) WHERE ready IS NOT NULL;
CREATE INDEX cz_task_due ON cz_task (due) WHERE due IS NOT NULL;
CREATE INDEX cz_task_outside ON cz_task (seq) WHERE status = 'processing';

-- What happened to tasks, one row a run; those of tasks that are gone stay a while.
CREATE TABLE cz_walk (
    id      INTEGER PRIMARY KEY,
    task_id TEXT NOT NULL,
    conv_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,                       -- who had changed the task last
    steps   TEXT NOT NULL                           -- JSON [{at, node, step, …}]
) STRICT;
CREATE INDEX cz_walk_task ON cz_walk (task_id);

-- How many tasks came into a node and went out of it, minute by minute.
CREATE TABLE cz_flow (
    node_id TEXT NOT NULL,
    minute  INTEGER NOT NULL,                       -- unix minutes
    came    INTEGER NOT NULL,
    went    INTEGER NOT NULL,
    PRIMARY KEY (node_id, minute)
) STRICT, WITHOUT ROWID;

-- How often tasks came to a node (way '') and left it on each way: 'logic:0', 'error:0', 'timer'.
CREATE TABLE cz_visit (
    node_id TEXT NOT NULL,
    way     TEXT NOT NULL,
    times   INTEGER NOT NULL,
    PRIMARY KEY (node_id, way)
) STRICT, WITHOUT ROWID;

-- Counters of Sum nodes (sheet corezoid/engine 3.9).
CREATE TABLE cz_counter (
    node_id TEXT NOT NULL REFERENCES cz_node (id) ON DELETE CASCADE,
    sum_id  TEXT NOT NULL,
    value   REAL NOT NULL,
    PRIMARY KEY (node_id, sum_id)
) STRICT, WITHOUT ROWID;

-- Count semaphors whose number is reached (sheet corezoid/engine 2.4).
CREATE TABLE cz_threshold (
    node_id  TEXT NOT NULL REFERENCES cz_node (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,                      -- among the count semaphors of the node
    PRIMARY KEY (node_id, position)
) STRICT, WITHOUT ROWID;

-- Tasks that a final node counted and did not keep.
ALTER TABLE cz_node ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;
CREATE TRIGGER cz_node_out AFTER DELETE ON cz_node BEGIN
    DELETE FROM cz_flow WHERE node_id = OLD.id;
    DELETE FROM cz_visit WHERE node_id = OLD.id;
END;
