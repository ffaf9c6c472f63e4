-- What the numbered files beside this one come to. Made by `UPDATE_SCHEMA=1 cargo test --lib schema`; new databases begin here.
BEGIN IMMEDIATE;
CREATE TABLE world (
    ids         INTEGER NOT NULL,                                        -- state of the id generator
    clock_mode  TEXT CHECK (clock_mode IN ('system', 'frozen')),         -- NULL: as the command line says
    clock_ticks INTEGER                                                  -- system: offset; frozen: where it stands
) STRICT;
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
, terminated INTEGER, lead TEXT) STRICT;
CREATE TABLE r7_token (
    token     TEXT PRIMARY KEY,
    user_id   TEXT NOT NULL REFERENCES r7_user (id) ON DELETE CASCADE,
    expires   INTEGER,                           -- ticks; NULL: never
    permanent INTEGER NOT NULL DEFAULT 0 CHECK (permanent IN (0, 1)) -- from a state document
) STRICT;
CREATE INDEX r7_token_user ON r7_token (user_id);
CREATE TABLE r7_folder (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    parent_id     INTEGER REFERENCES r7_folder (id),  -- NULL: a root
    kind          INTEGER NOT NULL DEFAULT 0,         -- of a root: 1 common, 2 bunch, 3 trash, 5 my, 6 share, 8 projects, 10, 11, 12
    owner_id      TEXT,                               -- of a "my" or trash root: whose it is
    bunch         TEXT,                               -- of a bunch root: its key, e.g. crm/crm_common/
    title         TEXT NOT NULL,
    title_key     TEXT NOT NULL,                      -- lower case, for comparison
    sort_key      TEXT NOT NULL,                      -- lower case with numbers padded, for order
    created       INTEGER NOT NULL,                   -- ticks
    created_by    TEXT NOT NULL,
    updated       INTEGER NOT NULL,
    updated_by    TEXT NOT NULL,
    files_total   INTEGER NOT NULL DEFAULT 0,         -- in the whole subtree; kept by the triggers below
    folders_total INTEGER NOT NULL DEFAULT 0,
    CHECK ((parent_id IS NULL) = (kind <> 0))
) STRICT;
CREATE INDEX r7_folder_parent ON r7_folder (parent_id, title_key);
CREATE UNIQUE INDEX r7_folder_root ON r7_folder (kind, coalesce(owner_id, ''), coalesce(bunch, '')) WHERE parent_id IS NULL;
CREATE TABLE r7_folder_tree (
    folder_id   INTEGER NOT NULL,
    depth       INTEGER NOT NULL,
    ancestor_id INTEGER NOT NULL,
    PRIMARY KEY (folder_id, depth)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX r7_folder_tree_down ON r7_folder_tree (ancestor_id, depth, folder_id);
CREATE TABLE r7_blob (
    hash  TEXT PRIMARY KEY,                           -- SHA-1, 40 hex
    bytes BLOB NOT NULL
, series TEXT) STRICT;
CREATE TABLE r7_file (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id     INTEGER NOT NULL REFERENCES r7_folder (id),
    title         TEXT NOT NULL,
    title_key     TEXT NOT NULL,
    sort_key      TEXT NOT NULL,
    version       INTEGER NOT NULL DEFAULT 1,
    version_group INTEGER NOT NULL DEFAULT 1,
    comment       TEXT,
    hash          TEXT NOT NULL REFERENCES r7_blob (hash),
    size          INTEGER NOT NULL,
    created       INTEGER NOT NULL,
    created_by    TEXT NOT NULL,
    updated       INTEGER NOT NULL,
    updated_by    TEXT NOT NULL
) STRICT;
CREATE INDEX r7_file_folder ON r7_file (folder_id, title_key);
CREATE INDEX r7_file_hash ON r7_file (hash);
CREATE TABLE r7_file_version (
    file_id       INTEGER NOT NULL REFERENCES r7_file (id) ON DELETE CASCADE,
    version       INTEGER NOT NULL,
    version_group INTEGER NOT NULL,
    title         TEXT NOT NULL,
    comment       TEXT,
    hash          TEXT NOT NULL REFERENCES r7_blob (hash),
    size          INTEGER NOT NULL,
    updated       INTEGER NOT NULL,
    updated_by    TEXT NOT NULL,
    PRIMARY KEY (file_id, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX r7_file_version_hash ON r7_file_version (hash);
CREATE TABLE r7_operation (
    position   INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,                  -- GUID
    owner_id   TEXT NOT NULL,
    kind       INTEGER NOT NULL,                      -- 0 move, 1 copy, 2 delete, 4 mark as read
    hold       INTEGER NOT NULL CHECK (hold IN (0, 1)), -- 0: forgotten once it is done
    due        INTEGER,                               -- ticks; NULL: done
    finished   INTEGER,                               -- ticks; NULL: waits
    job        TEXT,                                  -- JSON of what is to be done; NULL: done
    error      TEXT NOT NULL DEFAULT '',
    processed  INTEGER NOT NULL DEFAULT 0,
    files      TEXT NOT NULL DEFAULT '[]',            -- JSON: ids of entries that live, whole rows of those that are gone
    folders    TEXT NOT NULL DEFAULT '[]', started INTEGER, ends INTEGER, steps INTEGER NOT NULL DEFAULT 0,
    CHECK ((due IS NULL) = (finished IS NOT NULL))
) STRICT;
CREATE INDEX r7_operation_owner ON r7_operation (owner_id, position);
CREATE INDEX r7_operation_due ON r7_operation (due) WHERE due IS NOT NULL;
CREATE TRIGGER r7_folder_added AFTER INSERT ON r7_folder BEGIN
    INSERT INTO r7_folder_tree (folder_id, depth, ancestor_id)
        SELECT new.id, depth + 1, ancestor_id FROM r7_folder_tree WHERE folder_id = new.parent_id
        UNION ALL SELECT new.id, 0, new.id;
    UPDATE r7_folder SET folders_total = folders_total + 1
        WHERE id IN (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = new.parent_id);
END;
CREATE TRIGGER r7_folder_moved AFTER UPDATE OF parent_id ON r7_folder WHEN new.parent_id IS NOT old.parent_id BEGIN
    UPDATE r7_folder SET folders_total = folders_total - new.folders_total - 1, files_total = files_total - new.files_total
        WHERE id IN (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = old.parent_id);
    DELETE FROM r7_folder_tree
        WHERE folder_id IN (SELECT folder_id FROM r7_folder_tree WHERE ancestor_id = new.id)
        AND ancestor_id NOT IN (SELECT folder_id FROM r7_folder_tree WHERE ancestor_id = new.id);
    INSERT INTO r7_folder_tree (folder_id, depth, ancestor_id)
        SELECT below.folder_id, below.depth + above.depth + 1, above.ancestor_id
        FROM r7_folder_tree below JOIN r7_folder_tree above ON above.folder_id = new.parent_id
        WHERE below.ancestor_id = new.id;
    UPDATE r7_folder SET folders_total = folders_total + new.folders_total + 1, files_total = files_total + new.files_total
        WHERE id IN (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = new.parent_id);
END;
CREATE TRIGGER r7_folder_erased AFTER DELETE ON r7_folder BEGIN
    UPDATE r7_folder SET folders_total = folders_total - 1
        WHERE id IN (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = old.id);
    DELETE FROM r7_folder_tree WHERE folder_id = old.id;
END;
CREATE TRIGGER r7_file_added AFTER INSERT ON r7_file BEGIN
    UPDATE r7_folder SET files_total = files_total + 1
        WHERE id IN (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = new.folder_id);
END;
CREATE TRIGGER r7_file_moved AFTER UPDATE OF folder_id ON r7_file WHEN new.folder_id <> old.folder_id BEGIN
    UPDATE r7_folder SET files_total = files_total - 1
        WHERE id IN (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = old.folder_id);
    UPDATE r7_folder SET files_total = files_total + 1
        WHERE id IN (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = new.folder_id);
END;
CREATE TRIGGER r7_file_erased AFTER DELETE ON r7_file BEGIN
    UPDATE r7_folder SET files_total = files_total - 1
        WHERE id IN (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = old.folder_id);
    DELETE FROM r7_blob WHERE hash = old.hash
        AND NOT EXISTS (SELECT 1 FROM r7_file WHERE hash = old.hash)
        AND NOT EXISTS (SELECT 1 FROM r7_file_version WHERE hash = old.hash);
END;
CREATE TRIGGER r7_file_version_erased AFTER DELETE ON r7_file_version BEGIN
    DELETE FROM r7_blob WHERE hash = old.hash
        AND NOT EXISTS (SELECT 1 FROM r7_file WHERE hash = old.hash)
        AND NOT EXISTS (SELECT 1 FROM r7_file_version WHERE hash = old.hash);
END;
CREATE TABLE r7_crm_list_item (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 4),
    title       TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    color       TEXT NOT NULL DEFAULT '',
    image       TEXT,                        -- file name of the icon
    sort_order  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE r7_crm_stage (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    title               TEXT NOT NULL,
    description         TEXT NOT NULL DEFAULT '',
    color               TEXT NOT NULL DEFAULT '',
    success_probability INTEGER NOT NULL DEFAULT 0,
    stage_type          INTEGER NOT NULL DEFAULT 0 CHECK (stage_type BETWEEN 0 AND 2), -- open, won, lost
    sort_order          INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE r7_crm_contact (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    is_company   INTEGER NOT NULL CHECK (is_company IN (0, 1)),
    first_name   TEXT NOT NULL DEFAULT '',
    last_name    TEXT NOT NULL DEFAULT '',
    company_name TEXT NOT NULL DEFAULT '',
    job_title    TEXT,
    about        TEXT,
    company_id   INTEGER REFERENCES r7_crm_contact (id) ON DELETE SET NULL, -- a person's employer
    share_type   INTEGER NOT NULL DEFAULT 0 CHECK (share_type BETWEEN 0 AND 2), -- private, read and write, read
    managers     TEXT NOT NULL DEFAULT '[]', -- JSON list of users' GUIDs
    status_id    INTEGER REFERENCES r7_crm_list_item (id),
    type_id      INTEGER REFERENCES r7_crm_list_item (id),
    photo        TEXT,                       -- URL of the small picture; NULL: the portal's own
    search       TEXT NOT NULL DEFAULT '',   -- names and notes in lower case
    created      INTEGER NOT NULL,           -- ticks
    created_by   TEXT NOT NULL               -- GUID
) STRICT;
CREATE INDEX r7_crm_contact_company ON r7_crm_contact (company_id);
CREATE TABLE r7_crm_opportunity (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    title               TEXT NOT NULL,
    description         TEXT,
    responsible         TEXT NOT NULL,       -- GUID
    contact_id          INTEGER REFERENCES r7_crm_contact (id) ON DELETE SET NULL,
    bid_type            INTEGER NOT NULL DEFAULT 0 CHECK (bid_type BETWEEN 0 AND 5),
    bid_value           REAL NOT NULL DEFAULT 0,
    bid_currency        TEXT NOT NULL,       -- abbreviation
    per_period_value    INTEGER NOT NULL DEFAULT 0,
    stage_id            INTEGER NOT NULL REFERENCES r7_crm_stage (id),
    success_probability INTEGER NOT NULL DEFAULT 0 CHECK (success_probability BETWEEN 0 AND 100),
    actual_close        INTEGER,             -- ticks
    expected_close      INTEGER,             -- ticks
    is_private          INTEGER NOT NULL DEFAULT 0 CHECK (is_private IN (0, 1)),
    access              TEXT NOT NULL DEFAULT '[]', -- JSON list of users' GUIDs, if private
    search              TEXT NOT NULL DEFAULT '',
    created             INTEGER NOT NULL,
    created_by          TEXT NOT NULL
) STRICT;
CREATE INDEX r7_crm_opportunity_contact ON r7_crm_opportunity (contact_id);
CREATE INDEX r7_crm_opportunity_stage ON r7_crm_opportunity (stage_id);
CREATE TABLE r7_crm_case (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    title      TEXT NOT NULL,
    is_closed  INTEGER NOT NULL DEFAULT 0 CHECK (is_closed IN (0, 1)),
    is_private INTEGER NOT NULL DEFAULT 0 CHECK (is_private IN (0, 1)),
    access     TEXT NOT NULL DEFAULT '[]',
    search     TEXT NOT NULL DEFAULT '',
    created    INTEGER NOT NULL,
    created_by TEXT NOT NULL
) STRICT;
CREATE TABLE r7_crm_member (
    entity_type INTEGER NOT NULL CHECK (entity_type IN (1, 7)),
    entity_id   INTEGER NOT NULL,
    contact_id  INTEGER NOT NULL REFERENCES r7_crm_contact (id) ON DELETE CASCADE,
    PRIMARY KEY (entity_type, entity_id, contact_id)
) STRICT;
CREATE INDEX r7_crm_member_contact ON r7_crm_member (contact_id);
CREATE TRIGGER r7_crm_opportunity_gone AFTER DELETE ON r7_crm_opportunity BEGIN
    DELETE FROM r7_crm_member WHERE entity_type = 1 AND entity_id = OLD.id;
END;
CREATE TRIGGER r7_crm_case_gone AFTER DELETE ON r7_crm_case BEGIN
    DELETE FROM r7_crm_member WHERE entity_type = 7 AND entity_id = OLD.id;
END;
CREATE TABLE r7_crm_event (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    contact_id     INTEGER REFERENCES r7_crm_contact (id) ON DELETE CASCADE,
    opportunity_id INTEGER REFERENCES r7_crm_opportunity (id) ON DELETE CASCADE,
    case_id        INTEGER REFERENCES r7_crm_case (id) ON DELETE CASCADE,
    category_id    INTEGER NOT NULL,         -- a list item, or -1 task closed, -2 files uploaded, -3 mail
    content        TEXT NOT NULL,
    search         TEXT NOT NULL DEFAULT '', -- the content in lower case
    created        INTEGER NOT NULL,
    created_by     TEXT NOT NULL,
    CHECK (opportunity_id IS NULL OR case_id IS NULL)
) STRICT;
CREATE INDEX r7_crm_event_contact ON r7_crm_event (contact_id);
CREATE INDEX r7_crm_event_opportunity ON r7_crm_event (opportunity_id);
CREATE INDEX r7_crm_event_case ON r7_crm_event (case_id);
CREATE INDEX r7_crm_event_category ON r7_crm_event (category_id);
CREATE VIEW r7_crm_list_card AS
SELECT id, json_object('id', id, 'title', title, 'description', description, 'color', color, 'image', image,
                       'sort_order', sort_order) AS card
FROM r7_crm_list_item;
CREATE VIEW r7_crm_stage_card AS
SELECT id, json_object('id', id, 'title', title, 'description', description, 'color', color,
                       'success_probability', success_probability, 'stage_type', stage_type) AS card
FROM r7_crm_stage;
CREATE VIEW r7_crm_contact_card AS
SELECT id, json_object('id', id, 'is_company', json(iif(is_company, 'true', 'false')), 'first_name', first_name,
                       'last_name', last_name, 'company_name', company_name, 'share_type', share_type,
                       'managers', json(managers), 'photo', photo) AS card
FROM r7_crm_contact;
CREATE VIEW r7_crm_opportunity_card AS
SELECT id, json_object('kind', 'opportunity', 'id', id, 'title', title,
                       'is_private', json(iif(is_private, 'true', 'false')), 'access', json(access),
                       'created_by', created_by, 'responsible', responsible) AS card
FROM r7_crm_opportunity;
CREATE VIEW r7_crm_case_card AS
SELECT id, json_object('kind', 'case', 'id', id, 'title', title,
                       'is_private', json(iif(is_private, 'true', 'false')), 'access', json(access),
                       'created_by', created_by, 'responsible', NULL) AS card
FROM r7_crm_case;
CREATE TABLE r7_crm_event_file (
    event_id INTEGER NOT NULL REFERENCES r7_crm_event (id) ON DELETE CASCADE,
    file_id  INTEGER NOT NULL REFERENCES r7_file (id) ON DELETE CASCADE,
    PRIMARY KEY (event_id, file_id)
) STRICT;
CREATE INDEX r7_crm_event_file_file ON r7_crm_event_file (file_id);
CREATE VIEW r7_crm_event_card AS
SELECT e.id, e.content, e.created, e.created_by, e.category_id, c.card AS contact,
       coalesce(o.card, k.card) AS entity, l.card AS category,
       (SELECT json_group_array(f.file_id ORDER BY f.rowid) FROM r7_crm_event_file f WHERE f.event_id = e.id) AS files
FROM r7_crm_event e
LEFT JOIN r7_crm_contact_card c ON c.id = e.contact_id
LEFT JOIN r7_crm_opportunity_card o ON o.id = e.opportunity_id
LEFT JOIN r7_crm_case_card k ON k.id = e.case_id
LEFT JOIN r7_crm_list_card l ON l.id = e.category_id;
CREATE TABLE cz_company (
    id    TEXT PRIMARY KEY,            -- "i" and digits, or a UUID
    title TEXT NOT NULL
, description TEXT NOT NULL DEFAULT '', status TEXT NOT NULL DEFAULT 'actived' CHECK (status IN ('actived', 'blocked', 'deleted')), owner_id INTEGER, create_time INTEGER NOT NULL DEFAULT 0, auth_providers TEXT NOT NULL DEFAULT '[]') STRICT;
CREATE TABLE cz_user (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    title      TEXT NOT NULL,
    company_id TEXT REFERENCES cz_company (id)
, status TEXT NOT NULL DEFAULT 'actived' CHECK (status IN ('actived', 'blocked', 'deleted')), denied INTEGER NOT NULL DEFAULT 0 CHECK (denied IN (0, 1)), owner_id INTEGER) STRICT;
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
, kind TEXT NOT NULL DEFAULT 'folder' CHECK (kind IN ('folder', 'project', 'stage')), short_name TEXT, immutable INTEGER NOT NULL DEFAULT 0 CHECK (immutable IN (0, 1)), project_id INTEGER NOT NULL DEFAULT 0, stage_id INTEGER NOT NULL DEFAULT 0, uuid TEXT, more TEXT) STRICT;
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
    params                 TEXT NOT NULL DEFAULT '[]', -- JSON, carried as given (null stays null)
    ref_mask               INTEGER NOT NULL DEFAULT 1 CHECK (ref_mask IN (0, 1)),
    owner_id               INTEGER NOT NULL,
    create_time            INTEGER NOT NULL,
    change_time            INTEGER NOT NULL,
    draft_version          INTEGER,                 -- version of the waiting drafts; NULL when nothing waits
    last_confirmed_version INTEGER NOT NULL DEFAULT 0
, uuid TEXT, more TEXT, hash TEXT, auth_user TEXT, auth_pass TEXT, escalation_conv INTEGER REFERENCES cz_conv (id) ON DELETE SET NULL, deploys INTEGER NOT NULL DEFAULT 0) STRICT;
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
, uuid TEXT, more TEXT) STRICT;
CREATE INDEX cz_dashboard_folder ON cz_dashboard (folder_id, company_id);
CREATE INDEX cz_dashboard_trash ON cz_dashboard (company_id) WHERE status = 3;
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
CREATE TRIGGER cz_folder_in AFTER INSERT ON cz_folder WHEN NEW.folder_id <> 0 AND NEW.status <> 3 BEGIN
    UPDATE cz_folder SET childs = childs + 1, size = size + 1 WHERE id = NEW.folder_id;
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
CREATE TABLE cz_node (
    id            TEXT PRIMARY KEY,                 -- 24 hex; documents may bring any other text
    conv_id       INTEGER NOT NULL REFERENCES cz_conv (id) ON DELETE CASCADE,
    position      INTEGER NOT NULL,                 -- order in which nodes were made
    live          TEXT,                             -- NULL: never deployed
    draft         TEXT,                             -- NULL: no change waits
    draft_deleted INTEGER NOT NULL DEFAULT 0 CHECK (draft_deleted IN (0, 1)),
    draft_version INTEGER,                          -- NULL exactly when nothing waits
    draft_user_id INTEGER,
    draft_time    INTEGER,                          -- unix seconds
    obj_type      INTEGER GENERATED ALWAYS AS (coalesce(draft, live) ->> 'obj_type') STORED
, uncounted INTEGER NOT NULL DEFAULT 0, dropped INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX cz_node_conv ON cz_node (conv_id, position);
CREATE INDEX cz_node_kind ON cz_node (conv_id, obj_type);
CREATE INDEX cz_node_live ON cz_node (conv_id) WHERE live IS NOT NULL;
CREATE INDEX cz_node_draft ON cz_node (conv_id, draft_version) WHERE draft_version IS NOT NULL;
CREATE TRIGGER cz_node_added AFTER INSERT ON cz_node WHEN NEW.draft_version IS NOT NULL BEGIN
    UPDATE cz_conv SET draft_version = min(coalesce(draft_version, NEW.draft_version), NEW.draft_version)
    WHERE id = NEW.conv_id AND (draft_version IS NULL OR draft_version > NEW.draft_version);
END;
CREATE TRIGGER cz_node_waits AFTER UPDATE OF draft_version ON cz_node WHEN OLD.draft_version IS NOT NEW.draft_version BEGIN
    UPDATE cz_conv SET draft_version =
        (SELECT min(draft_version) FROM cz_node WHERE conv_id = NEW.conv_id AND draft_version IS NOT NULL)
    WHERE id = NEW.conv_id;
END;
CREATE TRIGGER cz_node_gone AFTER DELETE ON cz_node WHEN OLD.draft_version IS NOT NULL BEGIN
    UPDATE cz_conv SET draft_version =
        (SELECT min(draft_version) FROM cz_node WHERE conv_id = OLD.conv_id AND draft_version IS NOT NULL)
    WHERE id = OLD.conv_id;
END;
CREATE TRIGGER cz_node_dropped AFTER UPDATE ON cz_node WHEN NEW.live IS NULL AND NEW.draft IS NULL BEGIN
    DELETE FROM cz_node WHERE id = NEW.id;
END;
CREATE TABLE cz_commit (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    conv_id     INTEGER NOT NULL REFERENCES cz_conv (id) ON DELETE CASCADE,
    version     INTEGER NOT NULL,
    user_id     INTEGER NOT NULL,
    create_time INTEGER NOT NULL,                   -- unix seconds
    nodes       TEXT NOT NULL                       -- JSON [{id, status 1 deployed | 3 removed, node}]
) STRICT;
CREATE INDEX cz_commit_conv ON cz_commit (conv_id, version);
CREATE TABLE cz_download (
    name        TEXT PRIMARY KEY,
    content     BLOB NOT NULL,
    create_time INTEGER NOT NULL                    -- unix seconds
) STRICT;
CREATE TABLE cz_task (
    seq          INTEGER PRIMARY KEY,               -- order in which tasks were made
    id           TEXT NOT NULL UNIQUE,              -- 24 hex; documents may bring any other text
    conv_id      INTEGER NOT NULL REFERENCES cz_conv (id) ON DELETE CASCADE,
    node_id      TEXT NOT NULL REFERENCES cz_node (id) ON DELETE CASCADE,
    node_prev_id TEXT,                              -- NULL: it has not moved yet. That node may be gone
    ref          TEXT,
    data         TEXT NOT NULL,                     -- JSON object
    status       TEXT NOT NULL
        CHECK (status IN ('created', 'processing', 'delayed', 'processed', 'canceled', 'deleted')),
    user_id      INTEGER NOT NULL,                  -- who changed it last
    create_time  INTEGER NOT NULL,                  -- unix milliseconds
    change_time  INTEGER NOT NULL,                  -- unix milliseconds
    -- Whether it is still under way; once it is in a final node, its reference is free again (sheet corezoid/api 6.1).
    live         INTEGER NOT NULL GENERATED ALWAYS AS (status IN ('created', 'processing', 'delayed')) STORED
, at INTEGER NOT NULL DEFAULT 0, wait TEXT, due INTEGER, due_to TEXT, visits TEXT, hops INTEGER NOT NULL DEFAULT 0, caller TEXT, callee TEXT, ready INTEGER, wake TEXT, moment INTEGER, walked INTEGER NOT NULL DEFAULT 0, detail TEXT) STRICT;
CREATE UNIQUE INDEX cz_task_live_ref ON cz_task (conv_id, ref) WHERE ref IS NOT NULL AND live;
CREATE INDEX cz_task_ref ON cz_task (conv_id, ref) WHERE ref IS NOT NULL;
CREATE INDEX cz_task_node ON cz_task (node_id, status, ref);
CREATE TABLE r7_archive (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id       TEXT NOT NULL UNIQUE,                    -- GUID of the operation that made it
    owner_id TEXT NOT NULL,
    title    TEXT NOT NULL,                           -- the file's name, with .zip
    made     INTEGER NOT NULL,                        -- ticks
    bytes    BLOB NOT NULL
, series TEXT, size INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX r7_archive_owner ON r7_archive (owner_id, position);
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
CREATE TABLE r7_photo (
    user_id TEXT PRIMARY KEY REFERENCES r7_user (id) ON DELETE CASCADE,
    ending  TEXT NOT NULL CHECK (ending IN ('png', 'jpeg', 'gif', 'bmp')),
    changed INTEGER NOT NULL,                         -- ticks
    bytes   BLOB NOT NULL
) STRICT;
CREATE TABLE r7_portal (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    choices TEXT NOT NULL CHECK (json_valid(choices))  -- JSON object, as in state documents: r7.portal
) STRICT;
CREATE TABLE r7_share (
    is_file     INTEGER NOT NULL CHECK (is_file IN (0, 1)),
    entry_id    INTEGER NOT NULL,
    subject     TEXT NOT NULL,                         -- GUID of a person, a group or a link, or one of a file's two marks
    access      INTEGER NOT NULL,                      -- FileShare: 1 full, 2 read, 3 nothing, 5 review, 6 comment, …
    owner_id    TEXT NOT NULL,                         -- who shared
    shared      INTEGER NOT NULL,                      -- ticks
    is_link     INTEGER NOT NULL DEFAULT 0 CHECK (is_link IN (0, 1)),
    title       TEXT,                                  -- of a link beside the main one, as the next three
    password    TEXT,
    expires     INTEGER,                               -- ticks; NULL: never
    auto_delete INTEGER NOT NULL DEFAULT 0 CHECK (auto_delete IN (0, 1)),
    PRIMARY KEY (is_file, entry_id, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX r7_share_subject ON r7_share (subject);
CREATE INDEX r7_share_denied ON r7_share (access, is_file, entry_id) WHERE access = 3;
CREATE TRIGGER r7_file_unshared AFTER DELETE ON r7_file BEGIN
    DELETE FROM r7_share WHERE is_file = 1 AND entry_id = old.id;
END;
CREATE TRIGGER r7_folder_unshared AFTER DELETE ON r7_folder BEGIN
    DELETE FROM r7_share WHERE is_file = 0 AND entry_id = old.id;
END;
CREATE TRIGGER r7_file_unmarked AFTER DELETE ON r7_file BEGIN
    DELETE FROM r7_mark WHERE entry_id = old.id AND is_file = 1;
END;
CREATE TRIGGER r7_folder_unmarked AFTER DELETE ON r7_folder BEGIN
    DELETE FROM r7_mark WHERE entry_id = old.id AND is_file = 0;
END;
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
CREATE TABLE r7_file_property (
    file_id    INTEGER PRIMARY KEY REFERENCES r7_file (id) ON DELETE CASCADE,
    properties TEXT NOT NULL
) STRICT;
CREATE TABLE r7_docservice (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    url          TEXT NOT NULL,
    url_internal TEXT NOT NULL,
    url_portal   TEXT NOT NULL
) STRICT;
CREATE TABLE r7_blob_part (
    series TEXT NOT NULL,
    start  INTEGER NOT NULL,
    bytes  BLOB NOT NULL,
    PRIMARY KEY (series, start)
) STRICT;
CREATE TABLE r7_blob_staged (
    series TEXT PRIMARY KEY
) STRICT;
CREATE TRIGGER r7_blob_erased AFTER DELETE ON r7_blob WHEN old.series IS NOT NULL BEGIN
    DELETE FROM r7_blob_part WHERE series = old.series;
END;
CREATE TRIGGER r7_archive_erased AFTER DELETE ON r7_archive WHEN old.series IS NOT NULL BEGIN
    DELETE FROM r7_blob_part WHERE series = old.series;
END;
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
CREATE TRIGGER r7_upload_ended AFTER DELETE ON r7_upload BEGIN
    DELETE FROM r7_blob_part WHERE series = old.id AND NOT EXISTS (SELECT 1 FROM r7_blob WHERE series = old.id);
END;
CREATE VIEW r7_file_card AS
    SELECT 1 AS is_file, f.id, f.folder_id AS parent_id, 0 AS kind, NULL AS owner_id, f.title, f.title_key, f.sort_key,
        f.version, f.version_group, f.comment, f.hash, f.size, f.created, f.created_by, f.updated, f.updated_by,
        0 AS files_total, 0 AS folders_total, r.id AS root_id, r.kind AS root_kind, r.owner_id AS root_owner,
        CASE WHEN EXISTS (SELECT 1 FROM r7_share) THEN
            (SELECT json_array((SELECT id FROM r7_folder WHERE parent_id IS NULL AND kind = 6),
                json_group_array(json_array(subject, access, level)))
             FROM (SELECT subject, access, -1 AS level FROM r7_share WHERE is_file = 1 AND entry_id = f.id
                UNION ALL
                SELECT s.subject, s.access, t.depth FROM r7_folder_tree t
                CROSS JOIN r7_share s ON s.is_file = 0 AND s.entry_id = t.ancestor_id WHERE t.folder_id = f.folder_id))
        END AS grants,
        (SELECT group_concat(m.kind || ' ' || m.at || ' ' || m.user_id, ',') FROM r7_mark m
            WHERE m.entry_id = f.id AND m.is_file = 1) AS marks
    FROM r7_file f JOIN r7_folder r
    ON r.id = (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = f.folder_id ORDER BY depth DESC LIMIT 1);
CREATE VIEW r7_folder_card AS
    SELECT 0 AS is_file, d.id, d.parent_id, d.kind, d.owner_id, d.title, d.title_key, d.sort_key,
        0 AS version, 0 AS version_group, NULL AS comment, '' AS hash, 0 AS size, d.created, d.created_by, d.updated, d.updated_by,
        d.files_total, d.folders_total, r.id AS root_id, r.kind AS root_kind, r.owner_id AS root_owner,
        CASE WHEN EXISTS (SELECT 1 FROM r7_share) THEN
            (SELECT json_array((SELECT id FROM r7_folder WHERE parent_id IS NULL AND kind = 6),
                json_group_array(json_array(s.subject, s.access, t.depth)))
             FROM r7_folder_tree t CROSS JOIN r7_share s ON s.is_file = 0 AND s.entry_id = t.ancestor_id
             WHERE t.folder_id = d.id)
        END AS grants,
        (SELECT group_concat(m.kind || ' ' || m.at || ' ' || m.user_id, ',') FROM r7_mark m
            WHERE m.entry_id = d.id AND m.is_file = 0) AS marks
    FROM r7_folder d JOIN r7_folder r
    ON r.id = (SELECT ancestor_id FROM r7_folder_tree WHERE folder_id = d.id ORDER BY depth DESC LIMIT 1);
CREATE TABLE r7_mark (
    position INTEGER PRIMARY KEY,
    user_id  TEXT NOT NULL REFERENCES r7_user (id) ON DELETE CASCADE,
    kind     INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 5), -- 0 unread, 1 favourite, 2 template, 3 recent, 4 editing, 5 editing alone
    is_file  INTEGER NOT NULL CHECK (is_file IN (0, 1)),
    entry_id INTEGER NOT NULL,
    at       INTEGER NOT NULL                  -- ticks: when it was set; of an editing: when it ends unless prolonged
) STRICT;
CREATE UNIQUE INDEX r7_mark_entry ON r7_mark (entry_id, is_file, kind, user_id);
CREATE INDEX r7_mark_user ON r7_mark (user_id, kind, position);
CREATE INDEX r7_mark_editing ON r7_mark (entry_id) WHERE kind > 3;
CREATE INDEX r7_mark_unread ON r7_mark (is_file, entry_id) WHERE kind = 0;
CREATE VIEW r7_unread AS
    SELECT m.user_id, r.id AS root_id, r.kind AS root_kind, r.owner_id AS root_owner
    FROM r7_mark m CROSS JOIN r7_folder r ON r.id = (SELECT ancestor_id FROM r7_folder_tree
        WHERE folder_id = CASE WHEN m.is_file THEN (SELECT folder_id FROM r7_file WHERE id = m.entry_id) ELSE m.entry_id END
        ORDER BY depth DESC LIMIT 1)
    WHERE m.kind = 0;
CREATE TRIGGER r7_user_unshared AFTER DELETE ON r7_user BEGIN
    DELETE FROM r7_share WHERE subject = old.id;
END;
CREATE TRIGGER r7_group_unshared AFTER DELETE ON r7_group BEGIN
    DELETE FROM r7_share WHERE subject = old.id;
END;
CREATE INDEX r7_upload_folder ON r7_upload (folder_id);
CREATE INDEX r7_upload_expires ON r7_upload (expires);
CREATE TRIGGER r7_folder_upload_ended AFTER DELETE ON r7_folder BEGIN
    DELETE FROM r7_upload WHERE folder_id = old.id;
END;
CREATE UNIQUE INDEX cz_project_name ON cz_folder (coalesce(company_id, ''), short_name) WHERE kind = 'project' AND status <> 3;
CREATE UNIQUE INDEX cz_stage_name ON cz_folder (folder_id, short_name) WHERE kind = 'stage' AND status <> 3;
CREATE INDEX cz_folder_project ON cz_folder (company_id) WHERE kind = 'project';
CREATE INDEX cz_folder_stage ON cz_folder (stage_id) WHERE stage_id <> 0;
CREATE TRIGGER cz_folder_placed AFTER INSERT ON cz_folder WHEN NEW.kind <> 'folder' OR NEW.folder_id <> 0 BEGIN
    UPDATE cz_folder SET
        project_id = CASE NEW.kind WHEN 'project' THEN NEW.id
            ELSE coalesce((SELECT p.project_id FROM cz_folder p WHERE p.id = NEW.folder_id), 0) END,
        stage_id = CASE NEW.kind WHEN 'project' THEN 0 WHEN 'stage' THEN NEW.id
            ELSE coalesce((SELECT p.stage_id FROM cz_folder p WHERE p.id = NEW.folder_id), 0) END
    WHERE id = NEW.id;
END;
CREATE TRIGGER cz_folder_out AFTER DELETE ON cz_folder BEGIN
    UPDATE cz_folder SET childs = childs - 1, size = size - 1 WHERE id = OLD.folder_id AND OLD.status <> 3;
    DELETE FROM cz_favorite WHERE obj = OLD.kind AND obj_id = OLD.id;
    DELETE FROM cz_share WHERE obj = OLD.kind AND obj_id = OLD.id;
END;
CREATE TABLE cz_instance (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    folder_id     INTEGER NOT NULL DEFAULT 0,
    company_id    TEXT,
    title         TEXT NOT NULL,
    description   TEXT,
    status        INTEGER NOT NULL DEFAULT 1,
    instance_type TEXT NOT NULL CHECK (instance_type IN ('db_call')),
    data          TEXT NOT NULL,                    -- JSON object, as the API carries it
    owner_id      INTEGER NOT NULL,
    create_time   INTEGER NOT NULL,                 -- unix seconds
    change_time   INTEGER NOT NULL
) STRICT;
CREATE INDEX cz_instance_folder ON cz_instance (folder_id, company_id);
CREATE INDEX cz_instance_trash ON cz_instance (company_id) WHERE status = 3;
CREATE TRIGGER cz_instance_in AFTER INSERT ON cz_instance WHEN NEW.folder_id <> 0 AND NEW.status <> 3 BEGIN
    UPDATE cz_folder SET size = size + 1 WHERE id = NEW.folder_id;
END;
CREATE TRIGGER cz_instance_out AFTER DELETE ON cz_instance BEGIN
    UPDATE cz_folder SET size = size - 1 WHERE id = OLD.folder_id AND OLD.status <> 3;
    DELETE FROM cz_favorite WHERE obj = 'instance' AND obj_id = OLD.id;
    DELETE FROM cz_share WHERE obj = 'instance' AND obj_id = OLD.id;
END;
CREATE TRIGGER cz_instance_moved AFTER UPDATE OF folder_id, status ON cz_instance
WHEN OLD.folder_id <> NEW.folder_id OR OLD.status <> NEW.status BEGIN
    UPDATE cz_folder SET size = size - 1 WHERE id = OLD.folder_id AND OLD.status <> 3;
    UPDATE cz_folder SET size = size + 1 WHERE id = NEW.folder_id AND NEW.status <> 3;
END;
CREATE INDEX cz_stage_immutable ON cz_folder (id) WHERE immutable = 1;
CREATE INDEX cz_conv_waiting ON cz_conv (folder_id) WHERE draft_version IS NOT NULL;
CREATE VIEW cz_item AS
SELECT f.kind AS obj, f.id, f.folder_id, coalesce(p.title, 'Root folder') AS folder_name, coalesce(p.kind, 'folder') AS folder_kind,
       f.company_id, f.project_id, f.stage_id, f.title, f.description, f.short_name,
       CASE f.stage_id WHEN 0 THEN 0 WHEN f.id THEN f.immutable
           ELSE coalesce((SELECT s.immutable FROM cz_folder s WHERE s.id = f.stage_id), 0) END AS immutable,
       f.status, NULL AS conv_type, NULL AS instance_type, NULL AS version, f.undeployed, f.childs, f.size,
       f.create_time, f.change_time, f.owner_id, coalesce(u.title, '') AS owner_name,
       coalesce((SELECT min(k.login) FROM cz_key k WHERE k.user_id = f.owner_id), '') || '' AS owner_login,
       f.live AS present
FROM cz_folder f LEFT JOIN cz_folder p ON p.id = f.folder_id LEFT JOIN cz_user u ON u.id = f.owner_id
UNION ALL
SELECT 'conv', c.id, c.folder_id, coalesce(p.title, 'Root folder'), coalesce(p.kind, 'folder'),
       c.company_id, coalesce(p.project_id, 0), coalesce(p.stage_id, 0), c.title, c.description, NULL,
       coalesce((SELECT s.immutable FROM cz_folder s WHERE s.id = p.stage_id), 0),
       c.status, c.conv_type, NULL, c.draft_version, c.draft_version IS NOT NULL, 0,
       (SELECT count(*) FROM cz_node n WHERE n.conv_id = c.id AND n.live IS NOT NULL), c.create_time, c.change_time, c.owner_id,
       coalesce(u.title, ''),
       coalesce((SELECT min(k.login) FROM cz_key k WHERE k.user_id = c.owner_id), '') || '',
       c.status <> 3 AND (c.folder_id = 0 OR p.live IS 1)
FROM cz_conv c LEFT JOIN cz_folder p ON p.id = c.folder_id LEFT JOIN cz_user u ON u.id = c.owner_id
UNION ALL
SELECT 'dashboard', d.id, d.folder_id, coalesce(p.title, 'Root folder'), coalesce(p.kind, 'folder'),
       d.company_id, coalesce(p.project_id, 0), coalesce(p.stage_id, 0), d.title, d.description, NULL,
       coalesce((SELECT s.immutable FROM cz_folder s WHERE s.id = p.stage_id), 0),
       d.status, NULL, NULL, NULL, 0, 0, 0, d.create_time, d.change_time, d.owner_id,
       coalesce(u.title, ''),
       coalesce((SELECT min(k.login) FROM cz_key k WHERE k.user_id = d.owner_id), '') || '',
       d.status <> 3 AND (d.folder_id = 0 OR p.live IS 1)
FROM cz_dashboard d LEFT JOIN cz_folder p ON p.id = d.folder_id LEFT JOIN cz_user u ON u.id = d.owner_id
UNION ALL
SELECT 'instance', e.id, e.folder_id, coalesce(p.title, 'Root folder'), coalesce(p.kind, 'folder'),
       e.company_id, coalesce(p.project_id, 0), coalesce(p.stage_id, 0), e.title, e.description, NULL,
       coalesce((SELECT s.immutable FROM cz_folder s WHERE s.id = p.stage_id), 0),
       e.status, NULL, e.instance_type, NULL, 0, 0, 0, e.create_time, e.change_time, e.owner_id,
       coalesce(u.title, ''),
       coalesce((SELECT min(k.login) FROM cz_key k WHERE k.user_id = e.owner_id), '') || '',
       e.status <> 3 AND (e.folder_id = 0 OR p.live IS 1)
FROM cz_instance e LEFT JOIN cz_folder p ON p.id = e.folder_id LEFT JOIN cz_user u ON u.id = e.owner_id;
CREATE TABLE cz_alias (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id  TEXT,
    project_id  INTEGER NOT NULL DEFAULT 0,
    stage_id    INTEGER NOT NULL DEFAULT 0,
    title       TEXT NOT NULL,
    short_name  TEXT NOT NULL,
    description TEXT,
    status      INTEGER NOT NULL DEFAULT 1,        -- 1 active, 3 in the trash
    obj_to_id   INTEGER,                           -- a process; NULL: linked to nothing
    uuid        TEXT NOT NULL,
    owner_id    INTEGER NOT NULL,
    create_time INTEGER NOT NULL,                  -- unix seconds
    change_time INTEGER NOT NULL
, hash TEXT) STRICT;
CREATE UNIQUE INDEX cz_alias_name ON cz_alias (stage_id, project_id, short_name, coalesce(company_id, '')) WHERE status <> 3;
CREATE INDEX cz_alias_company ON cz_alias (company_id);
CREATE INDEX cz_alias_project ON cz_alias (project_id) WHERE project_id <> 0;
CREATE INDEX cz_alias_conv ON cz_alias (obj_to_id) WHERE obj_to_id IS NOT NULL;
CREATE TABLE cz_env_var (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id   TEXT,
    project_id   INTEGER NOT NULL DEFAULT 0,
    stage_id     INTEGER NOT NULL DEFAULT 0,
    env_var_type TEXT NOT NULL CHECK (env_var_type IN ('visible', 'secret')),
    data_type    TEXT NOT NULL CHECK (data_type IN ('raw', 'json')),
    title        TEXT NOT NULL,
    short_name   TEXT NOT NULL,
    description  TEXT,
    value        TEXT NOT NULL,
    scopes       TEXT NOT NULL,                    -- JSON list, carried as given
    uuid         TEXT NOT NULL,
    owner_id     INTEGER NOT NULL,
    create_time  INTEGER NOT NULL,
    change_time  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX cz_env_var_name ON cz_env_var (stage_id, project_id, short_name, coalesce(company_id, ''));
CREATE INDEX cz_env_var_project ON cz_env_var (project_id) WHERE project_id <> 0;
CREATE TABLE cz_version (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id  TEXT,
    project_id  INTEGER NOT NULL,
    stage_id    INTEGER NOT NULL,
    vsn         TEXT NOT NULL,
    title       TEXT,
    changelog   TEXT,
    link        TEXT NOT NULL,
    status      INTEGER NOT NULL DEFAULT 1,        -- 1 active, 3 in the trash
    owner_id    INTEGER NOT NULL,
    create_time INTEGER NOT NULL,
    change_time INTEGER NOT NULL
) STRICT;
CREATE INDEX cz_version_project ON cz_version (project_id);
CREATE TRIGGER cz_stage_out AFTER DELETE ON cz_folder WHEN OLD.kind <> 'folder' BEGIN
    DELETE FROM cz_alias WHERE stage_id = OLD.id OR project_id = OLD.id;
    DELETE FROM cz_env_var WHERE stage_id = OLD.id OR project_id = OLD.id;
    DELETE FROM cz_version WHERE project_id = OLD.id;
END;
CREATE TRIGGER cz_aliased_out AFTER DELETE ON cz_conv BEGIN
    UPDATE cz_alias SET obj_to_id = NULL WHERE obj_to_id = OLD.id;
END;
CREATE TRIGGER cz_alias_out AFTER DELETE ON cz_alias BEGIN
    DELETE FROM cz_favorite WHERE obj = 'alias' AND obj_id = OLD.id;
    DELETE FROM cz_share WHERE obj = 'alias' AND obj_id = OLD.id;
END;
CREATE UNIQUE INDEX cz_version_number ON cz_version (project_id, vsn) WHERE status <> 3;
CREATE TRIGGER cz_version_out AFTER DELETE ON cz_version
WHEN NOT EXISTS (SELECT 1 FROM cz_version v WHERE v.link = OLD.link) BEGIN
    DELETE FROM cz_download WHERE name = OLD.link;
END;
CREATE INDEX cz_version_link ON cz_version (link);
CREATE VIEW cz_stage AS
SELECT i.*,
       (SELECT json_group_array(json_object('obj_id', c.id, 'obj_type', 'conv', 'version', c.draft_version) ORDER BY c.id)
        FROM cz_folder p JOIN cz_conv c ON c.folder_id = p.id
        WHERE p.stage_id = i.id AND p.stage_id <> 0 AND p.live AND c.draft_version IS NOT NULL AND c.status <> 3) AS waiting
FROM cz_item i WHERE i.obj = 'stage';
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
CREATE TABLE cz_scheme_file (
    id          TEXT PRIMARY KEY,
    content     BLOB NOT NULL,
    create_time INTEGER NOT NULL                    -- unix seconds
) STRICT;
CREATE INDEX cz_conv_escalation ON cz_conv (escalation_conv) WHERE escalation_conv IS NOT NULL;
CREATE TABLE cz_code (
    node_id TEXT NOT NULL REFERENCES cz_node (id) ON DELETE CASCADE,
    env     TEXT NOT NULL CHECK (env IN ('sandbox', 'production')),
    lang    TEXT NOT NULL,                          -- js, erlang
    src     TEXT NOT NULL,
    PRIMARY KEY (node_id, env)
) STRICT, WITHOUT ROWID;
CREATE TABLE cz_chart (
    seq          INTEGER PRIMARY KEY,               -- order in which charts were made
    id           TEXT NOT NULL UNIQUE,              -- 24 hex; documents may bring any other text
    dashboard_id INTEGER NOT NULL REFERENCES cz_dashboard (id) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    description  TEXT NOT NULL,
    obj_type     TEXT NOT NULL CHECK (obj_type IN ('table', 'funnel', 'column', 'pie')),
    series       TEXT NOT NULL,                     -- JSON array, carried as given
    more         TEXT NOT NULL DEFAULT '{}'         -- JSON object: sort, uuid, settings and what else a client sent
) STRICT;
CREATE INDEX cz_chart_dashboard ON cz_chart (dashboard_id);
CREATE TABLE cz_snapshot (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    conv_id     INTEGER NOT NULL REFERENCES cz_conv (id) ON DELETE CASCADE,
    version     INTEGER NOT NULL,                   -- the confirmed version of then
    user_id     INTEGER NOT NULL,
    create_time INTEGER NOT NULL,                   -- unix seconds
    title       TEXT NOT NULL,
    nodes       TEXT NOT NULL                       -- JSON [{id, node}]
) STRICT;
CREATE INDEX cz_snapshot_conv ON cz_snapshot (conv_id);
CREATE TRIGGER cz_code_deployed AFTER UPDATE OF live ON cz_node WHEN NEW.live IS NOT NULL BEGIN
    DELETE FROM cz_code WHERE node_id = NEW.id AND env = 'production';
    UPDATE cz_code SET env = 'production' WHERE node_id = NEW.id;
END;
CREATE INDEX cz_user_company ON cz_user (company_id);
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
CREATE TRIGGER cz_node_planted AFTER INSERT ON cz_node WHEN NEW.live IS NOT NULL BEGIN
    UPDATE cz_conv SET deploys = deploys + 1 WHERE id = NEW.conv_id;
END;
CREATE TRIGGER cz_node_deployed AFTER UPDATE OF live ON cz_node WHEN OLD.live IS NOT NEW.live BEGIN
    UPDATE cz_conv SET deploys = deploys + 1 WHERE id = NEW.conv_id;
END;
CREATE TRIGGER cz_node_removed AFTER DELETE ON cz_node WHEN OLD.live IS NOT NULL BEGIN
    UPDATE cz_conv SET deploys = deploys + 1 WHERE id = OLD.conv_id;
END;
CREATE INDEX cz_task_ready ON cz_task (ready) WHERE ready IS NOT NULL;
CREATE INDEX cz_task_due ON cz_task (due) WHERE due IS NOT NULL;
CREATE INDEX cz_task_outside ON cz_task (seq) WHERE status = 'processing';
CREATE TABLE cz_walk (
    id      INTEGER PRIMARY KEY,
    task_id TEXT NOT NULL,
    conv_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,                       -- who had changed the task last
    steps   TEXT NOT NULL                           -- JSON [{at, node, step, …}]
) STRICT;
CREATE INDEX cz_walk_task ON cz_walk (task_id);
CREATE TABLE cz_flow (
    node_id TEXT NOT NULL,
    minute  INTEGER NOT NULL,                       -- unix minutes
    came    INTEGER NOT NULL,
    went    INTEGER NOT NULL,
    PRIMARY KEY (node_id, minute)
) STRICT, WITHOUT ROWID;
CREATE TABLE cz_visit (
    node_id TEXT NOT NULL,
    way     TEXT NOT NULL,
    times   INTEGER NOT NULL,
    PRIMARY KEY (node_id, way)
) STRICT, WITHOUT ROWID;
CREATE TABLE cz_counter (
    node_id TEXT NOT NULL REFERENCES cz_node (id) ON DELETE CASCADE,
    sum_id  TEXT NOT NULL,
    value   REAL NOT NULL,
    PRIMARY KEY (node_id, sum_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE cz_threshold (
    node_id  TEXT NOT NULL REFERENCES cz_node (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,                      -- among the count semaphors of the node
    PRIMARY KEY (node_id, position)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER cz_node_out AFTER DELETE ON cz_node BEGIN
    DELETE FROM cz_flow WHERE node_id = OLD.id;
    DELETE FROM cz_visit WHERE node_id = OLD.id;
END;
CREATE TABLE cz_stub (
    position INTEGER PRIMARY KEY,
    stub     TEXT NOT NULL,                         -- JSON, without its `used`
    times    INTEGER,                               -- how often it answers; NULL: always
    used     INTEGER NOT NULL DEFAULT 0             -- how often it has; counted only where there is a limit
) STRICT;
CREATE VIEW cz_alias_card AS
SELECT a.id, a.company_id, a.project_id, a.stage_id, a.title, a.short_name, a.description, a.status, a.obj_to_id,
       c.title AS obj_to_title, a.uuid, a.owner_id, a.create_time, a.change_time, a.hash,
       p.title AS project_title, p.short_name AS project_short_name, s.title AS stage_title,
       s.short_name AS stage_short_name, coalesce(u.title, '') AS owner_name,
       coalesce((SELECT min(k.login) FROM cz_key k WHERE k.user_id = a.owner_id), '') || '' AS owner_login,
       CASE WHEN a.stage_id <> 0 THEN s.live IS 1 WHEN a.project_id <> 0 THEN p.live IS 1 ELSE 1 END AS placed
FROM cz_alias a LEFT JOIN cz_conv c ON c.id = a.obj_to_id LEFT JOIN cz_folder p ON p.id = a.project_id
LEFT JOIN cz_folder s ON s.id = a.stage_id LEFT JOIN cz_user u ON u.id = a.owner_id;
CREATE VIEW cz_env_var_card AS
SELECT e.id, e.company_id, e.project_id, e.stage_id, e.env_var_type, e.data_type, e.title, e.short_name, e.description,
       e.value, e.scopes, e.uuid, e.owner_id, e.create_time, e.change_time,
       p.title AS project_title, p.short_name AS project_short_name, s.title AS stage_title,
       s.short_name AS stage_short_name, coalesce(u.title, '') AS owner_name,
       coalesce((SELECT min(k.login) FROM cz_key k WHERE k.user_id = e.owner_id), '') || '' AS owner_login,
       CASE WHEN e.stage_id <> 0 THEN s.live IS 1 WHEN e.project_id <> 0 THEN p.live IS 1 ELSE 1 END AS placed
FROM cz_env_var e LEFT JOIN cz_folder p ON p.id = e.project_id LEFT JOIN cz_folder s ON s.id = e.stage_id
LEFT JOIN cz_user u ON u.id = e.owner_id;
CREATE VIEW cz_reachable_conv AS
SELECT c.* FROM cz_conv c
WHERE c.status <> 3 AND (c.folder_id = 0 OR EXISTS (SELECT 1 FROM cz_folder p WHERE p.id = c.folder_id AND p.live));
CREATE VIEW cz_reachable_dashboard AS
SELECT d.* FROM cz_dashboard d
WHERE d.status <> 3 AND (d.folder_id = 0 OR EXISTS (SELECT 1 FROM cz_folder p WHERE p.id = d.folder_id AND p.live));
CREATE VIEW cz_reachable_instance AS
SELECT i.* FROM cz_instance i
WHERE i.status <> 3 AND (i.folder_id = 0 OR EXISTS (SELECT 1 FROM cz_folder p WHERE p.id = i.folder_id AND p.live));
CREATE VIEW cz_next_ready (place) AS SELECT coalesce(max(ready), 0) + 1 FROM cz_task WHERE ready IS NOT NULL;
CREATE VIEW cz_batch (texts, rested, gone, walks, flows, visits) AS SELECT NULL, NULL, NULL, NULL, NULL, NULL WHERE false;
CREATE TRIGGER cz_batch_stored INSTEAD OF INSERT ON cz_batch BEGIN
    UPDATE cz_task SET node_id = r.v ->> 'node', node_prev_id = r.v ->> 'prev',
        data = CAST(substr(NEW.texts, r.v ->> '$.data[0]', r.v ->> '$.data[1]') AS TEXT),
        status = r.v ->> 'status', user_id = r.v ->> 'user', change_time = r.v ->> 'changed', at = r.v ->> 'at',
        wait = r.v ->> 'wait', due = r.v ->> 'due', due_to = r.v ->> 'due_to', visits = r.v ->> 'visits',
        hops = r.v ->> 'hops', caller = r.v ->> 'caller', callee = r.v ->> 'callee', detail = r.v ->> 'detail',
        wake = r.v ->> 'wake', ready = iif(r.v ->> 'wake' IS NULL, NULL, (SELECT place FROM cz_next_ready)),
        moment = NULL, walked = 1
    FROM (SELECT value AS v FROM json_each(NEW.rested)) r WHERE cz_task.seq = r.v ->> 'seq';
    INSERT INTO cz_task (id, conv_id, ref, create_time, node_id, node_prev_id, data, status, user_id, change_time, at, wait,
        due, due_to, visits, hops, caller, callee, detail, wake, ready, walked)
    SELECT r.v ->> 'id', r.v ->> 'conv', r.v ->> 'ref', r.v ->> 'created', r.v ->> 'node', r.v ->> 'prev',
        CAST(substr(NEW.texts, r.v ->> '$.data[0]', r.v ->> '$.data[1]') AS TEXT), r.v ->> 'status', r.v ->> 'user',
        r.v ->> 'changed', r.v ->> 'at', r.v ->> 'wait', r.v ->> 'due', r.v ->> 'due_to', r.v ->> 'visits', r.v ->> 'hops',
        r.v ->> 'caller', r.v ->> 'callee', r.v ->> 'detail', r.v ->> 'wake',
        iif(r.v ->> 'wake' IS NULL, NULL, (SELECT place FROM cz_next_ready)), 1
    FROM (SELECT value AS v FROM json_each(NEW.rested)) r WHERE r.v ->> 'seq' IS NULL;
    UPDATE cz_node SET dropped = dropped + g.n
    FROM (SELECT value ->> 1 AS node, count(*) AS n FROM json_each(NEW.gone) GROUP BY 1) g WHERE cz_node.id = g.node;
    DELETE FROM cz_task WHERE seq IN (SELECT value ->> 0 FROM json_each(NEW.gone));
    INSERT INTO cz_walk (task_id, conv_id, user_id, steps)
    SELECT value ->> 0, value ->> 1, value ->> 2, CAST(substr(NEW.texts, value ->> 3, value ->> 4) AS TEXT)
    FROM json_each(NEW.walks);
    INSERT INTO cz_flow (node_id, minute, came, went)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(NEW.flows) WHERE true
    ON CONFLICT (node_id, minute) DO UPDATE SET came = came + excluded.came, went = went + excluded.went;
    INSERT INTO cz_visit (node_id, way, times)
    SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(NEW.visits) WHERE true
    ON CONFLICT (node_id, way) DO UPDATE SET times = times + excluded.times;
END;
CREATE VIEW cz_run AS
SELECT t.*, c.deploys, c.company_id, c.conv_type = 'state' AS is_state, c.change_time AS conv_changed,
    iif(c.folder_id = 0 OR EXISTS (SELECT 1 FROM cz_folder p WHERE p.id = c.folder_id AND p.live), c.status, 3) AS conv_status
FROM cz_task t JOIN cz_conv c ON c.id = t.conv_id;
INSERT INTO world (ids, clock_mode, clock_ticks) VALUES (0, NULL, NULL);
PRAGMA application_id = 1937010276;
PRAGMA user_version = 34;
COMMIT;
