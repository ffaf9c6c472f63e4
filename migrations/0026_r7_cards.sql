-- R7: the cards of files and folders. `marks`: everybody's marks on the entry, `kind at user` between commas. `grants`: all that is shared at the entry and above it: [section, [[subject, access, level]…]]. Level -1 is
-- a file's own, 0 a folder's own or that of a file's folder, 1 the folder above that. NULL: nothing is shared anywhere.
DROP VIEW r7_file_card;
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

DROP VIEW r7_folder_card;
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
