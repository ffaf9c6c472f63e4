-- R7: more about people, and their pictures.
ALTER TABLE r7_user ADD COLUMN terminated INTEGER;   -- ticks; when the person was disabled by an edit of the profile
ALTER TABLE r7_user ADD COLUMN lead TEXT;            -- GUID of the person's superior

CREATE TABLE r7_photo (
    user_id TEXT PRIMARY KEY REFERENCES r7_user (id) ON DELETE CASCADE,
    ending  TEXT NOT NULL CHECK (ending IN ('png', 'jpeg', 'gif', 'bmp')),
    changed INTEGER NOT NULL,                         -- ticks
    bytes   BLOB NOT NULL
) STRICT;
