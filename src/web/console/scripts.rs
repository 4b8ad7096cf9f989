//! Scripts 话术 of headquarters: the list with its search, the drawer in which one is written, and how it looks on a phone.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use daogou_schema::{ScriptId, StoreId, script, store};
use minijinja::{Value, context};

use super::gate::{Desk, Fields, SentBy};
use super::guides::{store_name, stores_of};
use super::stop::{Page, Stop};
use super::upload::{File, Upload};
use super::words::{self, problem};
use crate::context::Context;
use crate::pictures;
use crate::scripts::{self, Draft, Names, NewPicture, No, Wanted, rules};
use crate::web::{file, page};

/// What stands for the variables in the example.
const EXAMPLE: Names<'_> = Names {
    customer: Some("王女士"),
    guide: Some("林小满"),
    store: Some("城北店"),
};

/// What a form is offered before anybody has written a category.
const USUAL: [&str; 4] = ["问候", "产品", "优惠", "售后"];

type Asked = Query<HashMap<String, String>>;

pub(super) async fn list(ctx: Data<Context>, desk: Desk, asked: Asked) -> Page {
    desk.for_headquarters()?;
    let get = |name: &str| asked.get(name).map_or("", |value| value.trim());
    let looked = Looked {
        text: get("q"),
        category: get("category"),
        archived: get("archived") == "1",
    };
    let drawer = match get("edit").parse().map(ScriptId) {
        Ok(id) => {
            let found = scripts::get(&ctx, desk.account.id, id).await?;
            let row = found.ok_or(Stop::NotFound)?;
            Drawer::of(&desk, &row)
        }
        Err(_) => Drawer::default(),
    };
    shown(&ctx, &desk, StatusCode::OK, &looked, drawer, Vec::new()).await
}

/// What of the list is looked at.
#[derive(Default)]
struct Looked<'a> {
    text: &'a str,
    category: &'a str,
    archived: bool,
}

/// What the drawer's form holds.
#[derive(Default)]
struct Drawer {
    id: Option<ScriptId>,
    category: String,
    text: String,
    store: String,
    place: String,
    picture_href: Option<String>,
}

impl Drawer {
    fn of(desk: &Desk, row: &script::Model) -> Self {
        Self {
            id: Some(row.id),
            category: row.category.clone(),
            text: row.text.clone(),
            store: row.store_id.map(|id| id.to_string()).unwrap_or_default(),
            place: row.place.to_string(),
            picture_href: picture_href(desk, row),
        }
    }

    fn typed(fields: &Fields, before: Option<&Self>) -> Self {
        Self {
            id: before.and_then(|drawer| drawer.id),
            category: fields.get("category").to_owned(),
            text: fields.exactly("text").to_owned(),
            store: fields.get("store").to_owned(),
            place: fields.get("place").to_owned(),
            picture_href: before.and_then(|drawer| drawer.picture_href.clone()),
        }
    }

    fn shown(&self, desk: &Desk) -> Value {
        context! {
            id => self.id.map(|id| id.0),
            action => match self.id {
                Some(id) => format!("{}/scripts/{id}", desk.at()),
                None => format!("{}/scripts", desk.at()),
            },
            category => &self.category,
            text => &self.text,
            place => &self.place,
            picture_href => &self.picture_href,
        }
    }
}

fn picture_href(desk: &Desk, row: &script::Model) -> Option<String> {
    let picture = row.picture_id?;
    Some(format!(
        "{}/scripts/{}/picture?v={picture}",
        desk.at(),
        row.id
    ))
}

async fn shown(
    ctx: &Context,
    desk: &Desk,
    status: StatusCode,
    looked: &Looked<'_>,
    drawer: Drawer,
    problems: Vec<Value>,
) -> Result<HttpResponse, Stop> {
    let account = desk.account.id;
    let all = scripts::list(ctx, account, Wanted::default()).await?;
    let found = match (looked.archived, looked.text, looked.category) {
        (true, ..) => scripts::archived(ctx, account).await?,
        (false, "", "") => all.clone(),
        (false, text, category) => scripts::list(ctx, account, Wanted { text, category }).await?,
    };
    let stores = stores_of(ctx, desk).await?;
    let here = format!("{}/scripts", desk.at());
    let rows: Vec<_> = found
        .iter()
        .map(|row| shown_row(ctx, desk, row, &stores))
        .collect();
    let named = scripts::categories(all.iter().map(|row| row.category.as_str()));
    let chips: Vec<_> = named
        .iter()
        .map(|&name| context! { id => name, name, chosen => name == looked.category })
        .collect();
    let offered: Vec<String> = match named.is_empty() {
        true => USUAL.map(str::to_owned).to_vec(),
        false => named.into_iter().map(str::to_owned).collect(),
    };
    let choices: Vec<_> = stores
        .iter()
        .filter(|store| store.closed_at.is_none() || store.id.to_string() == drawer.store)
        .map(|store| {
            let chosen = store.id.to_string() == drawer.store;
            context! { id => store.id.0, name => &store.name, chosen }
        })
        .collect();
    let phone = phone(ctx, desk, &drawer.text, drawer.picture_href.as_deref());
    Ok(page::show(
        status,
        "scripts",
        context! {
            here => "scripts",
            total => all.len(),
            rows,
            chips,
            offered,
            stores => choices,
            q => looked.text,
            category => looked.category,
            archived => looked.archived,
            filtered => !looked.text.is_empty() || !looked.category.is_empty(),
            list_href => here,
            open => drawer.id.is_some() || !problems.is_empty(),
            form => drawer.shown(desk),
            phone,
            problems,
            ..desk.frame()
        },
    ))
}

