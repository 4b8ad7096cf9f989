//! Makes everything grow: other people's rows, and a long history of the people in the story, who are found by what they
//! do now and not by how much they did before.

use daogou_schema::{MemberId, identity, member};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, QueryOrder, TransactionTrait,
};

use super::story::People;
use super::verdict::ROWS_MAX;

/// How many rows a table gets that grows with people.
const PEOPLE: u32 = 8_000;

/// How many stores and guides a large brand has: more than may be touched. Pages name them all, so each costs every page of
/// the story its time.
const SHOPS: u32 = 2_000;

/// How many one gets that grows with every message. A twentieth belongs to one person of the story: twice what may be
/// touched.
const MESSAGES: u32 = 40_000;

/// How many lines were written: so many that what one person wrote is little, as statistics see it.
const LINES: u32 = 400_000;

/// In the year 2100: nothing of it is ever too old.
const LATE: i64 = 4_102_444_800_000;

/// Rows for one table: its columns, and their values by the row's number `i`.
struct Rows {
    table: &'static str,
    columns: &'static str,
    values: String,
    count: u32,
}

fn rows(table: &'static str, count: u32, columns: &'static str, values: impl Into<String>) -> Rows {
    Rows {
        table,
        columns,
        values: values.into(),
        count,
    }
}

pub async fn fill(db: &DatabaseConnection, people: &People) {
    assert!(
        f64::from(MESSAGES) / 20.0 > ROWS_MAX,
        "too little to be noticed"
    );
    let newest = member::Entity::find()
        .order_by_desc(member::Column::Id)
        .one(db)
        .await;
    let newest = newest.expect("members").expect("a member").id;
    let wang = member_of(db, &people.wang.openid).await;
    let mut all = those_who_came(people, newest);
    all.extend(what_they_show());
    all.extend(what_guides_wrote(people, newest));
    all.extend(what_is_known(newest));
    all.extend(what_they_did(people, wang, newest));
    for rows in &all {
        insert(db, rows).await;
    }
    if db.get_database_backend() == DbBackend::Postgres {
        // It counts on from the last id that it gave itself.
        let on =
            "SELECT setval(pg_get_serial_sequence('member', 'id'), (SELECT MAX(id) FROM member))";
        db.execute_unprepared(on).await.expect("the ids go on");
    }
    for rows in &all {
        // As a server does by itself; nobody does it in a brand's SQLite file.
        let gather = match db.get_database_backend() {
            DbBackend::Postgres => format!("ANALYZE {}", rows.table),
            DbBackend::MySql => format!("ANALYZE TABLE {}", rows.table),
            _ => continue,
        };
        let gathered = db.execute_unprepared(&gather).await;
        gathered.unwrap_or_else(|e| panic!("{gather}: {e}"));
    }
}

async fn member_of(db: &DatabaseConnection, openid: &str) -> MemberId {
    let all = identity::Entity::find().all(db).await.expect("identities");
    let found = all.iter().find(|row| row.openid == openid);
    found.expect("she is a member").member_id
}

/// Pictures of the brand, the lines that carry them, and guides' own scripts.
fn what_they_show() -> Vec<Rows> {
    vec![
        rows(
            "picture",
            PEOPLE,
            "account_id, digest, kind, file, bytes, width, height, usable_until, created_at, used_at",
            "1, CONCAT('filled', i), 'png', CONCAT('filled', i), 1, 1, 1, 0, LATE, LATE",
        ),
        rows(
            "picture_line",
            PEOPLE,
            "message_id, picture_id",
            "900000000 + i, 1 + i % 1000",
        ),
        rows(
            "visit",
            PEOPLE,
            "account_id, member_id, guide_id, store_id, products, reasons, at",
            "1, i, 1, 1, '', '', LATE",
        ),
        rows(
            "script",
            PEOPLE,
            "account_id, guide_id, category, text, letters, place, uses, created_at, changed_at, archived_at",
            "1, i, 'filled', 'filled', 'filled', 0, i, LATE, LATE, 0",
        ),
    ]
}

/// Notes, tasks, and lines from pages.
fn what_guides_wrote(people: &People, newest: MemberId) -> Vec<Rows> {
    let (lin, wu, newest) = (people.lin.id, people.wu.id, newest.0);
    let guide = format!("CASE WHEN i % 2 = 0 THEN {lin} ELSE {wu} END");
    vec![
        rows(
            "member_note",
            PEOPLE,
            "member_id, guide_id, text, at",
            format!("{newest} + i, {guide}, 'filled', LATE"),
        ),
        rows(
            "task",
            PEOPLE,
            "member_id, guide_id, text, due_at, created_at",
            format!("{newest} + i, 1000 + i % 900, 'filled', LATE, LATE"),
        ),
        rows(
            "guide_line",
            PEOPLE,
            "guide_id, page_key, message_id, at",
            format!("{lin}, CONCAT('filled', i), 1, LATE"),
        ),
    ]
}

