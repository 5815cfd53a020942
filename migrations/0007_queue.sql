-- The queue, when it has twenty years behind it.

-- What cases are found by: words in any order, of the title that is asked about, the agency's names and the numbers, folded. In narrow rows
-- of its own, as the words of all cases are read through. The program writes them as it starts, as no engine folds like the other.
DROP VIEW consultation_sought;
CREATE TABLE consultation_words (
  consultation_id UUID NOT NULL PRIMARY KEY REFERENCES consultation (id),
  agency_code TEXT NOT NULL REFERENCES organisation (code),
  area_code TEXT,
  words TEXT NOT NULL
);
-- What they are made of.
CREATE VIEW consultation_named AS
SELECT c.id, c.number, k.number AS collection, v.title, c.agency_code AS agency, o.name AS agency_name, v.area_code AS area
FROM consultation c
JOIN collection_version v ON v.collection_id = c.collection_id AND v.version = c.version
JOIN collection k ON k.id = c.collection_id
JOIN organisation o ON o.code = c.agency_code;
CREATE INDEX consultation_words_agency ON consultation_words (agency_code);

-- What is over, the latest first, without sorting all of it.
CREATE INDEX consultation_body_since ON consultation_body (body_code, since, state, consultation_id);

-- The parties of each collection, as it is decided or planned.
CREATE VIEW collection_party AS
SELECT a.collection_id, a.agency_code AS code FROM collection_agency a
JOIN collection k ON k.id = a.collection_id AND (a.version = k.decided_version OR a.version = k.planned_version)
UNION ALL
SELECT w.collection_id, w.collector_code FROM collection_version w
JOIN collection k ON k.id = w.collection_id AND (w.version = k.decided_version OR w.version = k.planned_version);

-- A body's part of a case as the queue shows it. replied: the agency's reply was what brought it to the body again. awaited: how many other
-- bodies have not answered.
CREATE VIEW consultation_queued AS
SELECT b.consultation_id, b.body_code, c.number, k.number AS collection, v.title, c.kind, c.form_unchanged, c.entered, a.name AS agency,
       o.name AS body, b.state, c.requested_at, c.wanted_on, b.answered_at, b.opinion, c.outcome, b.since, b.assignee_id,
       COALESCE(p.name, p.email) AS assignee,
       (b.state = 'in_review' AND EXISTS (
         SELECT 1 FROM consultation_message m
         WHERE m.consultation_id = b.consultation_id AND m.body_code = b.body_code AND m.step = 'reply' AND m.at = b.since)) AS replied,
       (SELECT COUNT(*) FROM consultation_body w
        WHERE w.consultation_id = b.consultation_id AND w.body_code <> b.body_code
          AND w.state IN ('requested', 'in_review', 'awaiting_agency')) AS awaited,
       (SELECT MIN(q.name) FROM consultation_body w JOIN organisation q ON q.code = w.body_code
        WHERE w.consultation_id = b.consultation_id AND w.body_code <> b.body_code
          AND w.state IN ('requested', 'in_review', 'awaiting_agency')) AS awaited_body
FROM consultation_body b
JOIN consultation c ON c.id = b.consultation_id
JOIN collection k ON k.id = c.collection_id
JOIN collection_version v ON v.collection_id = c.collection_id AND v.version = c.version
JOIN organisation a ON a.code = c.agency_code
JOIN organisation o ON o.code = b.body_code
LEFT JOIN person p ON p.id = b.assignee_id;
