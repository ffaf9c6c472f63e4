-- One row: what a world stores about itself.
CREATE TABLE world (
    ids INTEGER NOT NULL  -- state of the id generator
) STRICT;
INSERT INTO world (ids) VALUES (0);
