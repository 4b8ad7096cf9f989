//! Tags, who has them, and who has no guide.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::change::Change;
use crate::shape::{id, number, primary, reference, string, table, unique};

pub(crate) fn changes() -> Vec<Change> {
    vec![
        Change::Table {
            name: "m2026_11_22_000026_tag",
            create: tag,
        },
        Change::Table {
            name: "m2026_11_22_000026_member_tag",
            create: member_tag,
        },
        // What a member's tags are.
        Change::Index {
            name: "m2026_11_22_000026_member_tag_by_member",
            table: "member_tag",
            columns: &["member_id"],
        },
        Change::Table {
            name: "m2026_11_22_000026_unbound",
            create: unbound,
        },
        Change::Index {
            name: "m2026_11_22_000026_unbound_by_account",
            table: "unbound",
            columns: &["account_id", "member_id"],
        },
        Change::Fill {
            name: "m2026_11_22_000026_unbound_so_far",
            insert: unbound_so_far,
        },
    ]
}

fn tag(db: DbBackend) -> TableCreateStatement {
    table("tag", db)
        .col(id())
        .col(number("account_id"))
        .col(string("name", 20))
        .col(number("created_at"))
        .col(number("removed_at"))
        .index(&mut unique("tag", &["account_id", "name", "removed_at"]))
        .foreign_key(&mut reference("tag", "account_id", "account"))
        .take()
}

fn member_tag(db: DbBackend) -> TableCreateStatement {
    table("member_tag", db)
        .col(number("tag_id"))
        .col(number("member_id"))
        .col(number("at"))
        .primary_key(&mut primary(&["tag_id", "member_id"]))
        .foreign_key(&mut reference("member_tag", "tag_id", "tag"))
        .foreign_key(&mut reference("member_tag", "member_id", "member"))
        .take()
}

fn unbound(db: DbBackend) -> TableCreateStatement {
    table("unbound", db)
        .col(number("member_id"))
        .col(number("account_id"))
        .col(number("since"))
        .primary_key(&mut primary(&["member_id", "account_id"]))
        .foreign_key(&mut reference("unbound", "member_id", "member"))
        .foreign_key(&mut reference("unbound", "account_id", "account"))
        .take()
}

/// Everybody without a binding; whoever is there already was written by a run that was cut off.
fn unbound_so_far() -> InsertStatement {
    let of = |table: &'static str| {
        let same = Expr::col((table, "member_id")).equals(("identity", "member_id"));
        match table {
            "unbound" => {
                same.and(Expr::col((table, "account_id")).equals(("identity", "account_id")))
            }
            _ => same,
        }
    };
    let rows = Query::select()
        .distinct()
        .column(("identity", "member_id"))
        .column(("identity", "account_id"))
        .expr(Expr::col(("member", "created_at")))
        .from("identity")
        .join(
            JoinType::InnerJoin,
            "member",
            Expr::col(("member", "id")).equals(("identity", "member_id")),
        )
        .join(JoinType::LeftJoin, "binding", of("binding"))
        .join(JoinType::LeftJoin, "unbound", of("unbound"))
        .and_where(Expr::col(("binding", "member_id")).is_null())
        .and_where(Expr::col(("unbound", "member_id")).is_null())
        .take();
    let mut insert = Query::insert();
    insert
        .into_table("unbound")
        .columns(["member_id", "account_id", "since"])
        .select_from(rows)
        .map_or_else(|_columns| Query::insert(), |insert| insert.take())
}
