//! `sql!("… $1 …", a, b)`: one statement text, checked for its number of arguments when it compiles, run on either engine.

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Encode, FromRow, Postgres, SqlSafeStr, SqlStr, Sqlite, Type};

use super::{Result, Tx};

/// Anything that both engines can bind: `Uuid`, `NaiveDate`, `Json<T>`, `Option<i64>`, …
#[diagnostic::on_unimplemented(message = "`{Self}` can't be bound to SQL on both SQLite and PostgreSQL")]
pub trait Value<'q>: Encode<'q, Sqlite> + Type<Sqlite> + Encode<'q, Postgres> + Type<Postgres> {}
impl<'q, T> Value<'q> for T where T: Encode<'q, Sqlite> + Type<Sqlite> + Encode<'q, Postgres> + Type<Postgres> {}

/// Anything that both engines can return: `#[derive(sqlx::FromRow)]` or a tuple.
#[diagnostic::on_unimplemented(message = "`{Self}` can't be read from a row of both engines", note = "derive `sqlx::FromRow`")]
pub trait Record: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Record for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// `sql!("SELECT … WHERE id = $1", id)` makes a [`Query`].
///
/// A wrong number of arguments does not compile (SQLite would bind NULL for a missing one without a word). A test reads every text
/// out of the source and has both engines prepare it.
///
/// What several texts have in common stands once, in a macro of its own: `sql!(concat!("WITH ", sought!(), " SELECT …"), a, b)`.
///
/// `sql!("INSERT INTO … VALUES ($1, $2)"; row in rows => row.a, row.b)` writes every row in one statement: each statement on PostgreSQL
/// is a journey to the server and back.
#[macro_export]
macro_rules! sql {
    ($text:expr; $row:pat in $rows:expr => $($arg:expr),+ $(,)?) => {{
        const WIDTH: usize = <[&str]>::len(&[$(stringify!($arg)),+]);
        const { assert!($crate::db::query::arity($text) == WIDTH, "as many arguments as placeholders") };
        let mut query = $crate::db::Query::new($text);
        for $row in $rows {
            query = query$(.bind($arg))+;
        }
        query.rows(WIDTH)
    }};
    ($text:expr $(, $arg:expr)* $(,)?) => {{
        const { assert!($crate::db::query::arity($text) == <[&str]>::len(&[$(stringify!($arg)),*]), "as many arguments as placeholders") };
        $crate::db::Query::new($text)$(.bind($arg))*
    }};
}

/// The highest `$n` of a statement. A list, written `$n..`, is not counted.
#[must_use]
pub const fn arity(text: &str) -> usize {
    let text = text.as_bytes();
    let (mut at, mut highest) = (0, 0);
    while at < text.len() {
        if text[at] == b'$' {
            let mut number = 0;
            while at + 1 < text.len() && text[at + 1].is_ascii_digit() {
                at += 1;
                number = number * 10 + (text[at] - b'0') as usize;
            }
            let is_list = at + 1 < text.len() && text[at + 1] == b'.';
            if number > highest && !is_list {
                highest = number;
            }
        }
        at += 1;
    }
    highest
}

/// A statement with its arguments, bound for both engines; the [`Tx`] decides which runs it.
#[derive(Debug)]
pub struct Query {
    text: SqlStr,
    sqlite: SqliteArguments,
    postgres: PgArguments,
    error: Option<sqlx::Error>,
    /// A statement of many rows that has none.
    is_empty: bool,
    /// Whether its connection keeps it prepared.
    is_kept: bool,
}

/// A statement of a list or of rows is kept prepared up to this many arguments. There is a text of its own for every number of them, and
/// SQLite keeps some hundred bytes for each argument of each text: a few thousand would take more memory than everything else.
const MOST_KEPT: usize = 32;

macro_rules! fetch {
    ($self:ident, $tx:ident, $method:ident) => {{
        if let Some(error) = $self.error {
            return Err(error);
        }
        match $tx {
            Tx::Sqlite(tx) => {
                sqlx::query_as_with::<Sqlite, _, _>($self.text, $self.sqlite).persistent($self.is_kept).$method(&mut **tx).await
            }
            Tx::Postgres(tx) => {
                sqlx::query_as_with::<Postgres, _, _>($self.text, $self.postgres).persistent($self.is_kept).$method(&mut **tx).await
            }
        }
    }};
}

impl Query {
    /// A statement without arguments yet; written through [`sql!`](crate::sql).
    #[must_use]
    pub fn new(text: &'static str) -> Self {
        Self {
            text: text.into_sql_str(),
            sqlite: SqliteArguments::default(),
            postgres: PgArguments::default(),
            error: None,
            is_empty: false,
            is_kept: true,
        }
    }

