-- Corezoid: how often a task has been put to rest. Work outside that was begun for one of its rests comes too late for the
-- next.
ALTER TABLE cz_task ADD COLUMN rests INTEGER NOT NULL DEFAULT 0;
