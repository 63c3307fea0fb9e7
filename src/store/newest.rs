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