    /// Binds the next argument.
    #[must_use]
    pub fn bind<'q>(mut self, value: impl Value<'q>) -> Self {
        // bound by reference: `&T` encodes wherever `T` does
        if let Err(error) = self.sqlite.add(&value).and_then(|()| self.postgres.add(&value)) {
            self.error = Some(sqlx::Error::Encode(error));
        }
        self
    }

    /// Expands the last placeholder, written `IN ($3..)`, to one for each value; no value matches nothing.
    #[must_use]
    pub fn list<'q, T: Value<'q>>(mut self, values: impl IntoIterator<Item = T>) -> Self {
        let first = self.sqlite.len() + 1;
        for value in values {
            self = self.bind(value);
        }
        let numbers: Vec<String> = (first..=self.sqlite.len()).map(|number| format!("${number}")).collect();
        let list = if numbers.is_empty() { "NULL".to_owned() } else { numbers.join(", ") };
        self.text = AssertSqlSafe(self.text.as_str().replace(&format!("${first}.."), &list)).into_sql_str();
        self.is_kept = self.sqlite.len() <= MOST_KEPT;
        self
    }

    /// Repeats the values `($1, …)` that the statement ends with, once for each `width` arguments. Without arguments it does nothing.
    #[must_use]
    pub fn rows(mut self, width: usize) -> Self {
        let text = self.text.as_str();
        let head = text.rfind('(').map_or(text, |at| &text[..at]);
        let row = |first: usize| {
            let numbers: Vec<String> = (first..first + width).map(|number| format!("${number}")).collect();
            format!("({})", numbers.join(", "))
        };
        let rows: Vec<String> = (1..=self.sqlite.len()).step_by(width).map(row).collect();
        self.is_empty = rows.is_empty();
        self.is_kept = self.sqlite.len() <= MOST_KEPT;
        self.text = AssertSqlSafe(format!("{head}{}", rows.join(", "))).into_sql_str();
        self
    }

    /// Every row.
    ///
    /// # Errors
    /// As the engine says.
    pub async fn all<T: Record>(self, tx: &mut Tx) -> Result<Vec<T>> {
        fetch!(self, tx, fetch_all)
    }

    /// The only row.
    ///
    /// # Errors
    /// As the engine says, and `RowNotFound`.
    pub async fn one<T: Record>(self, tx: &mut Tx) -> Result<T> {
        fetch!(self, tx, fetch_one)
    }

    /// The only row, if there is one.
    ///
    /// # Errors
    /// As the engine says.
    pub async fn optional<T: Record>(self, tx: &mut Tx) -> Result<Option<T>> {
        fetch!(self, tx, fetch_optional)
    }

    /// Runs the statement and answers how many rows changed.
    ///
    /// # Errors
    /// As the engine says.
    pub async fn run(self, tx: &mut Tx) -> Result<u64> {
        if let Some(error) = self.error {
            return Err(error);
        }
        if self.is_empty {
            return Ok(0);
        }
        Ok(match tx {
            Tx::Sqlite(tx) => sqlx::query_with(self.text, self.sqlite).persistent(self.is_kept).execute(&mut **tx).await?.rows_affected(),
            Tx::Postgres(tx) => {
                sqlx::query_with(self.text, self.postgres).persistent(self.is_kept).execute(&mut **tx).await?.rows_affected()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_KEPT, Query, arity};

    #[test]
    fn placeholders_are_counted_by_their_highest_number() {
        assert_eq!(arity("SELECT 1"), 0);
        assert_eq!(arity("SELECT $2, $1, $2"), 2);
        assert_eq!(arity("a = $1 AND b IN ($2..)"), 1);
        assert_eq!(arity("VALUES ($9, $10, $11)"), 11);
    }

    #[test]
    fn only_short_lists_are_kept_prepared() {
        let list = |many: usize| Query::new("SELECT id FROM t WHERE id IN ($1..)").list(0..many as i64);
        assert!(Query::new("SELECT 1").is_kept && list(0).is_kept && list(MOST_KEPT).is_kept);
        assert!(!list(MOST_KEPT + 1).is_kept);
    }

    #[test]
    fn rows_are_written_in_one_statement() {
        let insert = |rows: &[(i64, &str)]| {
            let query = Query::new("INSERT INTO t (a, b) VALUES ($1, $2)");
            rows.iter().fold(query, |query, (a, b)| query.bind(*a).bind(*b)).rows(2)
        };
        let query = insert(&[(1, "x"), (2, "y"), (3, "z")]);
        assert_eq!(query.text.as_str(), "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4), ($5, $6)");
        assert!(!query.is_empty && insert(&[]).is_empty);
    }
}
