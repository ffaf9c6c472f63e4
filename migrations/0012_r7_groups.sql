-- R7: groups of people ("departments"). The portal's fixed groups (everyone, admins …) have no rows: they follow from
-- the people.
CREATE TABLE r7_group (
    id       TEXT PRIMARY KEY,                   -- GUID, lower case with dashes
    name     TEXT NOT NULL,
    manager  TEXT REFERENCES r7_user (id) ON DELETE SET NULL,
    position INTEGER NOT NULL                    -- order in which groups were added
) STRICT;
CREATE INDEX r7_group_manager ON r7_group (manager) WHERE manager IS NOT NULL;

CREATE TABLE r7_group_member (
    group_id TEXT NOT NULL REFERENCES r7_group (id) ON DELETE CASCADE,
    user_id  TEXT NOT NULL REFERENCES r7_user (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX r7_group_member_user ON r7_group_member (user_id);
