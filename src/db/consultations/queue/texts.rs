//! What the statements of the queue have in common. In each of them $1–$6 are what is sought: agency, area and four words; $7 is whether
//! nothing is, and $8 whose parts they are. The states that are over or not stand in the texts, and not as arguments, as PostgreSQL plans a
//! prepared statement without knowing its arguments.

/// The keys of the cases that are sought.
macro_rules! sought {
    () => {
        "sought AS (
           SELECT x.consultation_id FROM consultation_words x
           WHERE ($1 = '' OR x.agency_code = $1) AND ($2 = '' OR x.area_code = $2)
             AND ($3 = '' OR x.words LIKE $3 ESCAPE '!') AND ($4 = '' OR x.words LIKE $4 ESCAPE '!')
             AND ($5 = '' OR x.words LIKE $5 ESCAPE '!') AND ($6 = '' OR x.words LIKE $6 ESCAPE '!'))"
    };
}

/// The parts of a body ($8) that are not over. Whoever holds one is the handläggare who has it.
macro_rules! live_of_body {
    () => {
        "live AS (
           SELECT b.consultation_id, b.body_code, b.state, b.since, b.assignee_id AS holder, c.wanted_on, c.requested_at, c.number
           FROM consultation_body b JOIN consultation c ON c.id = b.consultation_id
           WHERE b.body_code = $8 AND b.state IN ('requested', 'in_review', 'awaiting_agency', 'answered')
             AND ($7 OR b.consultation_id IN (SELECT consultation_id FROM sought)))"
    };
}

/// The parts that are not over, of all cases ($8) or of those about the `own` collections. Whoever holds one is the handläggare who asked.
macro_rules! live_of_many {
    () => {
        "live AS (
           SELECT b.consultation_id, b.body_code, b.state, b.since, c.person_id AS holder, c.wanted_on, c.requested_at, c.number
           FROM consultation_body b JOIN consultation c ON c.id = b.consultation_id
           WHERE $8 AND b.state IN ('requested', 'in_review', 'awaiting_agency', 'answered')
             AND ($7 OR b.consultation_id IN (SELECT consultation_id FROM sought))
           UNION ALL
           SELECT b.consultation_id, b.body_code, b.state, b.since, c.person_id AS holder, c.wanted_on, c.requested_at, c.number
           FROM consultation c JOIN consultation_body b ON b.consultation_id = c.id
           WHERE c.collection_id IN (SELECT id FROM own) AND b.state IN ('requested', 'in_review', 'awaiting_agency', 'answered')
             AND ($7 OR b.consultation_id IN (SELECT consultation_id FROM sought)))"
    };
}

/// The parts that are over, of all cases ($8) or of those about the `own` collections.
macro_rules! past_of_many {
    () => {
        "past AS (
           SELECT b.consultation_id, b.body_code, b.since FROM consultation_body b WHERE $8 AND b.state IN ('closed', 'withdrawn')
           UNION ALL
           SELECT b.consultation_id, b.body_code, b.since FROM consultation c JOIN consultation_body b ON b.consultation_id = c.id
           WHERE c.collection_id IN (SELECT id FROM own) AND b.state IN ('closed', 'withdrawn'))"
    };
}

/// Whether the agency's reply was what brought a part back to its body.
macro_rules! is_replied {
    () => {
        "EXISTS (
           SELECT 1 FROM consultation_message m
           WHERE m.consultation_id = s.consultation_id AND m.body_code = s.body_code AND m.step = 'reply' AND m.at = s.since)"
    };
}

/// What the queue shows of the parts that are found.
macro_rules! rows {
    () => {
        "SELECT q.number, q.collection, q.title, q.kind, q.form_unchanged, q.entered, q.agency, q.body_code, q.body, q.state, q.requested_at,
                q.wanted_on, q.answered_at, q.opinion, q.outcome, q.since, q.assignee_id, q.assignee, q.replied, q.awaited, q.awaited_body
         FROM found f JOIN consultation_queued q ON q.consultation_id = f.consultation_id AND q.body_code = f.body_code"
    };
}

/// How many of what is not over stand in each group, for a reader ($9) on a day ($10); the count of what is over follows.
macro_rules! counted {
    () => {
        "SELECT COUNT(*) FILTER (WHERE s.state <> 'answered') AS open,
                COUNT(*) FILTER (WHERE s.state = 'requested') AS new,
                COUNT(*) FILTER (WHERE s.holder = $9) AS mine,
                COUNT(*) FILTER (WHERE s.state = 'awaiting_agency') AS awaiting,
                COUNT(*) FILTER (WHERE s.state <> 'answered' AND s.wanted_on < $10) AS overdue,
                COUNT(*) FILTER (WHERE s.state = 'answered') AS answered,
                COUNT(*) FILTER (WHERE s.state = 'in_review' AND "
    };
}

/// A page of what is not over, by the day it is wanted: in the states $11–$14, perhaps only the reader's own ($15), those that are late
/// ($16) or those that the agency has replied to ($17).
macro_rules! live_found {
    () => {
        "found AS (
           SELECT s.consultation_id, s.body_code FROM live s
           WHERE s.state IN ($11, $12, $13, $14) AND (NOT $15 OR s.holder = $9) AND (NOT $16 OR s.wanted_on < $10) AND (NOT $17 OR "
    };
}
