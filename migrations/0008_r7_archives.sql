-- R7: archives made by bulk downloads (sheet r7/files 5.8). What was put in stays as it was then.
CREATE TABLE r7_archive (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id       TEXT NOT NULL UNIQUE,                    -- GUID of the operation that made it
    owner_id TEXT NOT NULL,
    title    TEXT NOT NULL,                           -- the file's name, with .zip
    made     INTEGER NOT NULL,                        -- ticks
    bytes    BLOB NOT NULL
) STRICT;
CREATE INDEX r7_archive_owner ON r7_archive (owner_id, position);
