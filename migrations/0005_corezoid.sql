-- Corezoid: companies, users, their API keys and session tokens.
CREATE TABLE cz_company (
    id    TEXT PRIMARY KEY,            -- "i" and digits, or a UUID
    title TEXT NOT NULL
) STRICT;

CREATE TABLE cz_user (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    title      TEXT NOT NULL,
    company_id TEXT REFERENCES cz_company (id)
) STRICT;

CREATE TABLE cz_key (
    login   INTEGER PRIMARY KEY,       -- API_LOGIN of the URL
    secret  TEXT NOT NULL,
    user_id INTEGER NOT NULL REFERENCES cz_user (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX cz_key_user ON cz_key (user_id);

CREATE TABLE cz_session (
    token   TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES cz_user (id) ON DELETE CASCADE
) STRICT;

-- Folders, processes (conv: process or state diagram) and dashboards. folder_id 0 is the root of a company; below the root
-- an object has the company of its folder.
-- status: 1 active, 2 paused, 3 deleted (in the trash), 4 blocked, 5 debug, 6 active and debug (sheet corezoid/api 8, row 1).
CREATE TABLE cz_folder (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id   INTEGER NOT NULL DEFAULT 0,
    company_id  TEXT,
    title       TEXT NOT NULL,
    description TEXT,
    status      INTEGER NOT NULL DEFAULT 1,
    owner_id    INTEGER NOT NULL,
    create_time INTEGER NOT NULL,      -- unix seconds
    change_time INTEGER NOT NULL,
    -- Whether neither it nor a folder above it is in the trash. Kept by the statements that delete, restore and import.
    live        INTEGER NOT NULL DEFAULT 1 CHECK (live IN (0, 1)),
    -- What lies directly in it and is not deleted; kept by the triggers below, so that a listing costs what it lists.
    childs      INTEGER NOT NULL DEFAULT 0, -- folders
    size        INTEGER NOT NULL DEFAULT 0, -- folders, processes and dashboards
    undeployed  INTEGER NOT NULL DEFAULT 0  -- processes with a waiting draft
) STRICT;
CREATE INDEX cz_folder_parent ON cz_folder (folder_id, company_id);
CREATE INDEX cz_folder_trash ON cz_folder (company_id) WHERE status = 3;

CREATE TABLE cz_conv (
    id                     INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id              INTEGER NOT NULL DEFAULT 0,
    company_id             TEXT,
    title                  TEXT NOT NULL,
    description            TEXT,
    conv_type              TEXT NOT NULL CHECK (conv_type IN ('process', 'state', 'escalation')),
    status                 INTEGER NOT NULL DEFAULT 1,
    hash                   TEXT NOT NULL,           -- 40 hex, for the direct URL
    params                 TEXT NOT NULL DEFAULT '[]', -- JSON, carried as given (null stays null)
    ref_mask               INTEGER NOT NULL DEFAULT 1 CHECK (ref_mask IN (0, 1)),
    owner_id               INTEGER NOT NULL,
    create_time            INTEGER NOT NULL,
    change_time            INTEGER NOT NULL,
    draft_version          INTEGER,                 -- version of the waiting drafts; NULL when nothing waits
    last_confirmed_version INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX cz_conv_folder ON cz_conv (folder_id, company_id);
CREATE INDEX cz_conv_trash ON cz_conv (company_id) WHERE status = 3;

CREATE TABLE cz_dashboard (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id   INTEGER NOT NULL DEFAULT 0,
    company_id  TEXT,
    title       TEXT NOT NULL,
    description TEXT,
    status      INTEGER NOT NULL DEFAULT 1,
    time_range  TEXT NOT NULL DEFAULT 'null',       -- JSON, carried as given
    grid        TEXT NOT NULL DEFAULT '[]',         -- JSON
    owner_id    INTEGER NOT NULL,
    create_time INTEGER NOT NULL,
    change_time INTEGER NOT NULL
) STRICT;
CREATE INDEX cz_dashboard_folder ON cz_dashboard (folder_id, company_id);
CREATE INDEX cz_dashboard_trash ON cz_dashboard (company_id) WHERE status = 3;

-- Who marked what with a star, and with whom an object is shared. obj: folder, conv, dashboard.
CREATE TABLE cz_favorite (
    obj     TEXT NOT NULL,
    obj_id  INTEGER NOT NULL,
    user_id INTEGER NOT NULL REFERENCES cz_user (id) ON DELETE CASCADE,
    PRIMARY KEY (obj, obj_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX cz_favorite_user ON cz_favorite (user_id);

CREATE TABLE cz_share (
    obj     TEXT NOT NULL,
    obj_id  INTEGER NOT NULL,
    to_obj  TEXT NOT NULL,                          -- user, all
    to_id   INTEGER NOT NULL,                       -- 0 for all
    privs   TEXT NOT NULL,                          -- JSON, carried as given
    PRIMARY KEY (obj, obj_id, to_obj, to_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX cz_share_to ON cz_share (to_obj, to_id);

-- The counters of a folder.
CREATE TRIGGER cz_folder_in AFTER INSERT ON cz_folder WHEN NEW.folder_id <> 0 AND NEW.status <> 3 BEGIN
    UPDATE cz_folder SET childs = childs + 1, size = size + 1 WHERE id = NEW.folder_id;
END;
CREATE TRIGGER cz_folder_out AFTER DELETE ON cz_folder BEGIN
    UPDATE cz_folder SET childs = childs - 1, size = size - 1 WHERE id = OLD.folder_id AND OLD.status <> 3;
    DELETE FROM cz_favorite WHERE obj = 'folder' AND obj_id = OLD.id;
    DELETE FROM cz_share WHERE obj = 'folder' AND obj_id = OLD.id;
END;
CREATE TRIGGER cz_folder_moved AFTER UPDATE OF folder_id, status ON cz_folder
WHEN OLD.folder_id <> NEW.folder_id OR OLD.status <> NEW.status BEGIN
    UPDATE cz_folder SET childs = childs - 1, size = size - 1 WHERE id = OLD.folder_id AND OLD.status <> 3;
    UPDATE cz_folder SET childs = childs + 1, size = size + 1 WHERE id = NEW.folder_id AND NEW.status <> 3;
END;
CREATE TRIGGER cz_conv_in AFTER INSERT ON cz_conv WHEN NEW.folder_id <> 0 AND NEW.status <> 3 BEGIN
    UPDATE cz_folder SET size = size + 1, undeployed = undeployed + (NEW.draft_version IS NOT NULL) WHERE id = NEW.folder_id;
END;
CREATE TRIGGER cz_conv_out AFTER DELETE ON cz_conv BEGIN
    UPDATE cz_folder SET size = size - 1, undeployed = undeployed - (OLD.draft_version IS NOT NULL)
    WHERE id = OLD.folder_id AND OLD.status <> 3;
    DELETE FROM cz_favorite WHERE obj = 'conv' AND obj_id = OLD.id;
    DELETE FROM cz_share WHERE obj = 'conv' AND obj_id = OLD.id;
END;
CREATE TRIGGER cz_conv_moved AFTER UPDATE OF folder_id, status, draft_version ON cz_conv
WHEN OLD.folder_id <> NEW.folder_id OR OLD.status <> NEW.status OR (OLD.draft_version IS NULL) <> (NEW.draft_version IS NULL) BEGIN
    UPDATE cz_folder SET size = size - 1, undeployed = undeployed - (OLD.draft_version IS NOT NULL)
    WHERE id = OLD.folder_id AND OLD.status <> 3;
    UPDATE cz_folder SET size = size + 1, undeployed = undeployed + (NEW.draft_version IS NOT NULL)
    WHERE id = NEW.folder_id AND NEW.status <> 3;
END;
CREATE TRIGGER cz_dashboard_in AFTER INSERT ON cz_dashboard WHEN NEW.folder_id <> 0 AND NEW.status <> 3 BEGIN
    UPDATE cz_folder SET size = size + 1 WHERE id = NEW.folder_id;
END;
CREATE TRIGGER cz_dashboard_out AFTER DELETE ON cz_dashboard BEGIN
    UPDATE cz_folder SET size = size - 1 WHERE id = OLD.folder_id AND OLD.status <> 3;
    DELETE FROM cz_favorite WHERE obj = 'dashboard' AND obj_id = OLD.id;
    DELETE FROM cz_share WHERE obj = 'dashboard' AND obj_id = OLD.id;
END;
CREATE TRIGGER cz_dashboard_moved AFTER UPDATE OF folder_id, status ON cz_dashboard
WHEN OLD.folder_id <> NEW.folder_id OR OLD.status <> NEW.status BEGIN
    UPDATE cz_folder SET size = size - 1 WHERE id = OLD.folder_id AND OLD.status <> 3;
    UPDATE cz_folder SET size = size + 1 WHERE id = NEW.folder_id AND NEW.status <> 3;
END;

-- Every object in one form: what listings, searches and cards read. `present`: neither it nor a folder above it is deleted.
CREATE VIEW cz_item AS
SELECT 'folder' AS obj, f.id, f.folder_id, coalesce(p.title, 'Root folder') AS folder_name, f.company_id, f.title, f.description,
       f.status, NULL AS conv_type, NULL AS version, f.undeployed, f.childs, f.size, f.create_time, f.change_time, f.owner_id,
       coalesce(u.title, '') AS owner_name,
       coalesce((SELECT min(k.login) FROM cz_key k WHERE k.user_id = f.owner_id), '') || '' AS owner_login,
       f.live AS present
FROM cz_folder f LEFT JOIN cz_folder p ON p.id = f.folder_id LEFT JOIN cz_user u ON u.id = f.owner_id
UNION ALL
SELECT 'conv', c.id, c.folder_id, coalesce(p.title, 'Root folder'), c.company_id, c.title, c.description,
       c.status, c.conv_type, c.draft_version, c.draft_version IS NOT NULL, 0,
       (SELECT count(*) FROM cz_node n WHERE n.conv_id = c.id AND n.live IS NOT NULL), c.create_time, c.change_time, c.owner_id,
       coalesce(u.title, ''),
       coalesce((SELECT min(k.login) FROM cz_key k WHERE k.user_id = c.owner_id), '') || '',
       c.status <> 3 AND (c.folder_id = 0 OR p.live IS 1)
FROM cz_conv c LEFT JOIN cz_folder p ON p.id = c.folder_id LEFT JOIN cz_user u ON u.id = c.owner_id
UNION ALL
SELECT 'dashboard', d.id, d.folder_id, coalesce(p.title, 'Root folder'), d.company_id, d.title, d.description,
       d.status, NULL, NULL, 0, 0, 0, d.create_time, d.change_time, d.owner_id,
       coalesce(u.title, ''),
       coalesce((SELECT min(k.login) FROM cz_key k WHERE k.user_id = d.owner_id), '') || '',
       d.status <> 3 AND (d.folder_id = 0 OR p.live IS 1)
FROM cz_dashboard d LEFT JOIN cz_folder p ON p.id = d.folder_id LEFT JOIN cz_user u ON u.id = d.owner_id;
