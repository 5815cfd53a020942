//! How well every document satisfies one part of the query.
//!
//! Alternatives of a part share one rarity, so that a rare compound never outranks the word itself; within a field the best alternative
//! counts, and the fields add up. Postings are read term by term into a plain array, which at this size is quicker than a tree of scorers.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::InvertedIndexReader;
use tantivy::postings::Postings;
use tantivy::query::{EnableScoring, PhraseQuery, Query};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Searcher, SegmentReader, TERMINATED, Term};

use super::plan::{Alternative, Clause};
use super::schema::Fields;
use super::snapshot::Snapshot;
use crate::error::{Error, Result};

/// How quickly repeating a word stops counting, and how much a long text counts less (BM25's k1 and b; a low b since fields are short).
const REPETITION: f32 = 1.2;
const LENGTH: f32 = 0.5;
/// What a phrase counts where a single word counts by its repetitions.
const PHRASE: f32 = 1.5;

/// Per segment and document how well a part of the query is satisfied; 0 where it is not.
pub(super) struct Scores {
    pub segments: Vec<Vec<f32>>,
}

impl Scores {
    /// Evaluates a part of the query on every document, open or not.
    pub fn of(clause: &Clause, snapshot: &Snapshot, fields: &Fields) -> Result<Self> {
        let mut segments = Vec::with_capacity(snapshot.facts.len());
        for reader in snapshot.searcher.segment_readers() {
            let mut board = Board::new(reader.max_doc());
            for (field, weight) in fields.weighted() {
                board.add_field(clause, &snapshot.searcher, reader, field, weight)?;
            }
            board.add_numbers(clause, reader, fields.number_prefix)?;
            segments.push(board.total);
        }
        Ok(Self { segments })
    }

    /// Keeps only documents that the other satisfies too; the lesser score counts.
    pub fn and(mut self, other: &Self) -> Self {
        for (score, other) in self.segments.iter_mut().flatten().zip(other.segments.iter().flatten()) {
            *score = score.min(*other);
        }
        self
    }

    /// Whether any document satisfies it that is open on this day.
    pub fn any_open(&self, snapshot: &Snapshot, today: i64) -> bool {
        let open = |(scores, facts): (&Vec<f32>, &super::snapshot::Facts)| {
            scores.iter().zip(&facts.open_from).any(|(score, from)| *score > 0.0 && *from <= today)
        };
        self.segments.iter().zip(&snapshot.facts).any(open)
    }

    /// Scales by rarity: what few documents have says more.
    pub fn weigh_by_rarity(&mut self) {
        let documents: usize = self.segments.iter().map(Vec::len).sum();
        let having = self.segments.iter().flatten().filter(|score| **score > 0.0).count();
        #[expect(clippy::cast_precision_loss, reason = "a rough weight of counts far below two to the 24th")]
        let (documents, having) = (documents as f32, having as f32);
        let rarity = (1.0 + (documents - having + 0.5) / (having + 0.5)).ln();
        for score in self.segments.iter_mut().flatten() {
            *score *= rarity;
        }
    }
}

/// The scores of one segment as they grow.
struct Board {
    total: Vec<f32>,
    /// The best alternative in the field at hand, and which documents have one.
    best: Vec<f32>,
    touched: Vec<DocId>,
}

impl Board {
    fn new(documents: u32) -> Self {
        Self { total: vec![0.0; documents as usize], best: vec![0.0; documents as usize], touched: Vec::new() }
    }

    fn note(&mut self, doc: DocId, score: f32) {
        let best = &mut self.best[doc as usize];
        if *best == 0.0 {
            self.touched.push(doc);
        }
        if score > *best {
            *best = score;
        }
    }

    fn finish_field(&mut self, weight: f32) {
        for doc in self.touched.drain(..) {
            let doc = doc as usize;
            self.total[doc] += weight * self.best[doc];
            self.best[doc] = 0.0;
        }
    }

