-- R7: who is in the portal, and the tokens they hold.
CREATE TABLE r7_user (
    id                TEXT PRIMARY KEY,          -- GUID, lower case with dashes
    user_name         TEXT NOT NULL,
    email             TEXT NOT NULL,
    password          TEXT NOT NULL,             -- as given: a stand-in keeps no secrets
    first_name        TEXT NOT NULL,
    last_name         TEXT NOT NULL,
    title             TEXT,
    is_visitor        INTEGER NOT NULL DEFAULT 0 CHECK (is_visitor IN (0, 1)),
    is_admin          INTEGER NOT NULL DEFAULT 0 CHECK (is_admin IN (0, 1)),
    is_owner          INTEGER NOT NULL DEFAULT 0 CHECK (is_owner IN (0, 1)),
    status            INTEGER NOT NULL DEFAULT 1, -- 1 active, 2 terminated, 4 on leave
    activation_status INTEGER NOT NULL DEFAULT 1,
    sex               TEXT CHECK (sex IN ('male', 'female')),
    birthday          INTEGER,                   -- ticks
    work_from         INTEGER,                   -- ticks
    location          TEXT,
    notes             TEXT,
    mobile_phone      TEXT,
    contacts          TEXT NOT NULL DEFAULT '[]', -- JSON: [{"type":…,"value":…}]
    culture           TEXT,
    avatar            TEXT,                      -- URL of avatarSmall; NULL: the default picture
    position          INTEGER NOT NULL           -- order in which people were added
) STRICT;

CREATE TABLE r7_token (
    token     TEXT PRIMARY KEY,
    user_id   TEXT NOT NULL REFERENCES r7_user (id) ON DELETE CASCADE,
    expires   INTEGER,                           -- ticks; NULL: never
    permanent INTEGER NOT NULL DEFAULT 0 CHECK (permanent IN (0, 1)) -- from a state document
) STRICT;
CREATE INDEX r7_token_user ON r7_token (user_id);
