-- What an uploaded file says beyond what has a column: the object's own uuid (NULL: made from kind and id), and the keys
-- that nobody knows, a JSON object (NULL: none). Exports give both back.
ALTER TABLE cz_folder ADD COLUMN uuid TEXT;
ALTER TABLE cz_folder ADD COLUMN more TEXT;
ALTER TABLE cz_conv ADD COLUMN uuid TEXT;
ALTER TABLE cz_conv ADD COLUMN more TEXT;
ALTER TABLE cz_dashboard ADD COLUMN uuid TEXT;
ALTER TABLE cz_dashboard ADD COLUMN more TEXT;

-- Uploads, copies and merges that answered with a hash: what they did. They are done before they answer, so a row says how
-- it ended (sheet corezoid/api 3.5).
CREATE TABLE cz_job (
    hash        TEXT PRIMARY KEY,
    action      TEXT NOT NULL CHECK (action IN ('upload', 'download', 'copy', 'merge')),
    obj         TEXT NOT NULL,                      -- obj_scheme, csv_upload
    obj_type    TEXT NOT NULL,                      -- folder, conv, stage, …
    obj_id      INTEGER NOT NULL,                   -- what it worked on or in; 0: the root
    company_id  TEXT,
    user_id     INTEGER NOT NULL,                   -- who asked; nobody else sees it in statistics
    ok          INTEGER NOT NULL,                   -- objects that went well
    err         INTEGER NOT NULL,                   -- objects that did not
    scheme      TEXT NOT NULL DEFAULT '[]',         -- JSON, as upload/info answers it
    errors      TEXT NOT NULL DEFAULT '[]',         -- JSON, the same
    create_time INTEGER NOT NULL                    -- unix seconds
) STRICT, WITHOUT ROWID;

-- Files that were uploaded with `apply_mode=false`, to be named later by `scheme_id`.
CREATE TABLE cz_scheme_file (
    id          TEXT PRIMARY KEY,
    content     BLOB NOT NULL,
    create_time INTEGER NOT NULL                    -- unix seconds
) STRICT;
