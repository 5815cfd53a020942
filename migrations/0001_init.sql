-- One text for SQLite and PostgreSQL. Expand only: a column is removed in a later release than the code that used it.

-- Facts about this register itself: the version of the reference data, whether it is a demonstration.
CREATE TABLE setting (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE county (
  code TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL
);

CREATE TABLE area (
  code TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL
);

-- Agencies by organisation number, municipalities by kommunkod, regions as R-14, other bodies by a short code.
CREATE TABLE organisation (
  code TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  abbreviation TEXT,
  website TEXT,
  in_ordinance_scope BOOLEAN NOT NULL,
  ended_on DATE,
  successor_code TEXT REFERENCES organisation (code),
  note TEXT,
  changed_at TIMESTAMPTZ NOT NULL
);

-- Other names by which an organisation is found: the official one, abbreviations, former names, spellings.
CREATE TABLE organisation_name (
  organisation_code TEXT NOT NULL REFERENCES organisation (code),
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  until DATE,
  PRIMARY KEY (organisation_code, name)
);

CREATE TABLE agency (
  code TEXT NOT NULL PRIMARY KEY REFERENCES organisation (code),
  department TEXT,
  scb_group TEXT NOT NULL,
  esam_member BOOLEAN NOT NULL
);

CREATE TABLE municipality (
  code TEXT NOT NULL PRIMARY KEY REFERENCES organisation (code),
  county_code TEXT NOT NULL REFERENCES county (code),
  population BIGINT NOT NULL,
  population_year BIGINT NOT NULL,
  skr_group TEXT NOT NULL,
  skr_group_name TEXT NOT NULL
);

CREATE TABLE region (
  code TEXT NOT NULL PRIMARY KEY REFERENCES organisation (code),
  county_code TEXT NOT NULL REFERENCES county (code),
  population BIGINT NOT NULL,
  population_year BIGINT NOT NULL
);

-- The running number of each series within each year.
CREATE TABLE number_counter (
  series TEXT NOT NULL,
  year BIGINT NOT NULL,
  latest BIGINT NOT NULL,
  PRIMARY KEY (series, year)
);

-- Identity and life. What is asked stands in collection_version: decided_version is in force, planned_version is beside it.
-- open_from follows from the version in force. changed_at is when the collection changed, touched_at also when something did that is
-- shown with it, such as an agency's name.
CREATE TABLE collection (
  id UUID NOT NULL PRIMARY KEY,
  number TEXT UNIQUE,
  status TEXT NOT NULL,
  open_from DATE,
  owner_code TEXT NOT NULL REFERENCES organisation (code),
  own_reference TEXT,
  decided_version BIGINT,
  planned_version BIGINT,
  created_at TIMESTAMPTZ NOT NULL,
  changed_at TIMESTAMPTZ NOT NULL,
  touched_at TIMESTAMPTZ NOT NULL,
  UNIQUE (owner_code, own_reference)
);
CREATE INDEX collection_touched ON collection (touched_at);

CREATE TABLE collection_version (
  collection_id UUID NOT NULL REFERENCES collection (id),
  version BIGINT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  visibility TEXT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  purpose TEXT NOT NULL,
  area_code TEXT REFERENCES area (code),
  assignment_kind TEXT NOT NULL,
  assignment_department TEXT,
  assignment_instrument TEXT,
  assignment_dated DATE,
  assignment_final_report_on DATE,
  origin TEXT NOT NULL,
  obligation TEXT NOT NULL,
  observe TEXT,
  data_use TEXT,
  consultation TEXT NOT NULL,
  consulted TEXT,
  decided_on DATE,
  collector_code TEXT REFERENCES organisation (code),
  collector_words TEXT,
  periodicity TEXT NOT NULL,
  periodicity_words TEXT,
  channel TEXT NOT NULL,
  channel_words TEXT,
  data_paths JSONB NOT NULL,
  contact_function TEXT,
  contact_email TEXT,
  further_users JSONB NOT NULL,
  automation_considered TEXT NOT NULL,
  automation_comment TEXT,
  source_url TEXT,
  remark TEXT,
  PRIMARY KEY (collection_id, version)
);

-- The responsible agencies of a version, each with its own diarienummer.
CREATE TABLE collection_agency (
  collection_id UUID NOT NULL,
  version BIGINT NOT NULL,
  agency_code TEXT NOT NULL REFERENCES organisation (code),
  position BIGINT NOT NULL,
  diary_number TEXT,
  PRIMARY KEY (collection_id, version, agency_code),
  FOREIGN KEY (collection_id, version) REFERENCES collection_version (collection_id, version)
);
CREATE INDEX collection_agency_agency ON collection_agency (agency_code);

CREATE TABLE provision (
  collection_id UUID NOT NULL,
  version BIGINT NOT NULL,
  position BIGINT NOT NULL,
  citation TEXT NOT NULL,
  url TEXT,
  PRIMARY KEY (collection_id, version, position),
  FOREIGN KEY (collection_id, version) REFERENCES collection_version (collection_id, version)
);

CREATE TABLE respondent_group (
  collection_id UUID NOT NULL,
  version BIGINT NOT NULL,
  position BIGINT NOT NULL,
  kind TEXT NOT NULL,
  selection TEXT NOT NULL,
  sample_size BIGINT,
  PRIMARY KEY (collection_id, version, kind),
  FOREIGN KEY (collection_id, version) REFERENCES collection_version (collection_id, version)
);

CREATE TABLE respondent_listed (
  collection_id UUID NOT NULL,
  version BIGINT NOT NULL,
  kind TEXT NOT NULL,
  organisation_code TEXT NOT NULL REFERENCES organisation (code),
  PRIMARY KEY (collection_id, version, kind, organisation_code),
  FOREIGN KEY (collection_id, version, kind) REFERENCES respondent_group (collection_id, version, kind)
);
CREATE INDEX respondent_listed_organisation ON respondent_listed (organisation_code);

-- lineage follows an item through revisions, so that what is said of it (hours, overlap) stays with it.
CREATE TABLE item (
  id UUID NOT NULL PRIMARY KEY,
  collection_id UUID NOT NULL,
  version BIGINT NOT NULL,
  position BIGINT NOT NULL,
  lineage UUID NOT NULL,
  label TEXT NOT NULL,
  definition TEXT,
  unit TEXT,
  source TEXT NOT NULL,
  personal_data TEXT NOT NULL,
  UNIQUE (collection_id, version, position),
  UNIQUE (collection_id, version, lineage),
  FOREIGN KEY (collection_id, version) REFERENCES collection_version (collection_id, version)
);

-- A round belongs to the version in force when it was dispatched; until then it follows the newest version. Rounds of a version beyond
-- the one in force are a proposal. A date is stored as its form (day, week, uncertain), the day it counts as, and the words of an uncertain one.
CREATE TABLE round (
  id UUID NOT NULL PRIMARY KEY,
  collection_id UUID NOT NULL,
  version BIGINT NOT NULL,
  position BIGINT NOT NULL,
  label TEXT NOT NULL,
  measured_from DATE,
  measured_to DATE,
  dispatch_form TEXT,
  dispatch_on DATE,
  dispatch_words TEXT,
  deadline_form TEXT,
  deadline_on DATE,
  deadline_words TEXT,
  closes_form TEXT,
  closes_on DATE,
  closes_words TEXT,
  published_form TEXT,
  published_on DATE,
  published_words TEXT,
  short_time_reason TEXT,
  FOREIGN KEY (collection_id, version) REFERENCES collection_version (collection_id, version)
);
CREATE INDEX round_deadline ON round (deadline_on);
CREATE INDEX round_collection ON round (collection_id);

-- Append-only: one event for every write.
CREATE TABLE event (
  id UUID NOT NULL PRIMARY KEY,
  at TIMESTAMPTZ NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail JSONB NOT NULL
);
CREATE INDEX event_subject ON event (subject_kind, subject, at);
