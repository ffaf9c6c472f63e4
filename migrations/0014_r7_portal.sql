-- R7: what the portal's administrators have set. No row: nothing yet.
CREATE TABLE r7_portal (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    choices TEXT NOT NULL CHECK (json_valid(choices))  -- JSON object, as in state documents: r7.portal
) STRICT;
