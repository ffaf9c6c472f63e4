-- Corezoid: a task as the runner takes it up, with what it asks of its process; one that lies in a deleted folder counts as
-- deleted.
CREATE VIEW cz_run AS
SELECT t.*, c.deploys, c.company_id, c.conv_type = 'state' AS is_state, c.change_time AS conv_changed,
    iif(c.folder_id = 0 OR EXISTS (SELECT 1 FROM cz_folder p WHERE p.id = c.folder_id AND p.live), c.status, 3) AS conv_status
FROM cz_task t JOIN cz_conv c ON c.id = t.conv_id;
