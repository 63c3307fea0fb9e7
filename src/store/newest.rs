//! Pages of a list that has the newest first.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

use crate::model::{Page, Slice};

/// The newest rows of a page that fit all of `common` and, where there are `alternatives`, any of those;
/// and one more, which tells that there is a next page.
///
/// Each alternative is looked up by itself, as far as a page needs: so each can go by its own index, where
/// a plain `OR` would have the database read the whole table. Ids order by time, so `id` is all there is
/// to sort by.
pub(super) fn newest<E: EntityTrait>(
    id: E::Column,
    alternatives: Vec<Expr>,
    common: Condition,
    page: Page<Uuid>,
) -> Select<E> {
    let limit = page.limit.saturating_add(1);
    let common = match page.before {
        Some(before) => common.add(id.lt(before)),
        None => common,
    };
    let rows = |condition: Condition| -> SelectStatement {
        Query::select()
            .expr(Expr::col(id))
            .from(E::default())
            .cond_where(condition)
            .order_by(id, Order::Desc)
            .limit(limit)
            .to_owned()
    };
    let mut each = alternatives
        .into_iter()
        .enumerate()
        .map(|(number, alternative)| {
            // A limit inside a union has to stand in a query of its own.
            Query::select()
                .expr(Expr::col(id))
                .from_subquery(
                    rows(common.clone().add(alternative)),
                    Alias::new(format!("alternative_{number}")),
                )
                .to_owned()
        });
    let condition = match each.next() {
        None => common,
        Some(first) => {
            let all = each.fold(first, |mut all, next| {
                all.union(UnionType::Distinct, next).to_owned()
            });
            Condition::all().add(Expr::col(id).in_subquery(all))
        }
    };
    E::find()
        .filter(condition)
        .order_by(id, Order::Desc)
        .limit(limit)
}

/// Takes the row that is one too many off the rows that [`newest`] found.
pub(super) fn cut<T, Id>(mut rows: Vec<T>, limit: u64, id: impl Fn(&T) -> Id) -> Slice<T, Id> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let is_last = rows.len() <= limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| !is_last).map(id);
    Slice { items: rows, next }
}

#[cfg(test)]
mod tests {
    use sea_orm::{DbBackend, QueryTrait};

    use super::super::entity::{audit_events, users};
    use super::super::users::{NAMES, beginning_with, begins};
    use super::super::{Store, testing};
    use super::*;

    /// How SQLite goes about a query.
    async fn plan<E: EntityTrait>(store: &Store, query: Select<E>) -> String {
        testing::plan(store, query.build(DbBackend::Sqlite)).await
    }

    /// On PostgreSQL this is shown by a test of the whole.
    #[tokio::test]
    async fn each_alternative_goes_by_its_own_index() {
        let folder = tempfile::tempdir().unwrap();
        let store = testing::store(folder.path()).await;
        for before in [None, Some(Uuid::now_v7())] {
            let page = Page { limit: 20, before };
            let either = [
                audit_events::Column::SubjectId,
                audit_events::Column::ActorId,
            ];
            let either = either.map(|column| column.eq(Uuid::nil())).into();
            let id = audit_events::Column::Id;
            let query = newest::<audit_events::Entity>(id, either, Condition::all(), page);
            let found = plan(&store, query).await;
            for index in ["audit_events_subject_id_idx", "audit_events_actor_id_idx"] {
                assert!(found.contains(index), "{index}: {found}");
            }
            assert!(!found.contains("SCAN audit_events"), "{found}");
        }
    }

    #[tokio::test]
    async fn the_beginning_of_a_name_is_looked_up_in_its_index() {
        let folder = tempfile::tempdir().unwrap();
        let store = testing::store(folder.path()).await;
        for (column, index) in NAMES
            .into_iter()
            .zip(["users_email_key", "users_username_key"])
        {
            let found = plan(&store, beginning_with(column, "a12")).await;
            assert!(found.contains(index), "{index}: {found}");
            assert!(!found.contains("SCAN users"), "{found}");
        }
    }

    #[tokio::test]
    async fn the_newest_of_many_with_the_same_beginning_are_found_by_an_index_in_that_order() {
        let folder = tempfile::tempdir().unwrap();
        let store = testing::store(folder.path()).await;
        let page = Page {
            limit: 20,
            before: Some(Uuid::now_v7()),
        };
        let either = NAMES.map(|column| begins(column, "a1")).into();
        let id = users::Column::Id;
        let query = newest::<users::Entity>(id, either, Condition::all(), page);
        let found = plan(&store, query).await;
        for index in ["users_email_beginning_idx", "users_username_beginning_idx"] {
            let line = found.lines().find(|line| line.contains(index));
            let line = line.unwrap_or_else(|| panic!("{index}: {found}"));
            assert!(line.contains("AND id<?"), "{found}");
        }
        // What the limit has left of the two is put in order, nothing else.
        assert_eq!(
            found.matches("TEMP B-TREE FOR ORDER BY").count(),
            0,
            "{found}"
        );
    }

    #[test]
    fn the_row_that_is_one_too_many_tells_of_a_next_page() {
        let page = |rows: &[u8], limit| cut(rows.to_vec(), limit, |row| *row);
        for (rows, limit, items, next) in [
            (&[][..], 2, &[][..], None),
            (&[9, 8], 2, &[9, 8], None),
            (&[9, 8, 7], 2, &[9, 8], Some(8)),
            (&[9], u64::MAX, &[9], None),
        ] {
            let items = items.to_vec();
            assert_eq!(page(rows, limit), Slice { items, next });
        }
    }
}
