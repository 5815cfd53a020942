-- Who already collects this: the pairs that the method flags, what the agencies say of them, and what people decide.

-- A pair of collections that the method has flagged, or that somebody has answered for. collection_id is the one registered later: its
-- agency is asked. items: the pairs of items that are alike, by lineage; amount: the sum of their scores. substance and other_substance:
-- digests of what was compared. found_at: since when it is flagged without a break. gone_at: since when the method no longer flags it.
CREATE TABLE overlap (
  id UUID NOT NULL PRIMARY KEY,
  collection_id UUID NOT NULL REFERENCES collection (id),
  other_id UUID NOT NULL REFERENCES collection (id),
  probability DOUBLE PRECISION NOT NULL,
  items JSONB NOT NULL,
  amount DOUBLE PRECISION NOT NULL,
  substance TEXT NOT NULL,
  other_substance TEXT NOT NULL,
  method BIGINT NOT NULL,
  found_at TIMESTAMPTZ NOT NULL,
  gone_at TIMESTAMPTZ,
  UNIQUE (collection_id, other_id)
);
CREATE INDEX overlap_other ON overlap (other_id);

-- What the agency that asks says of an overlap. Append-only; the latest counts. substance and other_substance: digests of what the two
-- collections said then. letters: how many letters proposed to join; mailbox: the function mailbox that they went to, if they did.
CREATE TABLE overlap_answer (
  id UUID NOT NULL PRIMARY KEY,
  overlap_id UUID NOT NULL REFERENCES overlap (id),
  kind TEXT NOT NULL,
  reason TEXT,
  substance TEXT NOT NULL,
  other_substance TEXT NOT NULL,
  letters BIGINT NOT NULL,
  mailbox TEXT,
  organisation_code TEXT NOT NULL REFERENCES organisation (code),
  person_id UUID REFERENCES person (id),
  at TIMESTAMPTZ NOT NULL
);
CREATE INDEX overlap_answer_overlap ON overlap_answer (overlap_id, at);

-- What is written about an overlap by either agency: an objection, a proposal of how to join, a reply. Append-only. An objection counts
-- while both collections say what they said then, as the digests have it.
CREATE TABLE overlap_remark (
  id UUID NOT NULL PRIMARY KEY,
  overlap_id UUID NOT NULL REFERENCES overlap (id),
  objects BOOLEAN NOT NULL,
  words TEXT NOT NULL,
  substance TEXT NOT NULL,
  other_substance TEXT NOT NULL,
  organisation_code TEXT NOT NULL REFERENCES organisation (code),
  person_id UUID REFERENCES person (id),
  at TIMESTAMPTZ NOT NULL
);
CREATE INDEX overlap_remark_overlap ON overlap_remark (overlap_id, at);

-- What a reviewer decides of an overlap. Append-only; the latest counts, until either collection changes in substance.
CREATE TABLE overlap_verdict (
  id UUID NOT NULL PRIMARY KEY,
  overlap_id UUID NOT NULL REFERENCES overlap (id),
  kind TEXT NOT NULL,
  items JSONB NOT NULL,
  reason TEXT,
  substance TEXT NOT NULL,
  other_substance TEXT NOT NULL,
  organisation_code TEXT NOT NULL REFERENCES organisation (code),
  person_id UUID REFERENCES person (id),
  at TIMESTAMPTZ NOT NULL
);
CREATE INDEX overlap_verdict_overlap ON overlap_verdict (overlap_id, at);

-- Up to which change, and by which version of the method, a collection has been compared with all others; no change: never.
-- asked counts how often it was asked to be compared again, compared how many of those askings the last comparison has seen.
CREATE TABLE overlap_check (
  collection_id UUID NOT NULL PRIMARY KEY REFERENCES collection (id),
  changed_at TIMESTAMPTZ,
  asked BIGINT NOT NULL,
  compared BIGINT NOT NULL,
  method BIGINT NOT NULL,
  compared_at TIMESTAMPTZ
);

-- Which instance of the program compares at the moment: one row at most. It lapses, so that another goes on where one was ended.
CREATE TABLE overlap_turn (
  id BIGINT NOT NULL PRIMARY KEY,
  holder UUID NOT NULL,
  held_until TIMESTAMPTZ NOT NULL
);

-- The collection that this one was copied from: the two are never an overlap, nor is any other copy of either.
ALTER TABLE collection ADD COLUMN copied_from UUID REFERENCES collection (id);
CREATE INDEX collection_copied_from ON collection (copied_from) WHERE copied_from IS NOT NULL;