/// Stores, guides, members and who serves whom.
fn those_who_came(people: &People, newest: MemberId) -> Vec<Rows> {
    let (lin, wu, newest) = (people.lin.id, people.wu.id, newest.0);
    let guide = format!("CASE WHEN i % 2 = 0 THEN {lin} ELSE {wu} END");
    // Some wait for an answer, some in the pool.
    let serving = format!("CASE WHEN i % 100 = 7 THEN NULL ELSE {guide} END");
    vec![
        rows(
            "store",
            SHOPS,
            "id, account_id, name, created_at",
            "1000 + i, 1, CONCAT('filled', i), LATE",
        ),
        rows(
            "guide",
            SHOPS,
            "account_id, store_id, name, on_duty, last_number, created_at",
            "1, 1000 + i, CONCAT('filled', i), FALSE, 0, LATE",
        ),
        rows(
            "code",
            SHOPS,
            "account_id, scene, purpose, store_id, ticket, url, created_at",
            "1, CONCAT('filled', i), 'store', 1000 + i, 'ticket', 'url', LATE",
        ),
        rows(
            "member",
            PEOPLE,
            "id, quiet, muted, created_at",
            format!("{newest} + i, FALSE, FALSE, LATE"),
        ),
        rows(
            "member_card",
            PEOPLE,
            "member_id, account_id, number",
            format!("{newest} + i, 1, CONCAT('filled', i)"),
        ),
        rows(
            "member_phone",
            PEOPLE,
            "member_id, sealed, digest, masked, noted_at",
            format!("{newest} + i, 'sealed', CONCAT('filled', i), 'masked', LATE"),
        ),
        rows(
            "identity",
            PEOPLE,
            "account_id, openid, member_id, subscribed, last_seen_at, code_id",
            format!("1, CONCAT('oFilled', i), {newest} + i, TRUE, LATE, 1"),
        ),
        rows(
            "binding",
            PEOPLE,
            "member_id, guide_id, store_id, bound_at",
            format!("{newest} + i, {guide}, 1, LATE"),
        ),
        rows(
            "fan_day",
            PEOPLE,
            "account_id, day, code_id, scans, followed, lost",
            "1, 20000101 + i % 20, i, 1, 1, 0",
        ),
        rows(
            "guide_number",
            PEOPLE,
            "guide_id, number, member_id, given_at",
            format!("{lin}, 1000 + i, {newest} + i, LATE"),
        ),
        rows(
            "tag",
            1,
            "account_id, name, created_at, removed_at",
            "1, 'filled', LATE, 0",
        ),
        rows(
            "member_tag",
            PEOPLE,
            "tag_id, member_id, at",
            format!("1, {newest} + i, LATE"),
        ),
        rows(
            "conversation",
            PEOPLE,
            "member_id, account_id, openid, guide_id, last_member_at, last_line_id, unanswered",
            format!("{newest} + i, 1, CONCAT('oFilled', i), {serving}, LATE - i, i, i % 100 < 8"),
        ),
    ]
}

/// What the brand knows of them.
fn what_is_known(newest: MemberId) -> Vec<Rows> {
    let newest = newest.0;
    vec![
        rows(
            "field",
            1,
            "account_id, name, kind, place, masked, created_at",
            "1, 'filled', 'choice', 1, 1 = 0, LATE",
        ),
        rows("field_choice", 1, "field_id, word, place", "1, 'filled', 1"),
        rows(
            "member_field",
            PEOPLE,
            "member_id, content",
            format!("{newest} + i, '{{\"1\":1}}'"),
        ),
        rows(
            "member_choice",
            PEOPLE,
            "choice_id, member_id",
            format!("1, {newest} + i"),
        ),
    ]
}