fn shown_row(ctx: &Context, desk: &Desk, row: &script::Model, stores: &[store::Model]) -> Value {
    let at = format!("{}/scripts", desk.at());
    context! {
        id => row.id.0,
        category => &row.category,
        text => &row.text,
        picture_href => picture_href(desk, row),
        store => row.store_id.map(|id| store_name(stores, id)),
        uses => row.uses,
        edit_href => format!("{at}?edit={}", row.id),
        changed_at => words::moment(row.changed_at, ctx.config.timezone),
    }
}

/// A text as the phone will show it, with an example's names.
fn phone(ctx: &Context, desk: &Desk, text: &str, picture: Option<&str>) -> Value {
    let words = ctx
        .kept::<crate::sensitive::Shelf>()
        .find(desk.account.id, text);
    context! {
        text => scripts::filled(text.trim(), EXAMPLE),
        chars => text.trim().chars().count(),
        most => rules::TEXT_CHARS_MAX,
        picture_href => picture,
        fault => words.map(|words| No::Words(words).told()),
    }
}

pub(super) async fn preview(ctx: Data<Context>, SentBy(desk, fields): SentBy<Desk>) -> Page {
    desk.for_headquarters()?;
    let before = match fields.get("script").parse().map(ScriptId) {
        Ok(id) => scripts::get(&ctx, desk.account.id, id).await?,
        Err(_) => None,
    };
    let picture = before.and_then(|row| picture_href(&desk, &row));
    let phone = phone(&ctx, &desk, fields.exactly("text"), picture.as_deref());
    Ok(page::show(
        StatusCode::OK,
        "script_phone",
        context! { phone },
    ))
}

pub(super) async fn add(ctx: Data<Context>, Upload(desk, fields, picture): Upload) -> Page {
    write(&ctx, &desk, None, &fields, picture).await
}

pub(super) async fn change(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    Upload(desk, fields, picture): Upload,
) -> Page {
    let found = scripts::get(&ctx, desk.account.id, ScriptId(path.1)).await?;
    let row = found.ok_or(Stop::NotFound)?;
    write(&ctx, &desk, Some(&row), &fields, picture).await
}

async fn write(
    ctx: &Context,
    desk: &Desk,
    before: Option<&script::Model>,
    fields: &Fields,
    picture: File,
) -> Page {
    let place = match fields.get("place") {
        "" => Some(0),
        typed => typed
            .parse()
            .ok()
            .filter(|place| (0..=9999).contains(place)),
    };
    let store = match fields.get("store") {
        "" => Some(None),
        typed => typed.parse().ok().map(|id| Some(StoreId(id))),
    };
    let done = match (place, store) {
        (None, _) => Err(problem("place", "排序请填 0 到 9999 的整数")),
        (_, None) => Err(wrong(&No::Store)),
        (Some(place), Some(store)) => {
            let draft = Draft {
                category: fields.get("category").to_owned(),
                text: fields.exactly("text").to_owned(),
                store,
                place,
                picture: new_picture(fields, picture),
            };
            let (account, by) = (desk.account.id, desk.gate.by());
            let saved = scripts::save(ctx, account, before.map(|row| row.id), draft, by).await?;
            saved.map_err(|no| wrong(&no))
        }
    };
    match done {
        Ok(_) => Ok(page::go_to(&format!("{}/scripts", desk.at()))),
        Err(problem) => {
            let before = before.map(|row| Drawer::of(desk, row));
            let drawer = Drawer::typed(fields, before.as_ref());
            let (status, looked) = (StatusCode::BAD_REQUEST, Looked::default());
            shown(ctx, desk, status, &looked, drawer, vec![problem]).await
        }
    }
}

/// A browser sends an empty file where none was chosen.
fn new_picture(fields: &Fields, picture: File) -> NewPicture {
    match (picture.bytes.is_empty(), fields.get("no_picture")) {
        (false, _) => NewPicture::This(picture.bytes),
        (true, "1") => NewPicture::None,
        (true, _) => NewPicture::Same,
    }
}

/// What was not taken, beside its field.
fn wrong(no: &No) -> Value {
    let field = match no {
        No::Category => "category",
        No::Picture(_) => "file",
        No::Store => "store",
        _ => "text",
    };
    problem(field, no.told())
}

pub(super) async fn archive(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    let (account, by) = (desk.account.id, desk.gate.by());
    match scripts::archive(&ctx, account, ScriptId(path.1), by).await? {
        Ok(()) => Ok(page::go_to(&format!("{}/scripts", desk.at()))),
        Err(_) => Err(Stop::NotFound),
    }
}

pub(super) async fn restore(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    let (account, by) = (desk.account.id, desk.gate.by());
    match scripts::restore(&ctx, account, ScriptId(path.1), by).await? {
        Ok(()) => Ok(page::go_to(&format!("{}/scripts?archived=1", desk.at()))),
        Err(No::Missing) => Err(Stop::NotFound),
        Err(no) => Err(Stop::Failed(crate::error::Error::Refused(no.told()))),
    }
}

pub(super) async fn picture(ctx: Data<Context>, desk: Desk, path: Path<(String, i64)>) -> Page {
    desk.for_headquarters()?;
    let found = scripts::get(&ctx, desk.account.id, ScriptId(path.1)).await?;
    let picture = found.and_then(|row| row.picture_id).ok_or(Stop::NotFound)?;
    let content = pictures::content(&ctx, desk.account.id, picture).await?;
    Ok(file::answer(content.ok_or(Stop::NotFound)?))
}
