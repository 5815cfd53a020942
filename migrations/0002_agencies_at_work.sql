-- Agencies at work: people, sign-in, sessions, mail, drafts, decisions, confirmations and declarations.

-- A person has one role in one organisation. Whoever is taken out keeps the row, without address and name: the trail points at it.
CREATE TABLE person (
  id UUID NOT NULL PRIMARY KEY,
  email TEXT UNIQUE,
  name TEXT,
  organisation_code TEXT NOT NULL REFERENCES organisation (code),
  role TEXT NOT NULL,
  manager BOOLEAN NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  last_seen_at TIMESTAMPTZ,
  warned_at TIMESTAMPTZ,
  closed_at TIMESTAMPTZ,
  erased_at TIMESTAMPTZ
);
CREATE INDEX person_organisation ON person (organisation_code);

-- Addresses that sign somebody in, as digests only. browser_digest: of the browser that asked; none where any may use it.
CREATE TABLE sign_in_link (
  token_digest TEXT NOT NULL PRIMARY KEY,
  person_id UUID NOT NULL REFERENCES person (id),
  purpose TEXT NOT NULL,
  browser_digest TEXT,
  created_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL,
  used_at TIMESTAMPTZ
);
CREATE INDEX sign_in_link_person ON sign_in_link (person_id);

-- Who asked for how many links lately, by digest of the e-mail address and of the network address.
CREATE TABLE sign_in_attempt (
  id UUID NOT NULL PRIMARY KEY,
  key_digest TEXT NOT NULL,
  at TIMESTAMPTZ NOT NULL
);
CREATE INDEX sign_in_attempt_key ON sign_in_attempt (key_digest, at);

CREATE TABLE session (
  id_digest TEXT NOT NULL PRIMARY KEY,
  person_id UUID REFERENCES person (id),
  data JSONB NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX session_person ON session (person_id);

-- Mail to send, rendered, written together with what causes it. uncertain counts the times that a sender vanished between claiming and
-- telling what came of it. expires_at: when what it brings is of no use any more, as a link to sign in with.
CREATE TABLE mail (
  id UUID NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  recipient TEXT,
  subject TEXT NOT NULL,
  text_part TEXT,
  html_part TEXT,
  created_at TIMESTAMPTZ NOT NULL,
  due_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ,
  claimed_until TIMESTAMPTZ,
  attempts BIGINT NOT NULL,
  uncertain BIGINT NOT NULL,
  sent_at TIMESTAMPTZ,
  failed_at TIMESTAMPTZ,
  last_error TEXT
);
CREATE INDEX mail_due ON mail (due_at);

-- A form that somebody is filling in: of a new collection, or of a change of one (collection_id, and the changed_at it was begun from).
-- revision counts the saves, so that two people who save at once find out.
CREATE TABLE draft (
  id UUID NOT NULL PRIMARY KEY,
  organisation_code TEXT NOT NULL REFERENCES organisation (code),
  collection_id UUID REFERENCES collection (id),
  based_on TIMESTAMPTZ,
  title TEXT NOT NULL,
  form JSONB NOT NULL,
  revision BIGINT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  changed_at TIMESTAMPTZ NOT NULL,
  changed_by UUID REFERENCES person (id)
);
CREATE INDEX draft_organisation ON draft (organisation_code);

-- What a version says of itself as a change and as a decision; exemption: the ground of 3 § on which consultation was left out.
CREATE TABLE decision (
  collection_id UUID NOT NULL,
  version BIGINT NOT NULL,
  significance TEXT,
  significance_reason TEXT,
  exemption TEXT,
  exemption_reason TEXT,
  decision_maker TEXT,
  rapporteur TEXT,
  participants TEXT,
  PRIMARY KEY (collection_id, version),
  FOREIGN KEY (collection_id, version) REFERENCES collection_version (collection_id, version)
);

-- The collector's own diarienummer for the case; those of the responsible agencies stand in collection_agency.
ALTER TABLE collection ADD COLUMN collector_diary_number TEXT;

-- The day on which the agency last said that an unchanged collection still holds, and when it was last reminded.
ALTER TABLE collection ADD COLUMN confirmed_on DATE;
ALTER TABLE collection ADD COLUMN reminded_at TIMESTAMPTZ;

-- «Förteckningen är fullständig per …»: an agency's yearly word that its list (6 §) lacks nothing.
CREATE TABLE declaration (
  id UUID NOT NULL PRIMARY KEY,
  organisation_code TEXT NOT NULL REFERENCES organisation (code),
  as_of DATE NOT NULL,
  declared_at TIMESTAMPTZ NOT NULL,
  person_id UUID REFERENCES person (id)
);
CREATE INDEX declaration_organisation ON declaration (organisation_code);

-- Which person did it, beside the organisation; none for the program itself.
ALTER TABLE event ADD COLUMN person_id UUID REFERENCES person (id);
CREATE INDEX event_actor ON event (actor, at);
CREATE INDEX event_person ON event (person_id);

-- The next deadline of one collection: PostgreSQL would otherwise walk through everybody's deadlines in order.
CREATE INDEX round_collection_deadline ON round (collection_id, deadline_on);
DROP INDEX round_collection;

-- When a version came into force, and its rounds as they were decided then: later versions take over the rounds that have not begun. None
-- of a version that is planned, or was and never decided.
ALTER TABLE collection_version ADD COLUMN in_force_at TIMESTAMPTZ;
ALTER TABLE collection_version ADD COLUMN decided_rounds JSONB;
UPDATE collection_version SET in_force_at = created_at
WHERE version = (SELECT c.decided_version FROM collection c WHERE c.id = collection_version.collection_id);
