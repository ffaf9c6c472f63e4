-- Database connections lie in folders, as dashboards do (sheet corezoid/api 2.8).
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

-- Stages that take no edits, and the processes of a stage that wait for a deploy, are found without walking through all.
CREATE INDEX cz_stage_immutable ON cz_folder (id) WHERE immutable = 1;
CREATE INDEX cz_conv_waiting ON cz_conv (folder_id) WHERE draft_version IS NOT NULL;

-- As in 0032, with instances and their type, and with the immutability of the stage around.
DROP VIEW cz_item;
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
