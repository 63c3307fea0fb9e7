//! How busy the database's connections are.

use super::Store;
use crate::telemetry::metrics::DatabasePool;

impl Store {
    /// The pool of connections as it is now.
    #[must_use]
    pub fn pool(&self) -> DatabasePool {
        let connection = self.connection.pool();
        let (open, idle, max) = if self.is_sqlite() {
            let pool = connection.get_sqlite_connection_pool();
            let max = pool.options().get_max_connections();
            (pool.size(), pool.num_idle(), max)
        } else {
            let pool = connection.get_postgres_connection_pool();
            let max = pool.options().get_max_connections();
            (pool.size(), pool.num_idle(), max)
        };
        DatabasePool {
            open,
            idle: u32::try_from(idle).unwrap_or(u32::MAX),
            max,
        }
    }
}
