-- R7 documents: sections, folders, files with their versions, bytes, file operations.

-- A root of a section or of a module's bunch has no parent and a kind; a user's own folders and files hang below one.
CREATE TABLE r7_folder (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    parent_id     INTEGER REFERENCES r7_folder (id),  -- NULL: a root
    kind          INTEGER NOT NULL DEFAULT 0,         -- of a root: 1 common, 2 bunch, 3 trash, 5 my, 6 share, 8 projects, 10, 11, 12
    owner_id      TEXT,                               -- of a "my" or trash root: whose it is
    bunch         TEXT,                               -- of a bunch root: its key, e.g. crm/crm_common/
    title         TEXT NOT NULL,
    title_key     TEXT NOT NULL,                      -- lower case, for comparison
    sort_key      TEXT NOT NULL,                      -- lower case with numbers padded, for order
    created       INTEGER NOT NULL,                   -- ticks
    created_by    TEXT NOT NULL,
    updated       INTEGER NOT NULL,
    updated_by    TEXT NOT NULL,
    files_total   INTEGER NOT NULL DEFAULT 0,         -- in the whole subtree; kept by the triggers below
    folders_total INTEGER NOT NULL DEFAULT 0,
    CHECK ((parent_id IS NULL) = (kind <> 0))
) STRICT;
CREATE INDEX r7_folder_parent ON r7_folder (parent_id, title_key);
CREATE UNIQUE INDEX r7_folder_root ON r7_folder (kind, coalesce(owner_id, ''), coalesce(bunch, '')) WHERE parent_id IS NULL;

