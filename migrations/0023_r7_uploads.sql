-- R7: uploads in chunks that are under way (sheet r7/files 2.7, 5.2). What has come lies in the series of the same name.
CREATE TABLE r7_upload (
    id           TEXT PRIMARY KEY,                    -- 32 hex: the secret of its address
    owner_id     TEXT NOT NULL,
    folder_id    INTEGER NOT NULL,
    file_id      INTEGER,                             -- NULL: a new file
    title        TEXT NOT NULL,                       -- of a new file
    keep_version INTEGER NOT NULL CHECK (keep_version IN (0, 1)),
    total        INTEGER NOT NULL,                    -- 0: what the first chunk brings
    received     INTEGER NOT NULL DEFAULT 0,
    digest       BLOB NOT NULL,                       -- where the SHA-1 of what has come stands
    created      INTEGER NOT NULL,                    -- ticks
    expires      INTEGER NOT NULL
) STRICT;

CREATE INDEX r7_blob_series ON r7_blob (series) WHERE series IS NOT NULL;

-- What a finished upload brought has a name by then.
CREATE TRIGGER r7_upload_ended AFTER DELETE ON r7_upload BEGIN
    DELETE FROM r7_blob_part WHERE series = old.id AND NOT EXISTS (SELECT 1 FROM r7_blob WHERE series = old.id);
END;
