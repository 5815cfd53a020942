-- The list of abbreviations and names that mean the same in a search: every version that somebody has saved. Append-only; the last counts,
-- and where there is none the one that comes with the program.
CREATE TABLE word_list (
  version BIGINT NOT NULL PRIMARY KEY,
  words TEXT NOT NULL,
  note TEXT NOT NULL,
  organisation_code TEXT NOT NULL REFERENCES organisation (code),
  person_id UUID REFERENCES person (id),
  at TIMESTAMPTZ NOT NULL
);
