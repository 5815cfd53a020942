//! The rules of the house as lists: who may import whom, and where a crate or a reading may stand.

/// What each top-level module may import beside itself; `main`, `lib` and `server`, which puts the program together, may import everything.
pub const MODULES: [(&str, &[&str]); 15] = [
    ("web", &["actions", "db", "search", "publish", "domain", "state", "text", "clock", "secret", "error", "config"]),
    ("jobs", &["actions", "db", "mail", "search", "state", "text", "clock", "secret", "error", "config"]),
    ("actions", &["domain", "db", "search", "intake", "publish", "mail", "state", "text", "clock", "secret", "error", "config"]),
    ("search", &["db", "domain", "text", "clock", "secret", "error", "config"]),
    ("intake", &["domain", "text", "clock", "secret", "error", "config"]),
    ("publish", &["domain", "text", "clock", "secret", "error", "config"]),
    ("db", &["domain", "text", "clock", "secret", "error", "config"]),
    ("mail", &["domain", "text", "clock", "secret", "error", "config"]),
    ("domain", &["text"]),
    ("state", &["config", "db", "search"]),
    // the configuration says where the database is
    ("config", &["db"]),
    ("error", &[]),
    ("clock", &[]),
    ("secret", &[]),
    ("text", &[]),
];

/// Where each of these crates may be named.
pub const CRATES: [(&str, &[&str]); 20] = [
    ("axum", &["src/web/", "src/server.rs"]),
    ("axum_extra", &["src/web/"]),
    ("tower", &["src/web/"]),
    ("tower_sessions", &["src/web/"]),
    ("docx_rs", &["src/publish/"]),
    ("getrandom", &["src/secret.rs"]),
    ("tower_http", &["src/web/"]),
    ("askama", &["src/web/", "src/mail/"]),
    ("sqlx", &["src/db/", "src/error.rs"]),
    ("tantivy", &["src/search/"]),
    ("lettre", &["src/mail/"]),
    // a second opinion in tests
    ("calamine", &[]),
    ("infer", &["src/intake/"]),
    ("pdf_extract", &["src/intake/"]),
    ("rustix", &["src/actions/reading/"]),
    ("quick_xml", &["src/intake/"]),
    ("zip", &["src/intake/", "src/publish/"]),
    ("rust_xlsxwriter", &["src/publish/"]),
    ("clap", &["src/main.rs"]),
    ("indicatif", &["src/main.rs"]),
];

/// Readings of the clock and of chance, and the only places for them.
pub const READINGS: [(&str, &str, &[&str]); 6] = [
    ("Utc", "now", &["src/clock.rs"]),
    ("Local", "now", &["src/clock.rs"]),
    ("SystemTime", "now", &["src/clock.rs"]),
    ("Uuid", "now_v7", &["src/clock.rs"]),
    ("Uuid", "new_v4", &["src/clock.rs"]),
    // how long something took is measured, never shown or stored
    ("Instant", "now", &["src/clock.rs", "src/web/layers.rs", "src/jobs/"]),
];
