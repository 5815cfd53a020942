-- Points are prepared by a body and sent together: until then only the body sees them. What it has sent it can take back until it has
-- answered; that is kept and not counted. opinion_reply: the number of the reply that stood as the body answered, so that what was issued
-- does not change; 0 where it is not known, as replies were not kept then.
ALTER TABLE consultation_point ADD COLUMN sent_at TIMESTAMPTZ;
ALTER TABLE consultation_point ADD COLUMN taken_back_at TIMESTAMPTZ;
ALTER TABLE consultation_point ADD COLUMN taken_back_reason TEXT;
ALTER TABLE consultation_point ADD COLUMN opinion_reply BIGINT;

-- Every reply of the agency to a point, the first is number 1. Append-only: the newest stands in consultation_point too.
CREATE TABLE point_reply (
  point_id UUID NOT NULL REFERENCES consultation_point (id),
  number BIGINT NOT NULL,
  reply TEXT NOT NULL,
  reason TEXT,
  at TIMESTAMPTZ NOT NULL,
  organisation_code TEXT NOT NULL REFERENCES organisation (code),
  person_id UUID REFERENCES person (id),
  PRIMARY KEY (point_id, number)
);

-- What was written until now was sent as it was written.
UPDATE consultation_point SET sent_at = written_at;
INSERT INTO point_reply (point_id, number, reply, reason, at, organisation_code, person_id)
  SELECT p.id, 1, p.reply, p.reply_reason, COALESCE(p.replied_at, p.written_at),
         COALESCE(r.organisation_code, c.agency_code), p.replied_by
  FROM consultation_point p JOIN consultation c ON c.id = p.consultation_id LEFT JOIN person r ON r.id = p.replied_by
  WHERE p.reply IS NOT NULL;
UPDATE consultation_point SET opinion_reply = 1
  WHERE reply IS NOT NULL AND EXISTS (SELECT 1 FROM consultation_body b WHERE b.consultation_id = consultation_point.consultation_id
    AND b.body_code = consultation_point.body_code AND b.answered_at >= consultation_point.replied_at);
UPDATE consultation_point SET opinion_reply = 0
  WHERE reply IS NOT NULL AND EXISTS (SELECT 1 FROM consultation_body b WHERE b.consultation_id = consultation_point.consultation_id
    AND b.body_code = consultation_point.body_code AND b.answered_at < consultation_point.replied_at);
