//! Imports: bringing a file, looking at it, taking its good rows, and the others as a file to mend.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use daogou_schema::import::{Kind, Model, State};
use daogou_schema::{GuideId, ImportId};
use minijinja::{Value, context};

use super::gate::{Desk, Fields, SentBy};
use super::stop::{Page, Stop};
use super::table_file::{self, Format};
use super::upload::Upload;
use super::words::{self, problem};
use crate::context::Context;
use crate::imports::{self, File, No, columns, rules};
use crate::privacy::rules::{e164, masked};
use crate::sheets::{BYTES_MAX, COLUMNS_MAX, Fault, ROWS_MAX};
use crate::web::language::ours;
use crate::web::page;
use crate::{guides, staff};

/// The kinds of files, their words in addresses, what they are called, and what one row is.
const KINDS: [(Kind, &str, &str, &str); 3] = [
    (Kind::Member, "members", "会员", "位会员"),
    (Kind::Guide, "guides", "导购", "位导购"),
    (Kind::Store, "stores", "门店", "家门店"),
];

/// How many rows the page shows before they are taken.
const SHOWN: u64 = 10;
/// How many bad rows it shows.
const BAD_SHOWN: u64 = 50;
/// How many bad rows the file to mend has at the most: all of them.
const MENDED: u64 = ROWS_MAX as u64;

fn named(kind: Kind) -> (&'static str, &'static str, &'static str) {
    let found = KINDS.iter().find(|(it, ..)| *it == kind);
    found.map_or(("", "", ""), |(_, word, name, unit)| (word, name, unit))
}

pub(super) async fn list(ctx: Data<Context>, desk: Desk) -> Page {
    desk.for_headquarters()?;
    listed(&ctx, &desk, StatusCode::OK, &Fields::default(), Vec::new()).await
}

async fn listed(
    ctx: &Context,
    desk: &Desk,
    status: StatusCode,
    fields: &Fields,
    problems: Vec<Value>,
) -> Result<HttpResponse, Stop> {
    let names = staff::colleagues(ctx.db.reads()).await?;
    let rows: Vec<_> = imports::list(ctx, &desk.account)
        .await?
        .iter()
        .map(|row| {
            let by = names.iter().find(|it| it.staff.id == row.staff_id);
            shown(ctx, desk, row, by.map_or("", |it| it.staff.name.as_str()))
        })
        .collect();
    let own = crate::fields::in_use(ctx.db.reads(), desk.account.id).await?;
    let kinds: Vec<_> = KINDS
        .iter()
        .enumerate()
        .map(|(place, (kind, word, name, _))| {
            let chosen = fields.get("kind");
            let mut columns: Vec<_> = columns::fields(*kind)
                .iter()
                .map(|field| context! { title => field.title, help => ours(field.help) })
                .collect();
            if *kind == Kind::Member {
                let own = own.iter().map(|field| context! { title => &field.row.name, help => "自定义字段，已有内容的不改" });
                columns.extend(own);
            }
            context! {
                word => *word,
                name => ours(name),
                columns,
                chosen => chosen == *word || (chosen.is_empty() && place == 0),
                template => format!("{}/imports/template-{word}.", desk.at()),
            }
        })
        .collect();
    Ok(page::show(
        status,
        "imports",
        context! {
            here => "imports",
            rows,
            kinds,
            problems,
            rows_max => ROWS_MAX,
            mb_max => BYTES_MAX >> 20,
            ..desk.frame()
        },
    ))
}

fn shown(ctx: &Context, desk: &Desk, row: &Model, by: &str) -> Value {
    let zone = ctx.config.timezone;
    let (_, name, unit) = named(row.kind);
    let (state, state_word) = match row.state {
        State::Reading => ("reading", "正在读取"),
        State::Draft => ("draft", "待确认"),
        State::Running => ("running", "导入中"),
        State::Done => ("done", "已完成"),
        State::Stopped => ("stopped", "已停止"),
        State::Dropped => ("dropped", "未导入"),
    };
    context! {
        id => row.id.0,
        href => at(desk, row.id),
        kind => named(row.kind).0,
        name => ours(name),
        unit => ours(unit),
        state,
        state_word => ours(state_word),
        file => &row.file_name,
        rows => row.rows,
        bad => row.bad,
        good => row.rows - row.bad,
        made => row.made,
        known => row.known,
        seen => row.made + row.known + row.bad,
        by,
        created_at => words::moment(row.created_at, zone),
        started_at => words::moment_or_none(row.started_at, zone),
        done_at => words::moment_or_none(row.done_at, zone),
        kept_until => words::moment(row.created_at + imports::KEPT_FOR, zone),
        mine => row.staff_id == desk.gate.signed_in.staff.id,
        kept => !row.headings.is_empty() && row.state != State::Dropped,
    }
}

