-- A version's number is unique in its project among what is not deleted; its file goes with it.
CREATE UNIQUE INDEX cz_version_number ON cz_version (project_id, vsn) WHERE status <> 3;

CREATE TRIGGER cz_version_out AFTER DELETE ON cz_version
WHEN NOT EXISTS (SELECT 1 FROM cz_version v WHERE v.link = OLD.link) BEGIN
    DELETE FROM cz_download WHERE name = OLD.link;
END;
CREATE INDEX cz_version_link ON cz_version (link);
