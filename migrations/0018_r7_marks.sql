-- R7 documents: what people mark entries with, what each has set for the section, forms' settings.

-- One row for each person, entry and kind. Positions grow: the latest visit of a file stands last.
CREATE TABLE r7_mark (
    position INTEGER PRIMARY KEY,
    user_id  TEXT NOT NULL REFERENCES r7_user (id) ON DELETE CASCADE,
    kind     INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 5), -- 1 favourite, 2 template, 3 recent, 4 editing, 5 editing alone
    is_file  INTEGER NOT NULL CHECK (is_file IN (0, 1)),
    entry_id INTEGER NOT NULL,
    at       INTEGER NOT NULL                  -- ticks: when it was set; of an editing: when it ends unless prolonged
) STRICT;
CREATE UNIQUE INDEX r7_mark_entry ON r7_mark (entry_id, is_file, kind, user_id);
CREATE INDEX r7_mark_user ON r7_mark (user_id, kind, position);

CREATE TRIGGER r7_file_unmarked AFTER DELETE ON r7_file BEGIN
    DELETE FROM r7_mark WHERE entry_id = old.id AND is_file = 1;
END;

CREATE TRIGGER r7_folder_unmarked AFTER DELETE ON r7_folder BEGIN
    DELETE FROM r7_mark WHERE entry_id = old.id AND is_file = 0;
END;

-- What a person has set for documents; who has set nothing has no row.
CREATE TABLE r7_files_setting (
    user_id              TEXT PRIMARY KEY REFERENCES r7_user (id) ON DELETE CASCADE,
    update_if_exist      INTEGER NOT NULL CHECK (update_if_exist IN (0, 1)),
    store_original       INTEGER NOT NULL CHECK (store_original IN (0, 1)),
    recent               INTEGER NOT NULL CHECK (recent IN (0, 1)),     -- whether the section is shown
    favorites            INTEGER NOT NULL CHECK (favorites IN (0, 1)),
    templates            INTEGER NOT NULL CHECK (templates IN (0, 1)),
    hide_confirm_save    INTEGER NOT NULL CHECK (hide_confirm_save IN (0, 1)),
    hide_confirm_open    INTEGER NOT NULL CHECK (hide_confirm_open IN (0, 1)),
    tar_gz               INTEGER NOT NULL CHECK (tar_gz IN (0, 1)),
    auto_clean_up        INTEGER NOT NULL CHECK (auto_clean_up IN (0, 1)),
    clean_up_gap         INTEGER NOT NULL CHECK (clean_up_gap BETWEEN 1 AND 5)
) STRICT, WITHOUT ROWID;

-- How forms are filled in, one JSON object a file.
CREATE TABLE r7_file_property (
    file_id    INTEGER PRIMARY KEY REFERENCES r7_file (id) ON DELETE CASCADE,
    properties TEXT NOT NULL
) STRICT;

-- Where the editors are: one row, or none while they are where the portal is.
CREATE TABLE r7_docservice (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    url          TEXT NOT NULL,
    url_internal TEXT NOT NULL,
    url_portal   TEXT NOT NULL
) STRICT;

-- The two views of entries, with everybody's marks on the entry as `kind at user` texts between commas.
DROP VIEW r7_file_card;
CREATE VIEW r7_file_card AS
    SELECT 1 AS is_file, f.id, f.folder_id AS parent_id, 0 AS kind, NULL AS owner_id, f.title, f.title_key, f.sort_key,
        f.version, f.version_group, f.comment, f.hash, f.size, f.created, f.created_by, f.updated, f.updated_by,
        0 AS files_total, 0 AS folders_total, r.id AS root_id, r.kind AS root_kind, r.owner_id AS root_owner,
        (SELECT group_concat(m.kind || ' ' || m.at || ' ' || m.user_id, ',') FROM r7_mark m
            WHERE m.entry_id = f.id AND m.is_file = 1) AS marks
    FROM r7_file f JOIN r7_folder r
    ON r.id = (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = f.folder_id ORDER BY depth DESC LIMIT 1);

DROP VIEW r7_folder_card;
CREATE VIEW r7_folder_card AS
    SELECT 0 AS is_file, d.id, d.parent_id, d.kind, d.owner_id, d.title, d.title_key, d.sort_key,
        0 AS version, 0 AS version_group, NULL AS comment, '' AS hash, 0 AS size, d.created, d.created_by, d.updated, d.updated_by,
        d.files_total, d.folders_total, r.id AS root_id, r.kind AS root_kind, r.owner_id AS root_owner,
        (SELECT group_concat(m.kind || ' ' || m.at || ' ' || m.user_id, ',') FROM r7_mark m
            WHERE m.entry_id = d.id AND m.is_file = 0) AS marks
    FROM r7_folder d JOIN r7_folder r
    ON r.id = (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = d.id ORDER BY depth DESC LIMIT 1);
