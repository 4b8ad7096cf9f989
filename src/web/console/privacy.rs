//! A member's privacy page: what she agreed to, her phone number, everything that is kept about her as a file, and its
//! erasure.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, X_CONTENT_TYPE_OPTIONS};
use actix_web::web::{Bytes, Data, Path};
use chrono_tz::Tz;
use daogou_schema::consent::{self, Purpose, Way};
use daogou_schema::{MemberId, erasure};
use minijinja::{Value, context};
use sea_orm::{ActiveEnum, Iterable};

use super::gate::{Desk, Fields, SentBy};
use super::stop::{Page, Stop};
use super::words::{self, problem};
use crate::bindings::pool::{self, Row};
use crate::context::Context;
use crate::web::language::ours;
use crate::web::page;
use crate::{members, merges, privacy};

/// How many of the newest words a member's own page shows.
const CARD: usize = 3;
/// So far rows are counted before they are deleted.
const COUNTED_MAX: u32 = 10_000;
/// The longest name of a text.
const VERSION_CHARS_MAX: usize = 64;

type At = Path<(String, i64)>;

/// What a member's own page says about her privacy.
pub(super) async fn card(ctx: &Context, desk: &Desk, row: &Row) -> Result<Value, Stop> {
    let zone = ctx.config.timezone;
    let words = members::consents(ctx, row.member.id).await?;
    let words: Vec<_> = words
        .iter()
        .take(CARD)
        .map(|word| said(word, zone))
        .collect();
    let phone = privacy::phone_of(ctx, row.member.id).await?;
    Ok(context! {
        words,
        phone => phone.map(|phone| phone.masked),
        birthday => &row.member.birthday,
        href => desk.for_headquarters().is_ok().then(|| at(desk, row.member.id)),
    })
}

pub(super) async fn show(ctx: Data<Context>, desk: Desk, path: At) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    let shown = Shown::default();
    shown.page(&ctx, &desk, &row, StatusCode::OK).await
}

/// The page after a form.
#[derive(Default)]
struct Shown {
    /// The whole number, for once.
    revealed: Option<String>,
    fields: Fields,
    problems: Vec<Value>,
}

impl Shown {
    fn wrong(fields: Fields, field: &str, text: &str) -> Self {
        Self {
            revealed: None,
            fields,
            problems: vec![problem(field, text)],
        }
    }

    async fn page(self, ctx: &Context, desk: &Desk, row: &Row, status: StatusCode) -> Page {
        let zone = ctx.config.timezone;
        let id = row.member.id;
        let words = members::consents(ctx, id).await?;
        let phone = privacy::phone_of(ctx, id).await?;
        let purposes: Vec<_> = Purpose::iter()
            .map(|purpose| {
                let last = words.iter().find(|word| word.purpose == purpose);
                context! {
                    value => purpose.to_value(),
                    word => ours(purpose_word(purpose)),
                    line => ours(purpose_line(purpose)),
                    given => last.map(|word| word.given),
                    since => last.map(|word| words::moment(word.at, zone)),
                    chosen => purpose.to_value() == self.fields.get("purpose"),
                }
            })
            .collect();
        Ok(page::show(
            status,
            "member_privacy",
            context! {
                here => "members",
                member => member(desk, row),
                purposes,
                words => words.iter().map(|word| said(word, zone)).collect::<Vec<_>>(),
                phone => phone.map(|phone| context! {
                    masked => phone.masked,
                    noted_at => words::moment(phone.noted_at, zone),
                }),
                revealed => self.revealed,
                form => context! { phone => self.fields.get("phone"), version => self.fields.get("version") },
                problems => self.problems,
                may_erase => desk.gate.for_staff().is_ok(),
                ..desk.frame()
            },
        ))
    }
}

fn member(desk: &Desk, row: &Row) -> Value {
    context! {
        id => row.member.id.0,
        label => words::member(&row.member),
        href => format!("{}/members/{}", desk.at(), row.member.id),
        privacy => at(desk, row.member.id),
    }
}

fn at(desk: &Desk, member: MemberId) -> String {
    format!("{}/members/{member}/privacy", desk.at())
}

async fn permitted(ctx: &Context, desk: &Desk, id: i64) -> Result<Row, Stop> {
    desk.for_headquarters()?;
    let row = pool::get(ctx, desk.scope(), MemberId(id)).await?;
    row.ok_or(Stop::NotFound)
}

pub(super) async fn note(ctx: Data<Context>, path: At, SentBy(desk, fields): SentBy<Desk>) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    let purpose = Purpose::iter().find(|purpose| purpose.to_value() == fields.get("purpose"));
    let given = match fields.get("given") {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    let version = fields.get("version").to_owned();
    let wrong = match (purpose, given) {
        (None, _) => Some(("purpose", "请选择用途")),
        (_, None) => Some(("given", "请选择同意或撤回")),
        _ if version.chars().count() > VERSION_CHARS_MAX => {
            Some(("version", "文本版本最多 64 个字"))
        }
        _ if version.chars().any(char::is_control) => {
            Some(("version", "文本版本里有不能保存的字符"))
        }
        _ => None,
    };
    if let Some((field, text)) = wrong {
        let shown = Shown::wrong(fields, field, text);
        return shown.page(&ctx, &desk, &row, StatusCode::BAD_REQUEST).await;
    }
    if let (Some(purpose), Some(given)) = (purpose, given) {
        let version = Some(version).filter(|version| !version.is_empty());
        let word = (row.member.id, purpose, given);
        let staff = desk.gate.signed_in.staff.id;
        privacy::note(&ctx, desk.account.id, word, version, staff).await?;
    }
    Ok(page::go_to(&at(&desk, row.member.id)))
}

