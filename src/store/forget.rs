//! Deleting rows that are no longer needed, however many there are.

use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{EntityTrait, QueryFilter};

use super::{Store, StoreError};

/// The most rows deleted by one statement: well within the longest that one may take, and short enough for
/// others to write in between.
const AT_ONCE: u64 = 5000;

impl Store {
    /// Deletes the rows that `which` is true of, bit by bit. How many there were.
    pub(super) async fn forget<E: EntityTrait>(
        &self,
        id: E::Column,
        which: Expr,
    ) -> Result<u64, StoreError> {
        let mut forgotten = 0;
        loop {
            let some = Query::select()
                .expr(Expr::col(id))
                .from(E::default())
                .and_where(which.clone())
                .limit(AT_ONCE)
                .to_owned();
            let transaction = self.begin().await?;
            let deleted = E::delete_many()
                .filter(Expr::col(id).in_subquery(some))
                .exec(&transaction)
                .await?
                .rows_affected;
            transaction.commit().await?;
            forgotten += deleted;
            if deleted < AT_ONCE {
                return Ok(forgotten);
            }
        }
    }
}
