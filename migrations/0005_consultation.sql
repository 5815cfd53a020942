-- Consultation (samråd, 3 §): one case for each version and time of asking, with a state and an opinion for each body that is consulted.

-- Which bodies represent which respondents. The administrator's choice; what the reference data suggests is loaded once.
CREATE TABLE consulted_body (
  respondent_kind TEXT NOT NULL,
  body_code TEXT NOT NULL REFERENCES organisation (code),
  PRIMARY KEY (respondent_kind, body_code)
);

-- form_unchanged: only selection and timing are asked about (3 § second paragraph). entered: the case came by mail and was entered
-- afterwards. closing: what the agency says as it closes; not agreed asks for both views.
CREATE TABLE consultation (
  id UUID NOT NULL PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  collection_id UUID NOT NULL,
  version BIGINT NOT NULL,
  kind TEXT NOT NULL,
  form_unchanged BOOLEAN NOT NULL,
  entered BOOLEAN NOT NULL,
  wanted_on DATE NOT NULL,
  short_time_reason TEXT,
  selection TEXT,
  timing TEXT,
  discussed TEXT,
  agency_code TEXT NOT NULL REFERENCES organisation (code),
  diary_number TEXT,
  person_id UUID REFERENCES person (id),
  requested_at TIMESTAMPTZ NOT NULL,
  outcome TEXT,
  closing TEXT,
  closed_at TIMESTAMPTZ,
  withdrawn_at TIMESTAMPTZ,
  changed_at TIMESTAMPTZ NOT NULL,
  FOREIGN KEY (collection_id, version) REFERENCES collection_version (collection_id, version)
);
CREATE INDEX consultation_collection ON consultation (collection_id);
CREATE INDEX consultation_requested ON consultation (requested_at);
CREATE INDEX consultation_changed ON consultation (changed_at);
CREATE INDEX consultation_agency ON consultation (agency_code, requested_at);

-- One consulted body's part of a case. since: when it came into its state. body_seconds and agency_seconds: how long the spells that are
-- over have been with either. revision counts the writes, so that two reviewers who answer at once find out.
CREATE TABLE consultation_body (
  consultation_id UUID NOT NULL REFERENCES consultation (id),
  body_code TEXT NOT NULL REFERENCES organisation (code),
  position BIGINT NOT NULL,
  state TEXT NOT NULL,
  since TIMESTAMPTZ NOT NULL,
  body_seconds BIGINT NOT NULL,
  agency_seconds BIGINT NOT NULL,
  assignee_id UUID REFERENCES person (id),
  diary_number TEXT,
  coordination TEXT,
  feasibility TEXT,
  opinion TEXT,
  answer TEXT,
  answered_at TIMESTAMPTZ,
  answered_by UUID REFERENCES person (id),
  revision BIGINT NOT NULL,
  PRIMARY KEY (consultation_id, body_code)
);
-- Counting what is over reads nothing but this.
CREATE INDEX consultation_body_state ON consultation_body (body_code, state, consultation_id);
CREATE INDEX consultation_body_assignee ON consultation_body (assignee_id);

-- What is written in a case. internal: a note that only the body that wrote it reads. step: what it was written with; none where it is a
-- word by itself. Append-only.
CREATE TABLE consultation_message (
  id UUID NOT NULL PRIMARY KEY,
  consultation_id UUID NOT NULL REFERENCES consultation (id),
  body_code TEXT REFERENCES organisation (code),
  internal BOOLEAN NOT NULL,
  step TEXT,
  words TEXT NOT NULL,
  organisation_code TEXT NOT NULL REFERENCES organisation (code),
  person_id UUID REFERENCES person (id),
  at TIMESTAMPTZ NOT NULL
);
CREATE INDEX consultation_message_case ON consultation_message (consultation_id, at);

-- What a body wants changed, point by point. The agency replies; the body alone checks it off, against the form actually sent.
CREATE TABLE consultation_point (
  id UUID NOT NULL PRIMARY KEY,
  consultation_id UUID NOT NULL REFERENCES consultation (id),
  body_code TEXT NOT NULL REFERENCES organisation (code),
  position BIGINT NOT NULL,
  kind TEXT NOT NULL,
  item_lineage UUID,
  words TEXT NOT NULL,
  written_at TIMESTAMPTZ NOT NULL,
  written_by UUID REFERENCES person (id),
  reply TEXT,
  reply_reason TEXT,
  replied_at TIMESTAMPTZ,
  replied_by UUID REFERENCES person (id),
  checked TEXT,
  checked_note TEXT,
  checked_at TIMESTAMPTZ,
  checked_by UUID REFERENCES person (id),
  UNIQUE (consultation_id, body_code, position)
);

-- What is attached to a case. name is shown and never used as a path; media_type is judged by the content. The content stands by itself,
-- so that lists do not read it. extract: what could be read of its text; none where nothing can be.
CREATE TABLE attachment (
  id UUID NOT NULL PRIMARY KEY,
  consultation_id UUID NOT NULL REFERENCES consultation (id),
  body_code TEXT REFERENCES organisation (code),
  internal BOOLEAN NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size BIGINT NOT NULL,
  digest TEXT NOT NULL,
  extract TEXT,
  organisation_code TEXT NOT NULL REFERENCES organisation (code),
  person_id UUID REFERENCES person (id),
  at TIMESTAMPTZ NOT NULL
);
CREATE INDEX attachment_case ON attachment (consultation_id, at);

