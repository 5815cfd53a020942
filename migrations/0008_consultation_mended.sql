-- The closed case on which the decision on a version rests, as whoever decided it has said: its documents tell of that one alone, whatever is
-- closed or entered later. Of what was decided before this: the case that was closed last by then, that was not entered after the decision, and
-- that the agency stands for.
ALTER TABLE decision ADD COLUMN consultation_id UUID REFERENCES consultation (id);

-- Which organisation entered a body's part of a case that came by mail; none in a case that was asked for here.
ALTER TABLE consultation_body ADD COLUMN entered_by TEXT REFERENCES organisation (code);

-- confirmed_at: the agency stands for such a case: it entered, closed or confirmed it. Until then nobody but the sides reads what a body has
-- entered as the agency's words. removed_at: it was entered by mistake. It is kept as withdrawn, and counts nowhere.
ALTER TABLE consultation ADD COLUMN confirmed_at TIMESTAMPTZ;
ALTER TABLE consultation ADD COLUMN removed_at TIMESTAMPTZ;

UPDATE consultation_body SET entered_by = (
  SELECT e.actor FROM consultation c JOIN event e ON e.subject = c.number
  WHERE c.id = consultation_body.consultation_id AND c.entered AND e.subject_kind = 'consultation' AND e.action = 'consultation.entered'
  ORDER BY e.at LIMIT 1);

-- The agency stands for what it entered itself, and for what it closed here.
UPDATE consultation SET confirmed_at = changed_at
WHERE entered AND (
  NOT EXISTS (SELECT 1 FROM consultation_body b WHERE b.consultation_id = consultation.id AND b.position = 1 AND b.entered_by = b.body_code)
  OR EXISTS (SELECT 1 FROM event e WHERE e.subject_kind = 'consultation' AND e.subject = consultation.number
               AND e.action = 'consultation.closed'));

INSERT INTO decision (collection_id, version)
SELECT v.collection_id, v.version FROM collection_version v
WHERE v.in_force_at IS NOT NULL AND EXISTS (SELECT 1 FROM consultation c WHERE c.collection_id = v.collection_id AND c.closed_at <= v.in_force_at)
  AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.collection_id = v.collection_id AND d.version = v.version);

UPDATE decision SET consultation_id = (
  SELECT c.id FROM consultation c
  JOIN collection_version v ON v.collection_id = c.collection_id
  WHERE v.collection_id = decision.collection_id AND v.version = decision.version AND v.consultation <> 'not_held'
    AND c.version <= decision.version AND c.closed_at <= v.in_force_at AND (NOT c.entered OR c.confirmed_at IS NOT NULL)
    -- what was decided before is another matter, but for a change that needed no consultation of its own
    AND (decision.significance = 'insignificant' OR c.version > COALESCE((
      SELECT MAX(p.version) FROM collection_version p
      WHERE p.collection_id = v.collection_id AND p.in_force_at < v.in_force_at), 0))
    AND NOT EXISTS (SELECT 1 FROM event e WHERE e.subject_kind = 'consultation' AND e.subject = c.number
                      AND e.action = 'consultation.entered' AND e.at > v.in_force_at)
  ORDER BY c.closed_at DESC, c.number DESC LIMIT 1);

