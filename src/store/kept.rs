//! Statements that are asked so often that they are put together only once.

use std::sync::OnceLock;

use sea_orm::{DbBackend, Statement, Value};

/// A statement whose text is always the same for a kind of database. Putting a text together takes longer than all
/// else that is done for it on this side.
pub(super) struct Kept {
    on_sqlite: OnceLock<Statement>,
    on_postgresql: OnceLock<Statement>,
}

impl Kept {
    pub(super) const fn new() -> Self {
        Self {
            on_sqlite: OnceLock::new(),
            on_postgresql: OnceLock::new(),
        }
    }

    /// The statement that `build` makes, whose values are always the same as well.
    pub(super) fn same(
        &self,
        backend: DbBackend,
        build: impl FnOnce(DbBackend) -> Statement,
    ) -> Statement {
        self.first(backend, build).clone()
    }

    /// The statement that `build` makes, with these values: those that it has itself, in their order.
    pub(super) fn with<const N: usize>(
        &self,
        backend: DbBackend,
        values: [Value; N],
        build: impl FnOnce(DbBackend) -> Statement,
    ) -> Statement {
        let text = &self.first(backend, build).sql;
        Statement::from_sql_and_values(backend, text, values)
    }

    fn first(&self, backend: DbBackend, build: impl FnOnce(DbBackend) -> Statement) -> &Statement {
        let kept = match backend {
            DbBackend::Sqlite => &self.on_sqlite,
            _ => &self.on_postgresql,
        };
        kept.get_or_init(|| build(backend))
    }
}
