-- A deploy makes what waits in the sandbox the code of production; without that, what the node's own logic says counts
-- again.
DROP TRIGGER cz_code_deployed;
CREATE TRIGGER cz_code_deployed AFTER UPDATE OF live ON cz_node WHEN NEW.live IS NOT NULL BEGIN
    DELETE FROM cz_code WHERE node_id = NEW.id AND env = 'production';
    UPDATE cz_code SET env = 'production' WHERE node_id = NEW.id;
END;