CREATE TABLE attachment_content (
  attachment_id UUID NOT NULL PRIMARY KEY REFERENCES attachment (id),
  content BYTEA NOT NULL
);

-- Words that a body answers with again and again.
CREATE TABLE answer_template (
  id UUID NOT NULL PRIMARY KEY,
  body_code TEXT NOT NULL REFERENCES organisation (code),
  title TEXT NOT NULL,
  words TEXT NOT NULL,
  changed_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX answer_template_body ON answer_template (body_code);

-- Cases of years before the register, as counts only.
CREATE TABLE consultation_year (
  body_code TEXT NOT NULL REFERENCES organisation (code),
  year BIGINT NOT NULL,
  cases BIGINT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (body_code, year)
);

-- Who wants to know of new consultations: of an agency, about a subject area, or both; none: of any. daily: in a summary once a day, of
-- what was asked for after told_until. Goes with the person.
CREATE TABLE subscription (
  id UUID NOT NULL PRIMARY KEY,
  person_id UUID NOT NULL REFERENCES person (id),
  agency_code TEXT REFERENCES organisation (code),
  area_code TEXT REFERENCES area (code),
  daily BOOLEAN NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  told_until TIMESTAMPTZ NOT NULL
);
CREATE INDEX subscription_person ON subscription (person_id);

-- What cases are found by in the queue: the words folded as far as both engines can.
CREATE VIEW consultation_sought AS
SELECT c.id, c.agency_code, v.area_code, LOWER(c.number) AS number, k.number AS collection,
       LOWER(REPLACE(REPLACE(REPLACE(REPLACE(v.title, 'Å', 'å'), 'Ä', 'ä'), 'Ö', 'ö'), 'É', 'é')) AS title
FROM consultation c
JOIN collection_version v ON v.collection_id = c.collection_id AND v.version = c.version
JOIN collection k ON k.id = c.collection_id;

-- The cases of an agency are also those of what it collects for others.
CREATE INDEX collection_version_collector ON collection_version (collector_code);

-- A draft that a body has forwarded to somebody without an account (a sakkunnig), by a link of whose token only the digest is kept. words: what
-- is asked. email is taken away some time after the link has ended.
CREATE TABLE forwarding (
  id UUID NOT NULL PRIMARY KEY,
  consultation_id UUID NOT NULL REFERENCES consultation (id),
  body_code TEXT NOT NULL REFERENCES organisation (code),
  token_digest TEXT NOT NULL UNIQUE,
  email TEXT,
  words TEXT NOT NULL,
  last_day DATE NOT NULL,
  person_id UUID REFERENCES person (id),
  at TIMESTAMPTZ NOT NULL,
  taken_back_at TIMESTAMPTZ
);
CREATE INDEX forwarding_case ON forwarding (consultation_id, at);

-- Which of the body's notes a sakkunnig has written, and as what.
CREATE TABLE forwarding_answer (
  message_id UUID NOT NULL PRIMARY KEY REFERENCES consultation_message (id),
  forwarding_id UUID NOT NULL REFERENCES forwarding (id),
  signed TEXT
);
CREATE INDEX forwarding_answer_link ON forwarding_answer (forwarding_id);

-- A municipality or region that a body has asked to look at a draft, by a link likewise; the reminder brings a token of its own. minutes: what
-- it believes that it would take, an estimate made in advance; none where it does not know. revision counts the writes.
CREATE TABLE reference_request (
  id UUID NOT NULL PRIMARY KEY,
  consultation_id UUID NOT NULL REFERENCES consultation (id),
  body_code TEXT NOT NULL REFERENCES organisation (code),
  organisation_code TEXT NOT NULL REFERENCES organisation (code),
  token_digest TEXT NOT NULL UNIQUE,
  reminder_digest TEXT UNIQUE,
  email TEXT,
  words TEXT,
  last_day DATE NOT NULL,
  person_id UUID REFERENCES person (id),
  at TIMESTAMPTZ NOT NULL,
  reminded_at TIMESTAMPTZ,
  taken_back_at TIMESTAMPTZ,
  answered_at TIMESTAMPTZ,
  minutes BIGINT,
  comment TEXT,
  revision BIGINT NOT NULL
);
CREATE INDEX reference_request_case ON reference_request (consultation_id, at);
CREATE INDEX reference_request_organisation ON reference_request (organisation_code, at);

-- What it says of each item: whether it can be answered, and where it is found.
CREATE TABLE reference_item (
  request_id UUID NOT NULL REFERENCES reference_request (id),
  item_lineage UUID NOT NULL,
  answerable TEXT,
  found_in TEXT,
  words TEXT,
  PRIMARY KEY (request_id, item_lineage)
);

-- A body lets the agency of a case read what the reference municipalities have answered.
CREATE TABLE reference_share (
  consultation_id UUID NOT NULL REFERENCES consultation (id),
  body_code TEXT NOT NULL REFERENCES organisation (code),
  person_id UUID REFERENCES person (id),
  at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (consultation_id, body_code)
);
