-- The direct URL of an alias (sheet corezoid/api 2.7): a hash of its own, beside that of the process. NULL: switched off.
ALTER TABLE cz_alias ADD COLUMN hash TEXT;

-- Aliases and variables as they are shown: with the titles around them, their owner, and whether what they belong to is
-- present.
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
