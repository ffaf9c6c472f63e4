-- R7: what is shared with whom. A share goes with its entry, and outlives a stay in the trash.
CREATE TABLE r7_share (
    is_file     INTEGER NOT NULL CHECK (is_file IN (0, 1)),
    entry_id    INTEGER NOT NULL,
    subject     TEXT NOT NULL,                         -- GUID of a person, a group or a link, or one of a file's two marks
    access      INTEGER NOT NULL,                      -- FileShare: 1 full, 2 read, 3 nothing, 5 review, 6 comment, …
    owner_id    TEXT NOT NULL,                         -- who shared
    shared      INTEGER NOT NULL,                      -- ticks
    is_link     INTEGER NOT NULL DEFAULT 0 CHECK (is_link IN (0, 1)),
    title       TEXT,                                  -- of a link beside the main one, as the next three
    password    TEXT,
    expires     INTEGER,                               -- ticks; NULL: never
    auto_delete INTEGER NOT NULL DEFAULT 0 CHECK (auto_delete IN (0, 1)),
    PRIMARY KEY (is_file, entry_id, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX r7_share_subject ON r7_share (subject);
-- Denials are few; where there are none, a listing shows all that lies in a folder.
CREATE INDEX r7_share_denied ON r7_share (access, is_file, entry_id) WHERE access = 3;

CREATE TRIGGER r7_file_unshared AFTER DELETE ON r7_file BEGIN
    DELETE FROM r7_share WHERE is_file = 1 AND entry_id = old.id;
END;
CREATE TRIGGER r7_folder_unshared AFTER DELETE ON r7_folder BEGIN
    DELETE FROM r7_share WHERE is_file = 0 AND entry_id = old.id;
END;