-- Every folder with each folder above it and with itself (depth 0), so that "is it below", paths, roots and subtree
-- counts are plain lookups.
CREATE TABLE r7_folder_tree (
    folder_id   INTEGER NOT NULL,
    depth       INTEGER NOT NULL,
    ancestor_id INTEGER NOT NULL,
    PRIMARY KEY (folder_id, depth)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX r7_folder_tree_down ON r7_folder_tree (ancestor_id, depth, folder_id);

-- Bytes, once each; versions and copies share them.
CREATE TABLE r7_blob (
    hash  TEXT PRIMARY KEY,                           -- SHA-1, 40 hex
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE r7_file (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id     INTEGER NOT NULL REFERENCES r7_folder (id),
    title         TEXT NOT NULL,
    title_key     TEXT NOT NULL,
    sort_key      TEXT NOT NULL,
    version       INTEGER NOT NULL DEFAULT 1,
    version_group INTEGER NOT NULL DEFAULT 1,
    comment       TEXT,
    hash          TEXT NOT NULL REFERENCES r7_blob (hash),
    size          INTEGER NOT NULL,
    created       INTEGER NOT NULL,
    created_by    TEXT NOT NULL,
    updated       INTEGER NOT NULL,
    updated_by    TEXT NOT NULL
) STRICT;
CREATE INDEX r7_file_folder ON r7_file (folder_id, title_key);
CREATE INDEX r7_file_hash ON r7_file (hash);

-- What a file was before its present version.
CREATE TABLE r7_file_version (
    file_id       INTEGER NOT NULL REFERENCES r7_file (id) ON DELETE CASCADE,
    version       INTEGER NOT NULL,
    version_group INTEGER NOT NULL,
    title         TEXT NOT NULL,
    comment       TEXT,
    hash          TEXT NOT NULL REFERENCES r7_blob (hash),
    size          INTEGER NOT NULL,
    updated       INTEGER NOT NULL,
    updated_by    TEXT NOT NULL,
    PRIMARY KEY (file_id, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX r7_file_version_hash ON r7_file_version (hash);

-- Operations that wait, and finished ones that nobody has seen finished yet (sheet r7/files 3.1).
CREATE TABLE r7_operation (
    position   INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,                  -- GUID
    owner_id   TEXT NOT NULL,
    kind       INTEGER NOT NULL,                      -- 0 move, 1 copy, 2 delete, 4 mark as read
    hold       INTEGER NOT NULL CHECK (hold IN (0, 1)), -- 0: forgotten once it is done
    due        INTEGER,                               -- ticks; NULL: done
    finished   INTEGER,                               -- ticks; NULL: waits
    job        TEXT,                                  -- JSON of what is to be done; NULL: done
    error      TEXT NOT NULL DEFAULT '',
    processed  INTEGER NOT NULL DEFAULT 0,
    files      TEXT NOT NULL DEFAULT '[]',            -- JSON: ids of entries that live, whole rows of those that are gone
    folders    TEXT NOT NULL DEFAULT '[]',
    CHECK ((due IS NULL) = (finished IS NOT NULL))
) STRICT;
CREATE INDEX r7_operation_owner ON r7_operation (owner_id, position);
CREATE INDEX r7_operation_due ON r7_operation (due) WHERE due IS NOT NULL;

CREATE TRIGGER r7_folder_added AFTER INSERT ON r7_folder BEGIN
    INSERT INTO r7_folder_tree (folder_id, depth, ancestor_id)
        SELECT new.id, depth + 1, ancestor_id FROM r7_folder_tree WHERE folder_id = new.parent_id
        UNION ALL SELECT new.id, 0, new.id;
    UPDATE r7_folder SET folders_total = folders_total + 1
        WHERE id IN (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = new.parent_id);
END;

CREATE TRIGGER r7_folder_moved AFTER UPDATE OF parent_id ON r7_folder WHEN new.parent_id IS NOT old.parent_id BEGIN
    UPDATE r7_folder SET folders_total = folders_total - new.folders_total - 1, files_total = files_total - new.files_total
        WHERE id IN (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = old.parent_id);
    DELETE FROM r7_folder_tree
        WHERE folder_id IN (SELECT folder_id FROM r7_folder_tree WHERE ancestor_id = new.id)
        AND ancestor_id NOT IN (SELECT folder_id FROM r7_folder_tree WHERE ancestor_id = new.id);
    INSERT INTO r7_folder_tree (folder_id, depth, ancestor_id)
        SELECT below.folder_id, below.depth + above.depth + 1, above.ancestor_id
        FROM r7_folder_tree below JOIN r7_folder_tree above ON above.folder_id = new.parent_id
        WHERE below.ancestor_id = new.id;
    UPDATE r7_folder SET folders_total = folders_total + new.folders_total + 1, files_total = files_total + new.files_total
        WHERE id IN (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = new.parent_id);
END;

CREATE TRIGGER r7_folder_erased AFTER DELETE ON r7_folder BEGIN
    UPDATE r7_folder SET folders_total = folders_total - 1
        WHERE id IN (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = old.id);
    DELETE FROM r7_folder_tree WHERE folder_id = old.id;
END;

CREATE TRIGGER r7_file_added AFTER INSERT ON r7_file BEGIN
    UPDATE r7_folder SET files_total = files_total + 1
        WHERE id IN (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = new.folder_id);
END;

CREATE TRIGGER r7_file_moved AFTER UPDATE OF folder_id ON r7_file WHEN new.folder_id <> old.folder_id BEGIN
    UPDATE r7_folder SET files_total = files_total - 1
        WHERE id IN (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = old.folder_id);
    UPDATE r7_folder SET files_total = files_total + 1
        WHERE id IN (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = new.folder_id);
END;

-- Bytes that nothing names go with the last that named them.
CREATE TRIGGER r7_file_erased AFTER DELETE ON r7_file BEGIN
    UPDATE r7_folder SET files_total = files_total - 1
        WHERE id IN (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = old.folder_id);
    DELETE FROM r7_blob WHERE hash = old.hash
        AND NOT EXISTS (SELECT 1 FROM r7_file WHERE hash = old.hash)
        AND NOT EXISTS (SELECT 1 FROM r7_file_version WHERE hash = old.hash);
END;

CREATE TRIGGER r7_file_version_erased AFTER DELETE ON r7_file_version BEGIN
    DELETE FROM r7_blob WHERE hash = old.hash
        AND NOT EXISTS (SELECT 1 FROM r7_file WHERE hash = old.hash)
        AND NOT EXISTS (SELECT 1 FROM r7_file_version WHERE hash = old.hash);
END;

-- One shape for both kinds of entry, with the root each hangs below.
CREATE VIEW r7_file_card AS
    SELECT 1 AS is_file, f.id, f.folder_id AS parent_id, 0 AS kind, NULL AS owner_id, f.title, f.title_key, f.sort_key,
        f.version, f.version_group, f.comment, f.hash, f.size, f.created, f.created_by, f.updated, f.updated_by,
        0 AS files_total, 0 AS folders_total, r.id AS root_id, r.kind AS root_kind, r.owner_id AS root_owner
    FROM r7_file f JOIN r7_folder r
    ON r.id = (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = f.folder_id ORDER BY depth DESC LIMIT 1);

CREATE VIEW r7_folder_card AS
    SELECT 0 AS is_file, d.id, d.parent_id, d.kind, d.owner_id, d.title, d.title_key, d.sort_key,
        0 AS version, 0 AS version_group, NULL AS comment, '' AS hash, 0 AS size, d.created, d.created_by, d.updated, d.updated_by,
        d.files_total, d.folders_total, r.id AS root_id, r.kind AS root_kind, r.owner_id AS root_owner
    FROM r7_folder d JOIN r7_folder r
    ON r.id = (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = d.id ORDER BY depth DESC LIMIT 1);
