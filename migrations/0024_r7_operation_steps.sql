
-- A waiting operation does its items step by step; `due` is the moment of its next step.
ALTER TABLE r7_operation ADD COLUMN started INTEGER;          -- ticks; NULL: it was never slow
ALTER TABLE r7_operation ADD COLUMN ends INTEGER;             -- ticks: the moment of its last step
ALTER TABLE r7_operation ADD COLUMN steps INTEGER NOT NULL DEFAULT 0; -- how many of them are done
