-- Corezoid: conditions that many statements ask for, and how the runner stores a batch.

-- What can be reached: neither it nor a folder above it is deleted.
CREATE VIEW cz_reachable_conv AS
SELECT c.* FROM cz_conv c
WHERE c.status <> 3 AND (c.folder_id = 0 OR EXISTS (SELECT 1 FROM cz_folder p WHERE p.id = c.folder_id AND p.live));
CREATE VIEW cz_reachable_dashboard AS
SELECT d.* FROM cz_dashboard d
WHERE d.status <> 3 AND (d.folder_id = 0 OR EXISTS (SELECT 1 FROM cz_folder p WHERE p.id = d.folder_id AND p.live));
CREATE VIEW cz_reachable_instance AS
SELECT i.* FROM cz_instance i
WHERE i.status <> 3 AND (i.folder_id = 0 OR EXISTS (SELECT 1 FROM cz_folder p WHERE p.id = i.folder_id AND p.live));

-- The place of the next task that becomes ready.
CREATE VIEW cz_next_ready (place) AS SELECT coalesce(max(ready), 0) + 1 FROM cz_task WHERE ready IS NOT NULL;

-- Whatever is inserted here is what a batch of runs leaves: one statement, so that it is stored whole or not at all.
-- `texts` holds the long texts one after the other, as bytes; the JSON lists tell where each begins and how long it is,
-- so that none of them is written and read as JSON in JSON.
--   rested  [{seq, node, prev, data: [from, bytes], status, user, changed, at, wait, due, due_to, visits, hops, caller,
--             callee, detail}]; without `seq` the task is new, and has `id`, `conv`, `ref` and `created` too. What has
--             `wake` is ready to run with that
--   gone    [[seq | null, node]]: tasks that a final node does not keep
--   walks   [[task, process, user, from, bytes]]
--   flows   [[node, minute, came, went]]
--   visits  [[node, way, times]]
CREATE VIEW cz_batch (texts, rested, gone, walks, flows, visits) AS SELECT NULL, NULL, NULL, NULL, NULL, NULL WHERE false;
CREATE TRIGGER cz_batch_stored INSTEAD OF INSERT ON cz_batch BEGIN
    UPDATE cz_task SET node_id = r.v ->> 'node', node_prev_id = r.v ->> 'prev',
        data = CAST(substr(NEW.texts, r.v ->> '$.data[0]', r.v ->> '$.data[1]') AS TEXT),
        status = r.v ->> 'status', user_id = r.v ->> 'user', change_time = r.v ->> 'changed', at = r.v ->> 'at',
        wait = r.v ->> 'wait', due = r.v ->> 'due', due_to = r.v ->> 'due_to', visits = r.v ->> 'visits',
        hops = r.v ->> 'hops', caller = r.v ->> 'caller', callee = r.v ->> 'callee', detail = r.v ->> 'detail',
        wake = r.v ->> 'wake', ready = iif(r.v ->> 'wake' IS NULL, NULL, (SELECT place FROM cz_next_ready)),
        moment = NULL, walked = 1
    FROM (SELECT value AS v FROM json_each(NEW.rested)) r WHERE cz_task.seq = r.v ->> 'seq';
    INSERT INTO cz_task (id, conv_id, ref, create_time, node_id, node_prev_id, data, status, user_id, change_time, at, wait,
        due, due_to, visits, hops, caller, callee, detail, wake, ready, walked)
    SELECT r.v ->> 'id', r.v ->> 'conv', r.v ->> 'ref', r.v ->> 'created', r.v ->> 'node', r.v ->> 'prev',
        CAST(substr(NEW.texts, r.v ->> '$.data[0]', r.v ->> '$.data[1]') AS TEXT), r.v ->> 'status', r.v ->> 'user',
        r.v ->> 'changed', r.v ->> 'at', r.v ->> 'wait', r.v ->> 'due', r.v ->> 'due_to', r.v ->> 'visits', r.v ->> 'hops',
        r.v ->> 'caller', r.v ->> 'callee', r.v ->> 'detail', r.v ->> 'wake',
        iif(r.v ->> 'wake' IS NULL, NULL, (SELECT place FROM cz_next_ready)), 1
    FROM (SELECT value AS v FROM json_each(NEW.rested)) r WHERE r.v ->> 'seq' IS NULL;
    UPDATE cz_node SET dropped = dropped + g.n
    FROM (SELECT value ->> 1 AS node, count(*) AS n FROM json_each(NEW.gone) GROUP BY 1) g WHERE cz_node.id = g.node;
    DELETE FROM cz_task WHERE seq IN (SELECT value ->> 0 FROM json_each(NEW.gone));
    INSERT INTO cz_walk (task_id, conv_id, user_id, steps)
    SELECT value ->> 0, value ->> 1, value ->> 2, CAST(substr(NEW.texts, value ->> 3, value ->> 4) AS TEXT)
    FROM json_each(NEW.walks);
    INSERT INTO cz_flow (node_id, minute, came, went)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(NEW.flows) WHERE true
    ON CONFLICT (node_id, minute) DO UPDATE SET came = came + excluded.came, went = went + excluded.went;
    INSERT INTO cz_visit (node_id, way, times)
    SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(NEW.visits) WHERE true
    ON CONFLICT (node_id, way) DO UPDATE SET times = times + excluded.times;
END;
