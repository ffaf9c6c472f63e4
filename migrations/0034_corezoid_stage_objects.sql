-- What belongs to a stage or project without lying in a folder of it: aliases, environment variables, saved versions
-- (sheet corezoid/api 2.8). project_id and stage_id 0: none.
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
) STRICT;
-- Names are unique per company, project and stage among what is not deleted.
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

-- The zip of a stage as it once was; the file itself is a download of the name in `link`.
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

-- They go with their project, aliases and variables with their stage too; an alias loses a process that goes for good.
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
