-- R7: large bodies lie in parts, so that none is ever held whole, and a file may be larger than SQLite's longest row.

-- NULL: all of it is in `bytes`. Else `bytes` is empty and the body lies in the parts of that series.
ALTER TABLE r7_blob ADD COLUMN series TEXT;

-- A part begins at `start`; the next begins where it ends. Parts are of any size up to 1 MiB, as they came.
CREATE TABLE r7_blob_part (
    series TEXT NOT NULL,
    start  INTEGER NOT NULL,
    bytes  BLOB NOT NULL,
    PRIMARY KEY (series, start)
) STRICT;

-- Series that requests under way write and that nothing names yet.
CREATE TABLE r7_blob_staged (
    series TEXT PRIMARY KEY
) STRICT;

CREATE TRIGGER r7_blob_erased AFTER DELETE ON r7_blob WHEN old.series IS NOT NULL BEGIN
    DELETE FROM r7_blob_part WHERE series = old.series;
END;

-- The archives of bulk downloads likewise.
ALTER TABLE r7_archive ADD COLUMN series TEXT;
ALTER TABLE r7_archive ADD COLUMN size INTEGER NOT NULL DEFAULT 0;
UPDATE r7_archive SET size = length(bytes);

CREATE TRIGGER r7_archive_erased AFTER DELETE ON r7_archive WHEN old.series IS NOT NULL BEGIN
    DELETE FROM r7_blob_part WHERE series = old.series;
END;
