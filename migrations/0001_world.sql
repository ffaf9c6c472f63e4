-- One row: what a world stores about itself.
CREATE TABLE world (
    ids         INTEGER NOT NULL,                                        -- state of the id generator
    clock_mode  TEXT CHECK (clock_mode IN ('system', 'frozen')),         -- NULL: as the command line says
    clock_ticks INTEGER                                                  -- system: offset; frozen: where it stands
) STRICT;
INSERT INTO world (ids) VALUES (0);