    fn add_field(&mut self, clause: &Clause, searcher: &Searcher, reader: &SegmentReader, field: Field, weight: f32) -> Result<()> {
        let inverted = reader.inverted_index(field).map_err(Error::internal)?;
        let norms = Norms::of(reader, &inverted, field)?;
        for alternative in &clause.alternatives {
            match alternative {
                Alternative::Term { stem, quality } => {
                    self.add_term(&inverted, &Term::from_field_text(field, stem), |doc, count| quality * norms.weigh(doc, count))?;
                }
                Alternative::Near { stems, slop, quality } => {
                    let Some(mut found) = near(searcher, reader, field, stems, *slop)? else { continue };
                    while found.doc() != TERMINATED {
                        self.note(found.doc(), quality * PHRASE);
                        found.advance();
                    }
                }
                Alternative::Number { .. } => {}
            }
        }
        self.finish_field(weight);
        Ok(())
    }

    fn add_term(&mut self, inverted: &InvertedIndexReader, term: &Term, score: impl Fn(DocId, u32) -> f32) -> Result<()> {
        if let Some(mut postings) = inverted.read_postings(term, IndexRecordOption::WithFreqs)? {
            while postings.doc() != TERMINATED {
                self.note(postings.doc(), score(postings.doc(), postings.term_freq()));
                postings.advance();
            }
        }
        Ok(())
    }

    fn add_numbers(&mut self, clause: &Clause, reader: &SegmentReader, field: Field) -> Result<()> {
        for alternative in &clause.alternatives {
            if let Alternative::Number { prefix, quality } = alternative {
                let inverted = reader.inverted_index(field).map_err(Error::internal)?;
                self.add_term(&inverted, &Term::from_field_text(field, prefix), |_, _| *quality)?;
            }
        }
        self.finish_field(1.0);
        Ok(())
    }
}

/// The documents of a segment in which these stems stand together in a field.
pub(super) fn near(
    searcher: &Searcher,
    reader: &SegmentReader,
    field: Field,
    stems: &[String],
    slop: u32,
) -> Result<Option<Box<dyn tantivy::query::Scorer>>> {
    if stems.len() < 2 {
        return Ok(None);
    }
    let terms = stems.iter().map(|stem| Term::from_field_text(field, stem)).enumerate().collect();
    let query = PhraseQuery::new_with_offset_and_slop(terms, slop);
    let weight = query.weight(EnableScoring::disabled_from_searcher(searcher)).map_err(Error::internal)?;
    weight.scorer(reader, 1.0).map(Some).map_err(Error::internal)
}

/// The lengths of a field's texts, turned into what a find in them counts.
struct Norms {
    lengths: FieldNormReader,
    /// By the one byte that tantivy keeps of a length.
    weight: [f32; 256],
}

impl Norms {
    fn of(reader: &SegmentReader, inverted: &InvertedIndexReader, field: Field) -> Result<Self> {
        let lengths = reader.get_fieldnorms_reader(field).map_err(Error::internal)?;
        #[expect(clippy::cast_precision_loss, reason = "a rough weight")]
        let average = (inverted.total_num_tokens() as f32 / reader.max_doc().max(1) as f32).max(1.0);
        let mut weight = [0.0; 256];
        for (slot, id) in weight.iter_mut().zip(0..=u8::MAX) {
            #[expect(clippy::cast_precision_loss, reason = "a rough weight")]
            let length = FieldNormReader::id_to_fieldnorm(id) as f32;
            *slot = REPETITION * (1.0 - LENGTH + LENGTH * length / average);
        }
        Ok(Self { lengths, weight })
    }

    fn weigh(&self, doc: DocId, count: u32) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "a rough weight")]
        let count = count as f32;
        count * (REPETITION + 1.0) / (count + self.weight[usize::from(self.lengths.fieldnorm_id(doc))])
    }
}
