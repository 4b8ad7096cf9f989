//! Lists in statements, in few lengths: a prepared statement is found again by its text, and preparing one costs more than
//! running it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;

use daogou_schema::{AccountId, Address};
use sea_orm::sea_query::{CaseStatement, Expr, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, Value};

/// The longest list of rows in one statement.
const PIECE_MAX: usize = 64;

/// Cuts `rows` into two pieces at the most, or more when they are very many: lengths are 1 to 7 or a multiple of 8.
pub fn pieces<T>(rows: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let length = match rest.len() {
            0 => return None,
            n @ 1..8 => n,
            n => n.min(PIECE_MAX) / 8 * 8,
        };
        let behind = rest.split_off(length);
        Some(std::mem::replace(&mut rest, behind))
    })
}

/// Repeats the last of `values` until their number is a power of two. For `IN (…)`, where it changes nothing.
pub fn padded<T: Clone>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.into_iter().collect();
    if let Some(last) = values.last().cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    values
}

/// Exactly these people: an openid of one account is nobody in another. In one order, so that two units that lock them do
/// not wait for each other.
pub fn among<'a, C: ColumnTrait>(
    account: C,
    openid: C,
    people: impl IntoIterator<Item = &'a Address>,
) -> Condition {
    let mut accounts: BTreeMap<AccountId, BTreeSet<&str>> = BTreeMap::new();
    for person in people {
        let here = accounts.entry(person.account_id).or_default();
        here.insert(&person.openid);
    }
    if accounts.is_empty() {
        // An empty "any" would be everybody.
        return Condition::all().add(Expr::value(false));
    }
    accounts
        .into_iter()
        .fold(Condition::any(), |any, (id, people)| {
            let here = Condition::all().add(account.eq(id));
            any.add(here.add(openid.is_in(padded(people))))
        })
}

/// The rows that `keys` name, for each key its own.
pub fn each<K: Eq + Hash, R: Clone>(
    keys: impl IntoIterator<Item = K>,
    rows: Vec<R>,
    key_of: impl Fn(&R) -> K,
) -> Vec<Option<R>> {
    let rows: HashMap<K, R> = rows.into_iter().map(|row| (key_of(&row), row)).collect();
    keys.into_iter()
        .map(|key| rows.get(&key).cloned())
        .collect()
}

/// A value for each row of one statement, chosen by `column`. The statement is about these rows only.
pub fn case<K: Into<Value>, V: Into<Value>>(
    column: impl ColumnTrait,
    values: impl IntoIterator<Item = (K, V)>,
) -> SimpleExpr {
    let mut values: Vec<(K, V)> = values.into_iter().collect();
    if values.len() == 1
        && let Some((_, only)) = values.pop()
    {
        return Expr::value(only);
    }
    let choose = |case: CaseStatement, (key, value)| case.case(column.eq(key), Expr::value(value));
    values.into_iter().fold(CaseStatement::new(), choose).into()
}

#[cfg(test)]
mod tests {
    use daogou_schema::lane;
    use sea_orm::{DbBackend, EntityTrait, QueryFilter, QueryTrait};

    use super::*;

    #[test]
    fn pieces_keep_every_row_in_its_order() {
        for count in 0..200_usize {
            let rows: Vec<usize> = (0..count).collect();
            let cut: Vec<_> = pieces(rows.clone()).collect();
            let even = |n: usize| n < 8 || (n <= PIECE_MAX && n.is_multiple_of(8));
            assert!(cut.iter().all(|piece| even(piece.len())));
            assert!(cut.len() <= count.div_ceil(PIECE_MAX) + 1);
            assert_eq!(cut.concat(), rows);
        }
    }

    #[test]
    fn people_of_two_accounts_are_not_mixed() {
        let person = |account, openid: &str| Address {
            account_id: AccountId(account),
            openid: openid.to_owned(),
        };
        let sql = |people: &[Address]| {
            use lane::Column::{AccountId, Openid};
            lane::Entity::find()
                .filter(among(AccountId, Openid, people))
                .build(DbBackend::Sqlite)
                .to_string()
        };
        let (one, other, third) = (person(1, "a"), person(2, "b"), person(1, "c"));
        let found = sql(&[one, other, third]);
        let exactly = r#"("lane"."account_id" = 1 AND "lane"."openid" IN ('a', 'c')) OR ("lane"."account_id" = 2 AND "lane"."openid" IN ('b'))"#;
        assert!(found.ends_with(exactly), "{found}");
        assert!(sql(&[]).ends_with("WHERE FALSE"), "{}", sql(&[]));
    }

    #[test]
    fn padding_adds_nothing_new() {
        assert_eq!(padded(Vec::<u8>::new()), Vec::<u8>::new());
        assert_eq!(padded([1]), [1]);
        assert_eq!(padded([1, 2, 3]), [1, 2, 3, 3]);
        assert_eq!(padded([1, 2, 3, 4, 5]), [1, 2, 3, 4, 5, 5, 5, 5]);
    }
}
