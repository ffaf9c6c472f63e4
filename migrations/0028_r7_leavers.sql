-- R7: what is shared with a person or a group goes when they do, and an upload in chunks with the folder it was for.
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