/// Pushes, lines and messages, mostly of long ago.
fn what_they_did(people: &People, wang: MemberId, newest: MemberId) -> Vec<Rows> {
    let (lin_phone, wang_phone) = (&people.lin.phone.openid, &people.wang.openid);
    let (lin, wu, wang, newest) = (people.lin.id, people.wu.id, wang.0, newest.0);
    let guide = format!("CASE WHEN i % 2 = 0 THEN {lin} ELSE {wu} END");
    let openid = format!(
        "CASE i % 20 WHEN 0 THEN '{lin_phone}' WHEN 1 THEN '{wang_phone}' ELSE CONCAT('oFilled', i) END"
    );
    let one_in = |many: u32| {
        format!("CASE WHEN i % {many} = 1 THEN {wang} ELSE {newest} + 1 + i % ({PEOPLE} - 1) END")
    };
    let (often, sometimes) = (one_in(20), one_in(200));
    let author = "CASE WHEN i % 3 = 0 THEN 'guide' ELSE 'member' END";
    let purpose = "CASE i % 20 WHEN 0 THEN 'relay' ELSE 'answer' END";
    let outcome =
        "CASE WHEN i % 100 = 2 THEN 'refused' WHEN i % 100 = 3 THEN 'dropped' ELSE 'sent' END";
    vec![
        rows(
            "binding_event",
            MESSAGES,
            "member_id, to_guide_id, reason, at",
            format!("{often}, {guide}, 'scan', LATE"),
        ),
        rows(
            "question",
            MESSAGES,
            "account_id, guide_id, inbound_id, content, state, asked_at",
            format!("1, {guide}, i, EMPTY, 'sent', LATE"),
        ),
        rows(
            "media",
            PEOPLE,
            "account_id, wechat_id, kind, file, usable_id, usable_until, attempts, given_up, created_at",
            "1, CONCAT('filled', i), 'image', CONCAT('filled', i), CONCAT('filled', i), LATE + i, 0, FALSE, LATE",
        ),
        rows(
            "inbound",
            MESSAGES,
            "account_id, openid, msg_type, format, raw, received_at, state, answer, attempts",
            format!("1, {openid}, 'text', 'xml', 'filled', LATE, 'done', 'api', 0"),
        ),
        rows(
            "inbound_key",
            MESSAGES,
            "account_id, dedupe_key, inbound_id, received_at",
            "1, CONCAT('filled', i), i, LATE",
        ),
        rows(
            "lane",
            PEOPLE,
            "account_id, openid, way, owner, lease_until, fence",
            "1, CONCAT('oFilled', i), 'in', NULL, 0, 1",
        ),
        rows(
            "reply_window",
            PEOPLE,
            "account_id, openid, TRIGGER, until, remaining",
            "1, CONCAT('oFilled', i), 'message', LATE, 5",
        ),
        rows(
            "message",
            LINES,
            "member_id, account_id, author, guide_id, content, inbound_id, at",
            format!("{sometimes}, 1, {author}, {guide}, EMPTY, i, LATE"),
        ),
        rows(
            "search_term",
            MESSAGES,
            "entry",
            "CAST(i AS BIGINT_NUMBER) * 1000003 + 7",
        ),
        rows(
            "sensitive_hit",
            PEOPLE,
            "account_id, member_id, guide_id, author, words, at",
            format!("1, {newest} + i, {guide}, {author}, 'filled', LATE"),
        ),
        rows(
            "outbound",
            MESSAGES,
            "account_id, openid, purpose, content, member_id, guide_id, message_id, inbound_id, answer_to, state, \
             attempts, due_at, fence, created_at, settled_at",
            format!(
                "1, {openid}, {purpose}, EMPTY, {often}, {guide}, i, i, i, {outcome}, 1, LATE, 1, LATE, LATE"
            ),
        ),
    ]
}

/// Inserts in the SQL that the three have in common, with what each says in its own way.
async fn insert(db: &DatabaseConnection, rows: &Rows) {
    let backend = db.get_database_backend();
    let (empty, trigger, whole) = match backend {
        DbBackend::Postgres => ("CAST('{}' AS JSONB)", "\"trigger\"", "BIGINT"),
        DbBackend::MySql => ("'{}'", "`trigger`", "SIGNED"),
        _ => ("'{}'", "\"trigger\"", "INTEGER"),
    };
    let Rows {
        table,
        columns,
        values,
        count,
    } = rows;
    let statement = format!(
        "INSERT INTO {table} ({columns}) \
         WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {count}) \
         SELECT {values} FROM numbers"
    )
    .replace("EMPTY", empty)
    .replace("BIGINT_NUMBER", whole)
    .replace("TRIGGER", trigger)
    .replace("LATE", &LATE.to_string());
    let txn = db.begin().await.expect("a transaction");
    if backend == DbBackend::MySql {
        let far = format!("SET SESSION max_recursive_iterations = {count}");
        txn.execute_unprepared(&far).await.expect("a setting");
    }
    let inserted = txn.execute_unprepared(&statement).await;
    inserted.unwrap_or_else(|e| panic!("{statement}: {e}"));
    txn.commit().await.expect("it stays");
}
