-- Who works in a company: people with logins, API keys, groups of both, and those who are invited (sheet corezoid/api 2.9, 7).
ALTER TABLE cz_company ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE cz_company ADD COLUMN status TEXT NOT NULL DEFAULT 'actived' CHECK (status IN ('actived', 'blocked', 'deleted'));
ALTER TABLE cz_company ADD COLUMN owner_id INTEGER;                      -- NULL: nobody made it
ALTER TABLE cz_company ADD COLUMN create_time INTEGER NOT NULL DEFAULT 0; -- unix seconds
ALTER TABLE cz_company ADD COLUMN auth_providers TEXT NOT NULL DEFAULT '[]'; -- JSON: their ids

-- A deleted user stays as a row: drafts, deploys and tasks name it, and its API logins are not given out again.
ALTER TABLE cz_user ADD COLUMN status TEXT NOT NULL DEFAULT 'actived' CHECK (status IN ('actived', 'blocked', 'deleted'));
ALTER TABLE cz_user ADD COLUMN denied INTEGER NOT NULL DEFAULT 0 CHECK (denied IN (0, 1)); -- a test's switch: every op is refused
ALTER TABLE cz_user ADD COLUMN owner_id INTEGER;                         -- who made it; NULL: nobody
CREATE INDEX cz_user_company ON cz_user (company_id);

-- How a person signs in. API keys are logins too, of another table.
CREATE TABLE cz_login (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES cz_user (id) ON DELETE CASCADE,
    type    TEXT NOT NULL,                          -- google, corezoid, ldap, …
    login   TEXT NOT NULL,
    UNIQUE (type, login)
) STRICT;
CREATE INDEX cz_login_user ON cz_login (user_id);

CREATE TABLE cz_group (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id  TEXT,
    title       TEXT NOT NULL,
    type        TEXT NOT NULL DEFAULT 'admins' CHECK (type IN ('all', 'supers', 'admins', 'company', 'company_supers')),
    status      TEXT NOT NULL DEFAULT 'actived' CHECK (status IN ('actived', 'not_actived', 'deleted')),
    owner_id    INTEGER NOT NULL,
    create_time INTEGER NOT NULL
) STRICT;
CREATE INDEX cz_group_company ON cz_group (company_id);

CREATE TABLE cz_member (
    group_id INTEGER NOT NULL REFERENCES cz_group (id) ON DELETE CASCADE,
    user_id  INTEGER NOT NULL REFERENCES cz_user (id) ON DELETE CASCADE,
    PRIMARY KEY (group_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX cz_member_user ON cz_member (user_id);

-- Who may confirm, and what is shared with them then. obj: group or a kind of object; NULL: nothing.
CREATE TABLE cz_invite (
    hash        TEXT PRIMARY KEY,                   -- 40 hex
    company_id  TEXT,
    type        TEXT NOT NULL,                      -- google, corezoid
    login       TEXT NOT NULL,
    obj         TEXT,
    obj_id      INTEGER,
    privs       TEXT NOT NULL DEFAULT '[]',         -- JSON, carried as given
    owner_id    INTEGER NOT NULL,
    create_time INTEGER NOT NULL
) STRICT;
CREATE INDEX cz_invite_company ON cz_invite (company_id);
CREATE INDEX cz_invite_obj ON cz_invite (obj, obj_id) WHERE obj IS NOT NULL;

-- A user that is not deleted, with its logins and groups as JSON.
CREATE VIEW cz_person AS
SELECT u.id, u.title, u.company_id, u.status, coalesce(u.owner_id, u.id) AS owner_id,
       coalesce(o.title, u.title) AS owner_name,
       (SELECT json_group_array(json_array(k.login, k.secret))
        FROM (SELECT login, secret FROM cz_key WHERE user_id = u.id ORDER BY login) k) AS keys,
       (SELECT json_group_array(json_array(l.id, l.type, l.login))
        FROM (SELECT id, type, login FROM cz_login WHERE user_id = u.id ORDER BY id) l) AS logins,
       (SELECT json_group_array(json_array(g.id, g.title, g.owner_id, g.owner_name))
        FROM (SELECT g.id, g.title, g.owner_id, coalesce(p.title, '') AS owner_name
              FROM cz_member m JOIN cz_group g ON g.id = m.group_id AND g.status <> 'deleted'
              LEFT JOIN cz_user p ON p.id = g.owner_id
              WHERE m.user_id = u.id ORDER BY g.id) g) AS groups
FROM cz_user u LEFT JOIN cz_user o ON o.id = u.owner_id
WHERE u.status <> 'deleted';