pub(super) async fn set_phone(
    ctx: Data<Context>,
    path: At,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    let (account, by) = (desk.account.id, desk.gate.by());
    if privacy::set_phone(&ctx, account, row.member.id, fields.get("phone"), by).await? {
        merges::join(&ctx, &desk.account, row.member.id, by).await?;
        return Ok(page::go_to(&at(&desk, row.member.id)));
    }
    let text = "请填写 11 位手机号，或带国家号的号码，例如 +852 6123 4567";
    let shown = Shown::wrong(fields, "phone", text);
    shown.page(&ctx, &desk, &row, StatusCode::BAD_REQUEST).await
}

pub(super) async fn reveal(ctx: Data<Context>, path: At, SentBy(desk, _): SentBy<Desk>) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    let (account, by) = (desk.account.id, desk.gate.by());
    let shown = Shown {
        revealed: privacy::reveal(&ctx, account, row.member.id, by).await?,
        ..Shown::default()
    };
    shown.page(&ctx, &desk, &row, StatusCode::OK).await
}

pub(super) async fn export(ctx: Data<Context>, path: At, SentBy(desk, _): SentBy<Desk>) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    let id = row.member.id;
    let export = privacy::export(&ctx, &desk.account, id, desk.gate.by()).await?;
    let pieces = futures_util::stream::unfold(export, async |mut export| {
        let piece = export.next().await?;
        Some((piece.map(Bytes::from), export))
    });
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"member-{id}.zip\""),
        ))
        .streaming(Box::pin(pieces)))
}

pub(super) async fn ask_erasure(ctx: Data<Context>, desk: Desk, path: At) -> Page {
    desk.gate.for_staff()?;
    let row = permitted(&ctx, &desk, path.1).await?;
    asked(&ctx, &desk, &row, StatusCode::OK, Vec::new()).await
}

async fn asked(
    ctx: &Context,
    desk: &Desk,
    row: &Row,
    status: StatusCode,
    problems: Vec<Value>,
) -> Page {
    let counts = privacy::preview(ctx, row.member.id, COUNTED_MAX).await?;
    let size = |kind: &str| {
        let count = counts.get(kind).copied().unwrap_or_default();
        match count >= COUNTED_MAX.into() {
            true => format!("{COUNTED_MAX}+"),
            false => count.to_string(),
        }
    };
    Ok(page::show(
        status,
        "member_erase",
        context! {
            here => "members",
            member => member(desk, row),
            lines => size("message"),
            messages => size("outbound"),
            raw_days => ctx.config.raw_days,
            bound => row.binding.is_some(),
            problems,
            ..desk.frame()
        },
    ))
}

pub(super) async fn erase(
    ctx: Data<Context>,
    path: At,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    desk.gate.for_staff()?;
    let row = permitted(&ctx, &desk, path.1).await?;
    let typed = fields.get("number").trim_start_matches(['#', '＃']);
    if typed != row.member.id.to_string() {
        let text = format!("请填写会员号 {}，确认要删除的是这位会员", row.member.id);
        let problems = vec![problem("number", text)];
        return asked(&ctx, &desk, &row, StatusCode::BAD_REQUEST, problems).await;
    }
    let id = privacy::order(&ctx, &desk.account, row.member.id, desk.gate.by()).await?;
    Ok(page::go_to(&super::erasures::at(&desk, id)))
}

fn said(word: &consent::Model, zone: Tz) -> Value {
    context! {
        at => words::moment(word.at, zone),
        purpose => ours(purpose_word(word.purpose)),
        given => word.given,
        way => ours(match word.way {
            Way::Chat => "顾客在会话里说的",
            Way::Console => "总部登记",
            Way::Form => "顾客自己填的登记表",
            Way::Platform => "微信平台通知",
        }),
        version => &word.text_version,
    }
}

fn purpose_word(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Marketing => "营销消息",
        Purpose::Contact => "主动联系",
        Purpose::Profile => "个人画像",
        Purpose::Children => "未成年人信息",
    }
}

fn purpose_line(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Marketing => "活动和优惠；撤回后标为“退订活动”",
        Purpose::Contact => "导购先开口；撤回后只在来信时回复",
        Purpose::Profile => "手机号、生日、偏好等资料",
        Purpose::Children => "以监护人身份提供的孩子信息",
    }
}

/// Why somebody is erased, in words.
pub(super) fn cause_word(cause: erasure::Cause) -> &'static str {
    match cause {
        erasure::Cause::Asked => "本人要求",
        erasure::Cause::Unfollowed => "取消关注到期",
        erasure::Cause::Cancelled => "微信账号注销",
    }
}
