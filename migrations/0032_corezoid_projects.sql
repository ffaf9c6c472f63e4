-- Projects and stages are folders of a kind of their own: what lies in a stage names it as its folder, and ids of all three
-- come from one counter (sheet corezoid/api 2.8). A project lies in the root, a stage in a project.
ALTER TABLE cz_folder ADD COLUMN kind TEXT NOT NULL DEFAULT 'folder' CHECK (kind IN ('folder', 'project', 'stage'));
ALTER TABLE cz_folder ADD COLUMN short_name TEXT;                        -- of projects and stages
ALTER TABLE cz_folder ADD COLUMN immutable INTEGER NOT NULL DEFAULT 0 CHECK (immutable IN (0, 1)); -- of stages
-- The project and the stage it is or lies in; 0: none. Kept by the trigger below, and by the statement that moves.
ALTER TABLE cz_folder ADD COLUMN project_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cz_folder ADD COLUMN stage_id INTEGER NOT NULL DEFAULT 0;

-- Short names are unique among what is not deleted: of projects in a company, of stages in a project.
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

DROP TRIGGER cz_folder_out;
CREATE TRIGGER cz_folder_out AFTER DELETE ON cz_folder BEGIN
    UPDATE cz_folder SET childs = childs - 1, size = size - 1 WHERE id = OLD.folder_id AND OLD.status <> 3;
    DELETE FROM cz_favorite WHERE obj = OLD.kind AND obj_id = OLD.id;
    DELETE FROM cz_share WHERE obj = OLD.kind AND obj_id = OLD.id;
END;

-- As in 0005, with project and stage.
DROP VIEW cz_item;
CREATE VIEW cz_item AS
SELECT f.kind AS obj, f.id, f.folder_id, coalesce(p.title, 'Root folder') AS folder_name, coalesce(p.kind, 'folder') AS folder_kind,
       f.company_id, f.project_id, f.stage_id, f.title, f.description, f.short_name, f.immutable,
       f.status, NULL AS conv_type, NULL AS version, f.undeployed, f.childs, f.size, f.create_time, f.change_time, f.owner_id,
       coalesce(u.title, '') AS owner_name,
       coalesce((SELECT min(k.login) FROM cz_key k WHERE k.user_id = f.owner_id), '') || '' AS owner_login,
       f.live AS present
FROM cz_folder f LEFT JOIN cz_folder p ON p.id = f.folder_id LEFT JOIN cz_user u ON u.id = f.owner_id
UNION ALL
SELECT 'conv', c.id, c.folder_id, coalesce(p.title, 'Root folder'), coalesce(p.kind, 'folder'),
       c.company_id, coalesce(p.project_id, 0), coalesce(p.stage_id, 0), c.title, c.description, NULL, 0,
       c.status, c.conv_type, c.draft_version, c.draft_version IS NOT NULL, 0,
       (SELECT count(*) FROM cz_node n WHERE n.conv_id = c.id AND n.live IS NOT NULL), c.create_time, c.change_time, c.owner_id,
       coalesce(u.title, ''),
       coalesce((SELECT min(k.login) FROM cz_key k WHERE k.user_id = c.owner_id), '') || '',
       c.status <> 3 AND (c.folder_id = 0 OR p.live IS 1)
FROM cz_conv c LEFT JOIN cz_folder p ON p.id = c.folder_id LEFT JOIN cz_user u ON u.id = c.owner_id
UNION ALL
SELECT 'dashboard', d.id, d.folder_id, coalesce(p.title, 'Root folder'), coalesce(p.kind, 'folder'),
       d.company_id, coalesce(p.project_id, 0), coalesce(p.stage_id, 0), d.title, d.description, NULL, 0,
       d.status, NULL, NULL, 0, 0, 0, d.create_time, d.change_time, d.owner_id,
       coalesce(u.title, ''),
       coalesce((SELECT min(k.login) FROM cz_key k WHERE k.user_id = d.owner_id), '') || '',
       d.status <> 3 AND (d.folder_id = 0 OR p.live IS 1)
FROM cz_dashboard d LEFT JOIN cz_folder p ON p.id = d.folder_id LEFT JOIN cz_user u ON u.id = d.owner_id;
