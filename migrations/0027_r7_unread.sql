-- R7: marks of a further kind, of what is new to somebody. The table is made anew because its check knew five kinds.
CREATE TABLE r7_mark_kept AS SELECT * FROM r7_mark;
DROP TABLE r7_mark;
CREATE TABLE r7_mark (
    position INTEGER PRIMARY KEY,
    user_id  TEXT NOT NULL REFERENCES r7_user (id) ON DELETE CASCADE,
    kind     INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 5), -- 0 unread, 1 favourite, 2 template, 3 recent, 4 editing, 5 editing alone
    is_file  INTEGER NOT NULL CHECK (is_file IN (0, 1)),
    entry_id INTEGER NOT NULL,
    at       INTEGER NOT NULL                  -- ticks: when it was set; of an editing: when it ends unless prolonged
) STRICT;
INSERT INTO r7_mark SELECT * FROM r7_mark_kept;
DROP TABLE r7_mark_kept;
CREATE UNIQUE INDEX r7_mark_entry ON r7_mark (entry_id, is_file, kind, user_id);
CREATE INDEX r7_mark_user ON r7_mark (user_id, kind, position);
CREATE INDEX r7_mark_editing ON r7_mark (entry_id) WHERE kind > 3;
-- Unread entries are few: a folder that goes looks through them, not through all that lies in it.
CREATE INDEX r7_mark_unread ON r7_mark (is_file, entry_id) WHERE kind = 0;

-- For each mark of what is new, to whom and below which root.
CREATE VIEW r7_unread AS
    SELECT m.user_id, r.id AS root_id, r.kind AS root_kind, r.owner_id AS root_owner
    FROM r7_mark m CROSS JOIN r7_folder r ON r.id = (SELECT ancestor_id FROM r7_folder_tree
        WHERE folder_id = CASE WHEN m.is_file THEN (SELECT folder_id FROM r7_file WHERE id = m.entry_id) ELSE m.entry_id END
        ORDER BY depth DESC LIMIT 1)
    WHERE m.kind = 0;
