-- R7 CRM: lists, contacts, opportunities, cases, and the history of all three.

-- The four kinds of list share one sequence of ids (sheet r7/crm 7):
-- 1 contact status, 2 task category, 3 history category, 4 contact type.
CREATE TABLE r7_crm_list_item (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 4),
    title       TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    color       TEXT NOT NULL DEFAULT '',
    image       TEXT,                        -- file name of the icon
    sort_order  INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE r7_crm_stage (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    title               TEXT NOT NULL,
    description         TEXT NOT NULL DEFAULT '',
    color               TEXT NOT NULL DEFAULT '',
    success_probability INTEGER NOT NULL DEFAULT 0,
    stage_type          INTEGER NOT NULL DEFAULT 0 CHECK (stage_type BETWEEN 0 AND 2), -- open, won, lost
    sort_order          INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Persons and companies.
CREATE TABLE r7_crm_contact (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    is_company   INTEGER NOT NULL CHECK (is_company IN (0, 1)),
    first_name   TEXT NOT NULL DEFAULT '',
    last_name    TEXT NOT NULL DEFAULT '',
    company_name TEXT NOT NULL DEFAULT '',
    job_title    TEXT,
    about        TEXT,
    company_id   INTEGER REFERENCES r7_crm_contact (id) ON DELETE SET NULL, -- a person's employer
    share_type   INTEGER NOT NULL DEFAULT 0 CHECK (share_type BETWEEN 0 AND 2), -- private, read and write, read
    managers     TEXT NOT NULL DEFAULT '[]', -- JSON list of users' GUIDs
    status_id    INTEGER REFERENCES r7_crm_list_item (id),
    type_id      INTEGER REFERENCES r7_crm_list_item (id),
    photo        TEXT,                       -- URL of the small picture; NULL: the portal's own
    search       TEXT NOT NULL DEFAULT '',   -- names and notes in lower case
    created      INTEGER NOT NULL,           -- ticks
    created_by   TEXT NOT NULL               -- GUID
) STRICT;
CREATE INDEX r7_crm_contact_company ON r7_crm_contact (company_id);

CREATE TABLE r7_crm_opportunity (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    title               TEXT NOT NULL,
    description         TEXT,
    responsible         TEXT NOT NULL,       -- GUID
    contact_id          INTEGER REFERENCES r7_crm_contact (id) ON DELETE SET NULL,
    bid_type            INTEGER NOT NULL DEFAULT 0 CHECK (bid_type BETWEEN 0 AND 5),
    bid_value           REAL NOT NULL DEFAULT 0,
    bid_currency        TEXT NOT NULL,       -- abbreviation
    per_period_value    INTEGER NOT NULL DEFAULT 0,
    stage_id            INTEGER NOT NULL REFERENCES r7_crm_stage (id),
    success_probability INTEGER NOT NULL DEFAULT 0 CHECK (success_probability BETWEEN 0 AND 100),
    actual_close        INTEGER,             -- ticks
    expected_close      INTEGER,             -- ticks
    is_private          INTEGER NOT NULL DEFAULT 0 CHECK (is_private IN (0, 1)),
    access              TEXT NOT NULL DEFAULT '[]', -- JSON list of users' GUIDs, if private
    search              TEXT NOT NULL DEFAULT '',
    created             INTEGER NOT NULL,
    created_by          TEXT NOT NULL
) STRICT;
CREATE INDEX r7_crm_opportunity_contact ON r7_crm_opportunity (contact_id);
CREATE INDEX r7_crm_opportunity_stage ON r7_crm_opportunity (stage_id);

CREATE TABLE r7_crm_case (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    title      TEXT NOT NULL,
    is_closed  INTEGER NOT NULL DEFAULT 0 CHECK (is_closed IN (0, 1)),
    is_private INTEGER NOT NULL DEFAULT 0 CHECK (is_private IN (0, 1)),
    access     TEXT NOT NULL DEFAULT '[]',
    search     TEXT NOT NULL DEFAULT '',
    created    INTEGER NOT NULL,
    created_by TEXT NOT NULL
) STRICT;

-- Contacts that take part in an opportunity (1) or a case (7).
CREATE TABLE r7_crm_member (
    entity_type INTEGER NOT NULL CHECK (entity_type IN (1, 7)),
    entity_id   INTEGER NOT NULL,
    contact_id  INTEGER NOT NULL REFERENCES r7_crm_contact (id) ON DELETE CASCADE,
    PRIMARY KEY (entity_type, entity_id, contact_id)
) STRICT;
CREATE INDEX r7_crm_member_contact ON r7_crm_member (contact_id);
CREATE TRIGGER r7_crm_opportunity_gone AFTER DELETE ON r7_crm_opportunity BEGIN
    DELETE FROM r7_crm_member WHERE entity_type = 1 AND entity_id = OLD.id;
END;
CREATE TRIGGER r7_crm_case_gone AFTER DELETE ON r7_crm_case BEGIN
    DELETE FROM r7_crm_member WHERE entity_type = 7 AND entity_id = OLD.id;
END;

-- History. Belongs to a contact, to one opportunity or case, or to both at once.
CREATE TABLE r7_crm_event (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    contact_id     INTEGER REFERENCES r7_crm_contact (id) ON DELETE CASCADE,
    opportunity_id INTEGER REFERENCES r7_crm_opportunity (id) ON DELETE CASCADE,
    case_id        INTEGER REFERENCES r7_crm_case (id) ON DELETE CASCADE,
    category_id    INTEGER NOT NULL,         -- a list item, or -1 task closed, -2 files uploaded, -3 mail
    content        TEXT NOT NULL,
    search         TEXT NOT NULL DEFAULT '', -- the content in lower case
    created        INTEGER NOT NULL,
    created_by     TEXT NOT NULL,
    CHECK (opportunity_id IS NULL OR case_id IS NULL)
) STRICT;
CREATE INDEX r7_crm_event_contact ON r7_crm_event (contact_id);
CREATE INDEX r7_crm_event_opportunity ON r7_crm_event (opportunity_id);
CREATE INDEX r7_crm_event_case ON r7_crm_event (case_id);
CREATE INDEX r7_crm_event_category ON r7_crm_event (category_id);

-- What answers need of a row, as one JSON column: a statement can then bring several of them, each possibly absent.
CREATE VIEW r7_crm_list_card AS
SELECT id, json_object('id', id, 'title', title, 'description', description, 'color', color, 'image', image,
                       'sort_order', sort_order) AS card
FROM r7_crm_list_item;

CREATE VIEW r7_crm_stage_card AS
SELECT id, json_object('id', id, 'title', title, 'description', description, 'color', color,
                       'success_probability', success_probability, 'stage_type', stage_type) AS card
FROM r7_crm_stage;

CREATE VIEW r7_crm_contact_card AS
SELECT id, json_object('id', id, 'is_company', json(iif(is_company, 'true', 'false')), 'first_name', first_name,
                       'last_name', last_name, 'company_name', company_name, 'share_type', share_type,
                       'managers', json(managers), 'photo', photo) AS card
FROM r7_crm_contact;

CREATE VIEW r7_crm_opportunity_card AS
SELECT id, json_object('kind', 'opportunity', 'id', id, 'title', title,
                       'is_private', json(iif(is_private, 'true', 'false')), 'access', json(access),
                       'created_by', created_by, 'responsible', responsible) AS card
FROM r7_crm_opportunity;

CREATE VIEW r7_crm_case_card AS
SELECT id, json_object('kind', 'case', 'id', id, 'title', title,
                       'is_private', json(iif(is_private, 'true', 'false')), 'access', json(access),
                       'created_by', created_by, 'responsible', NULL) AS card
FROM r7_crm_case;

-- Files attached to events, in the order in which they were attached. A file that is erased leaves every event.
CREATE TABLE r7_crm_event_file (
    event_id INTEGER NOT NULL REFERENCES r7_crm_event (id) ON DELETE CASCADE,
    file_id  INTEGER NOT NULL REFERENCES r7_file (id) ON DELETE CASCADE,
    PRIMARY KEY (event_id, file_id)
) STRICT;
CREATE INDEX r7_crm_event_file_file ON r7_crm_event_file (file_id);

-- An event with everything that its answer and its rights need, in one row.
CREATE VIEW r7_crm_event_card AS
SELECT e.id, e.content, e.created, e.created_by, e.category_id, c.card AS contact,
       coalesce(o.card, k.card) AS entity, l.card AS category,
       (SELECT json_group_array(f.file_id ORDER BY f.rowid) FROM r7_crm_event_file f WHERE f.event_id = e.id) AS files
FROM r7_crm_event e
LEFT JOIN r7_crm_contact_card c ON c.id = e.contact_id
LEFT JOIN r7_crm_opportunity_card o ON o.id = e.opportunity_id
LEFT JOIN r7_crm_case_card k ON k.id = e.case_id
LEFT JOIN r7_crm_list_card l ON l.id = e.category_id;
