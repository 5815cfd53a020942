//! The register as a visitor meets it, and its database layer, in one program. Runs on SQLite, and on PostgreSQL when
//! `TEST_POSTGRES_URL` names a cluster.

mod access;
mod answers;
mod api;
mod attachments;
mod case_statistics;
mod cases;
mod client;
mod comparing;
mod concurrency;
mod consultations;
mod consulted;
#[path = "../common/database.rs"]
mod database;
mod decided;
mod desk;
mod drafts;
mod editor;
mod escaping;
mod exporting;
mod files;
mod filters;
mod forms;
mod history;
mod hostile;
mod import;
mod kept;
mod lagging;
mod life;
mod line;
mod migrations;
mod operation;
mod outbox;
mod overlaps;
mod pages;
mod pairs;
mod papers;
mod people;
mod plan;
mod queue;
mod reference;
mod reviewing;
mod revise;
mod rows;
mod search;
mod settled;
mod shared;
mod sign_in;
#[path = "../common/source.rs"]
mod source;
mod statements;
mod steps;
mod support;
mod upheld;
mod visibility;
mod words;
