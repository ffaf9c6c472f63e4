-- A stage as cz_item has it, with the processes anywhere in it that wait for a deploy: JSON [{obj_id, obj_type, version}].
CREATE VIEW cz_stage AS
SELECT i.*,
       (SELECT json_group_array(json_object('obj_id', c.id, 'obj_type', 'conv', 'version', c.draft_version) ORDER BY c.id)
        FROM cz_folder p JOIN cz_conv c ON c.folder_id = p.id
        WHERE p.stage_id = i.id AND p.stage_id <> 0 AND p.live AND c.draft_version IS NOT NULL AND c.status <> 3) AS waiting
FROM cz_item i WHERE i.obj = 'stage';