fn at(desk: &Desk, id: ImportId) -> String {
    format!("{}/imports/{id}", desk.at())
}

pub(super) async fn bring(ctx: Data<Context>, Upload(desk, fields, file): Upload) -> Page {
    let kind = KINDS
        .iter()
        .find(|(_, word, ..)| *word == fields.get("kind"));
    let wrong = match kind {
        None => problem("kind", "请选择要导入什么"),
        Some(_) if file.name.is_empty() && file.bytes.is_empty() => {
            problem("file", "请选择一个 CSV 或 XLSX 文件")
        }
        Some((kind, ..)) => {
            let file = File {
                kind: *kind,
                name: file.name,
                bytes: file.bytes,
                staff: desk.gate.signed_in.staff.id,
            };
            match imports::bring(&ctx, &desk.account, file).await? {
                Ok(id) => return Ok(page::go_to(&at(&desk, id))),
                Err(no) => problem("file", refused(no)),
            }
        }
    };
    listed(&ctx, &desk, StatusCode::BAD_REQUEST, &fields, vec![wrong]).await
}

/// Why a file is not taken, and what to do.
fn refused(no: No) -> String {
    match no {
        No::Unreadable(Fault::Empty) => {
            "文件里没有数据。第一行写表头，从第二行起一行一条；可以先下载模板".to_owned()
        }
        No::Unreadable(Fault::TooLarge) => {
            format!("文件超过 {} MB，请分成几个文件导入", BYTES_MAX >> 20)
        }
        No::Unreadable(Fault::TooLong) => {
            format!("文件超过 {ROWS_MAX} 行，请分成几个文件导入")
        }
        No::Unreadable(Fault::TooWide) => {
            format!("表格超过 {COLUMNS_MAX} 列，请删去用不到的列")
        }
        No::Unreadable(Fault::OldExcel) => {
            "这是旧版 Excel 文件，或文件设了打开密码。请去掉密码，另存为 .xlsx 或 CSV 再导入"
                .to_owned()
        }
        No::Unreadable(Fault::NoTable) => "这个文件不是表格。请选择 .csv 或 .xlsx 文件".to_owned(),
        No::Unreadable(Fault::Broken) => {
            "表格文件损坏，或解开后异常大。请用 Excel 或 WPS 打开，另存为新的 .xlsx 再导入"
                .to_owned()
        }
        No::Unreadable(Fault::Coding) => {
            "文件的文字编码读不出来，也可能不是表格。请在 Excel 或 WPS 里另存为 .xlsx 再导入"
                .to_owned()
        }
        No::Headings(columns::No::Twice(title, first, second)) => {
            format!("第 {first} 列和第 {second} 列都是“{title}”，请删去一列")
        }
        No::Headings(columns::No::Missing(one_of)) => {
            let one_of: Vec<_> = one_of.iter().map(|title| format!("“{title}”")).collect();
            format!(
                "第一行里没有找到 {} 这一列，请对照模板改表头",
                one_of.join("或")
            )
        }
    }
}

pub(super) async fn show(ctx: Data<Context>, desk: Desk, path: Path<(String, i64)>) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    one(&ctx, &desk, StatusCode::OK, &row, Vec::new()).await
}

async fn permitted(ctx: &Context, desk: &Desk, id: i64) -> Result<Model, Stop> {
    desk.for_headquarters()?;
    let found = imports::get(ctx, &desk.account, ImportId(id)).await?;
    found.ok_or(Stop::NotFound)
}

/// What is wrong with a row; what its columns are called stays as it stands in the file.
fn in_words(problem: &str) -> String {
    let one = |said: &str| {
        let named = said.strip_prefix('“').and_then(|rest| rest.split_once('”'));
        match named {
            Some((title, why)) if ours(said) == said => format!("“{title}”{}", ours(why)),
            _ => ours(said),
        }
    };
    let all: Vec<_> = problem.split('；').map(one).collect();
    all.join(&ours("；"))
}

