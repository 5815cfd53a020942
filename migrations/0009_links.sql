-- What a link's letter is, so that it is taken away unsent where the link ends. No keys: a letter may go before its link.
ALTER TABLE forwarding ADD COLUMN mail_id UUID;
ALTER TABLE reference_request ADD COLUMN mail_id UUID;
ALTER TABLE reference_request ADD COLUMN reminder_mail_id UUID;

-- Drafts that were forwarded, each with its case and how many answers have come.
CREATE VIEW forwarded AS
SELECT f.id, f.consultation_id, c.number, f.body_code, f.token_digest, f.email, f.words, f.last_day, f.person_id, f.at, f.taken_back_at,
       (SELECT COUNT(*) FROM forwarding_answer a WHERE a.forwarding_id = f.id) AS answers
FROM forwarding f JOIN consultation c ON c.id = f.consultation_id;

-- Municipalities and regions that were asked, each with its case; ended_at: when that was over.
CREATE VIEW reference_asked AS
SELECT r.id, r.consultation_id, c.number, r.body_code, r.organisation_code, r.token_digest, r.reminder_digest, r.email, r.words, r.last_day,
       r.person_id, r.at, r.reminded_at, r.taken_back_at, r.answered_at, r.minutes, r.comment, r.revision,
       COALESCE(c.closed_at, c.withdrawn_at) AS ended_at
FROM reference_request r JOIN consultation c ON c.id = r.consultation_id;

-- An organisation (code) with each that it took over from or that took over from it (other), from the day on which the last of the changes
-- between them took place.
CREATE VIEW agency_line AS
WITH RECURSIVE step (code, other, since) AS (
  SELECT code, successor_code, ended_on FROM organisation WHERE successor_code IS NOT NULL AND ended_on IS NOT NULL
  UNION ALL
  SELECT successor_code, code, ended_on FROM organisation WHERE successor_code IS NOT NULL AND ended_on IS NOT NULL),
line (code, other, since) AS (
  SELECT code, other, since FROM step
  UNION
  SELECT l.code, s.other, CASE WHEN s.since > l.since THEN s.since ELSE l.since END FROM line l JOIN step s ON s.code = l.other)
SELECT code, other, since FROM line;
