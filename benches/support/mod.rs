//! What the benches share: the register they measure, the programs beside it, the client, the table.

pub mod client;
pub mod corpus;
pub mod peers;
pub mod postgres;
pub mod program;
pub mod table;

use std::time::Duration;

/// The result of a step; a bench stops at the first one that fails.
pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// How much is measured and for how long.
pub struct Sizes {
    /// Collections in the register.
    pub collections: usize,
    /// Collections in the file that is imported while others read.
    pub imported: usize,
    /// How long each load lasts.
    pub load: Duration,
    /// How often a load and its comparison take turns.
    pub turns: usize,
    /// How often the program is started.
    pub starts: usize,
}

impl Sizes {
    /// The sizes that the figures are asked for; with `BENCH_QUICK` set, tiny ones that only prove that everything runs.
    pub fn chosen() -> Self {
        if is_quick() {
            Self { collections: 300, imported: 60, load: Duration::from_millis(300), turns: 1, starts: 1 }
        } else {
            Self { collections: 20_000, imported: 2_000, load: Duration::from_secs(5), turns: 3, starts: 5 }
        }
    }
}

/// Whether only a proof that everything runs is asked for.
pub fn is_quick() -> bool {
    std::env::var_os("BENCH_QUICK").is_some_and(|value| !value.is_empty())
}