async fn one(
    ctx: &Context,
    desk: &Desk,
    status: StatusCode,
    row: &Model,
    problems: Vec<Value>,
) -> Result<HttpResponse, Stop> {
    let names = staff::colleagues(ctx.db.reads()).await?;
    let by = names.iter().find(|it| it.staff.id == row.staff_id);
    let columns = imports::columns_of(row);
    let phone = columns.known.iter().position(|(_, key)| key == "phone");
    let line = |row: imports::Row| {
        let cells = row.cells.iter().enumerate().map(|(place, cell)| {
            // Whoever looks on need not see whole numbers.
            let number = e164(cell).filter(|_| Some(place) == phone);
            number.map_or_else(|| cell.clone(), |number| masked(&number))
        });
        context! { line => row.line, cells => cells.collect::<Vec<_>>(), problem => row.problem.as_deref().map(in_words) }
    };
    let draft = row.state == State::Draft;
    let mut first = Vec::new();
    if draft {
        let good = imports::rows(ctx, row.id, true, 0, SHOWN).await?;
        first = good.into_iter().map(line).collect();
    }
    let bad = imports::rows(ctx, row.id, false, 0, BAD_SHOWN).await?;
    let bad: Vec<_> = bad.into_iter().map(line).collect();
    let guides = match draft && row.kind == Kind::Member {
        true => guides_to_choose(ctx, desk).await?,
        false => Vec::new(),
    };
    let names_guides = columns
        .known
        .iter()
        .any(|(_, key)| key == "guide" || key == "store");
    Ok(page::show(
        status,
        "import",
        context! {
            here => "imports",
            it => shown(ctx, desk, row, by.map_or("", |it| it.staff.name.as_str())),
            titles => columns.titles(row.kind),
            ignored => columns.ignored,
            names_guides,
            first,
            bad,
            guides,
            problems,
            may_start => rules::can_be_started(row),
            ..desk.frame()
        },
    ))
}

async fn guides_to_choose(ctx: &Context, desk: &Desk) -> Result<Vec<Value>, Stop> {
    let stores = guides::list_stores(ctx, &desk.account).await?;
    let all = guides::list(ctx.db.reads(), desk.account.id).await?;
    let present = all.iter().filter(|guide| guide.left_at.is_none());
    Ok(present
        .map(|guide| {
            let store = stores.iter().find(|store| store.id == guide.store_id);
            context! {
                id => guide.id.0,
                name => &guide.name,
                store => store.map_or("", |store| store.name.as_str()),
            }
        })
        .collect())
}

pub(super) async fn start(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    let mut targets: Vec<_> = match fields.get("whose") {
        "dealt" => fields
            .named("to-")
            .filter_map(|id| id.parse().ok())
            .map(GuideId)
            .collect(),
        _ => Vec::new(),
    };
    targets.sort();
    let wrong = match (fields.get("whose"), targets.len()) {
        ("dealt", 0) => Some("请至少勾选一位导购，或改为留在会员池"),
        (_, many) if many > imports::TARGETS_MAX => Some("最多选 200 位导购"),
        _ => None,
    };
    if let Some(text) = wrong {
        let problems = vec![problem("to", text)];
        return one(&ctx, &desk, StatusCode::BAD_REQUEST, &row, problems).await;
    }
    // Whoever pressed twice, or too late, sees what it has become.
    let _started_or_late =
        imports::start(&ctx, &desk.account, row.id, targets, desk.gate.by()).await?;
    Ok(page::go_to(&at(&desk, row.id)))
}

pub(super) async fn stop(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    imports::stop(&ctx, &desk.account, row.id, desk.gate.by()).await?;
    Ok(page::go_to(&match row.state {
        State::Draft => format!("{}/imports", desk.at()),
        _ => at(&desk, row.id),
    }))
}

/// An empty file with the right headings and one example.
pub(super) async fn template(
    ctx: Data<Context>,
    desk: Desk,
    path: Path<(String, String, String)>,
) -> Page {
    desk.for_headquarters()?;
    let (_, word, format) = path.into_inner();
    let kind = KINDS.iter().find(|(_, it, ..)| *it == word);
    let (Some((kind, _, name, _)), Some(format)) = (kind, Format::of(&format)) else {
        return Err(Stop::NotFound);
    };
    let fields = columns::fields(*kind);
    let mut head: Vec<_> = fields.iter().map(|field| field.title.to_owned()).collect();
    let mut example: Vec<_> = fields
        .iter()
        .map(|field| field.example.to_owned())
        .collect();
    if *kind == Kind::Member {
        for field in crate::fields::in_use(ctx.db.reads(), desk.account.id).await? {
            example.push(super::fields::example(&field));
            head.push(field.row.name);
        }
    }
    table_file::small(&ctx, format, &format!("{name}导入模板"), head, &[example])
}

/// The bad rows with what is wrong with them, to be mended and brought again.
pub(super) async fn to_mend(
    ctx: Data<Context>,
    desk: Desk,
    path: Path<(String, i64, String)>,
) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    let format = Format::of(&path.2).ok_or(Stop::NotFound)?;
    // It holds whole numbers: whoever brought them gets them back, and nobody else.
    if row.staff_id != desk.gate.signed_in.staff.id {
        return Err(Stop::NotFound);
    }
    let mut head = imports::columns_of(&row).titles(row.kind);
    head.push("需要修改".to_owned());
    let bad = imports::rows(&ctx, row.id, false, 0, MENDED).await?;
    let rows: Vec<_> = bad
        .into_iter()
        .map(|row| {
            let mut cells = row.cells;
            cells.push(row.problem.unwrap_or_default());
            cells
        })
        .collect();
    table_file::small(&ctx, format, "待修改的行", head, &rows)
}
