//! The member pool: a list with filters, in which members are chosen for bulk work.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use chrono::TimeDelta;
use chrono_tz::Tz;
use daogou_schema::{
    ChoiceId, GuideId, RegionId, StoreId, TagId, Timestamp, field_choice, guide, store, tag,
};
use minijinja::{Value, context};

use super::gate::Desk;
use super::guides::{guides_of, stores_of};
use super::members::{following, guide_name, store_name};
use super::place::{self, regions_of};
use super::stop::{Page, Stop};
use super::words;
use crate::bindings::pool::{self, Among, Cursor, Filter, Row, Whose};
use crate::context::Context;
use crate::fields::rules::Field;
use crate::guides::regions::Tree;
use crate::members::waiting::is_waiting;
use crate::web::language::ours;
use crate::web::page;
use crate::{fields, privacy, tags};

const ROWS: usize = 50;

/// What the guide filter says for members without one.
const NOBODY: &str = "nobody";

/// When somebody was here last: the word in the address, days, whether within them, and what it is called.
const SEEN: [(&str, i64, bool, &str); 5] = [
    ("7", 7, true, "7 天内来过"),
    ("30", 30, true, "30 天内来过"),
    ("-30", 30, false, "30 天没来"),
    ("-90", 90, false, "90 天没来"),
    ("-180", 180, false, "180 天没来"),
];

/// Who is no customer: the word in the address and what it is called.
const AMONG: [(&str, Among, &str); 2] = [
    ("staff", Among::Staff, "员工"),
    ("testers", Among::Testers, "测试"),
];

/// What can be chosen from, as far as the reader may look.
pub(super) struct Choices {
    pub guides: Vec<guide::Model>,
    pub stores: Vec<store::Model>,
    pub regions: Tree,
    pub tags: Vec<tag::Model>,
    pub fields: Vec<Field>,
}

impl Choices {
    pub(super) async fn load(ctx: &Context, desk: &Desk) -> Result<Self, Stop> {
        Ok(Self {
            guides: guides_of(ctx, desk).await?,
            stores: stores_of(ctx, desk).await?,
            regions: regions_of(ctx, desk).await?,
            tags: tags::list(ctx.db.reads(), desk.account.id).await?,
            fields: fields::in_use(ctx.db.reads(), desk.account.id).await?,
        })
    }

    /// What can stand in fields, and how a filter calls it.
    fn choices(&self) -> impl Iterator<Item = (ChoiceId, String)> {
        self.fields.iter().flat_map(|field| {
            let named =
                |it: &field_choice::Model| (it.id, format!("{}：{}", field.row.name, it.word));
            field.open_choices().map(named)
        })
    }

    fn choice(&self, id: &str) -> Option<(ChoiceId, String)> {
        self.choices().find(|(known, _)| known.to_string() == id)
    }

    pub(super) fn tag(&self, id: TagId) -> Option<&tag::Model> {
        self.tags.iter().find(|tag| tag.id == id)
    }
}

/// The filters as the address says them. What does not exist, or is out of sight, is passed over.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked(HashMap<String, String>);

impl Asked {
    /// Reads what [`Asked::written`] wrote.
    pub(super) fn read(text: &str) -> Self {
        let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
        Self(
            pairs
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        )
    }

    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }

    pub(super) fn filter(&self, choices: &Choices, now: Timestamp) -> Filter {
        let guide = choices
            .guides
            .iter()
            .find(|guide| guide.id.to_string() == self.get("guide"));
        let store = choices
            .stores
            .iter()
            .find(|store| store.id.to_string() == self.get("store"));
        let region = self.get("region").parse().ok().map(RegionId);
        let region = region.filter(|id| choices.regions.get(*id).is_some());
        let tag = choices
            .tags
            .iter()
            .find(|tag| tag.id.to_string() == self.get("tag"));
        let seen = SEEN
            .iter()
            .find(|(word, ..)| *word == self.get("seen"))
            .map(|(_, days, within, _)| (now - TimeDelta::days(*days), *within));
        Filter {
            whose: match (guide, store, region) {
                _ if self.get("guide") == NOBODY => Whose::Nobody,
                (Some(guide), ..) => Whose::Guide(guide.id),
                (None, Some(store), _) => Whose::Store(store.id),
                (None, None, Some(region)) => Whose::Region(region),
                (None, None, None) => Whose::All,
            },
            among: AMONG
                .iter()
                .find(|(word, ..)| *word == self.get("among"))
                .map_or_else(Among::default, |(_, among, _)| *among),
            tag: tag.map(|tag| tag.id),
            choice: choices.choice(self.get("choice")).map(|(id, _)| id),
            following: match self.get("following") {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
            seen_since: seen.filter(|(_, within)| *within).map(|(at, _)| at),
            seen_before: seen.filter(|(_, within)| !within).map(|(at, _)| at),
        }
    }

    /// Whether everything that is asked for exists and is in sight. For a list what is gone may be passed over; whoever does
    /// something to all who fit means exactly those.
    pub(super) fn is_found(&self, filter: &Filter) -> bool {
        let asked = |name: &str| !self.get(name).is_empty();
        let whose = match filter.whose {
            Whose::All => !asked("guide") && !asked("store") && !asked("region"),
            Whose::Region(_) => !asked("guide") && !asked("store"),
            Whose::Store(_) => !asked("guide"),
            Whose::Guide(_) | Whose::Nobody => true,
        };
        let seen = filter.seen_since.or(filter.seen_before).is_some();
        whose
            && filter.tag.is_some() == asked("tag")
            && (filter.among != Among::Customers) == asked("among")
            && filter.choice.is_some() == asked("choice")
            && filter.following.is_some() == asked("following")
            && seen == asked("seen")
    }

    /// Only what filters, in words that need no escape in an address.
    pub(super) fn written(&self) -> String {
        let plain = |value: &str| value.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let names = [
            "region",
            "store",
            "guide",
            "tag",
            "choice",
            "among",
            "following",
            "seen",
        ];
        let pairs: Vec<_> = names
            .iter()
            .map(|name| (name, self.get(name)))
            .filter(|(_, value)| !value.is_empty() && plain(value))
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("&")
    }
}

/// What a filter is called, for people.
pub(super) fn described(filter: &Filter, asked: &Asked, choices: &Choices) -> Vec<String> {
    let mut words = Vec::new();
    match filter.whose {
        Whose::All => {}
        Whose::Nobody => words.push("没有导购".to_owned()),
        Whose::Guide(id) => words.push(format!("导购 {}", guide_name(&choices.guides, id))),
        Whose::Store(id) => words.push(format!("门店 {}", store_name(&choices.stores, id))),
        Whose::Region(id) => words.push(format!("{}的门店", choices.regions.name(Some(id)))),
    }
    let among = AMONG.iter().find(|(_, among, _)| *among == filter.among);
    words.extend(among.map(|(.., word)| (*word).to_owned()));
    if let Some(tag) = filter.tag.and_then(|id| choices.tag(id)) {
        words.push(format!("标签“{}”", tag.name));
    }
    let chosen = filter.choice.and_then(|id| choices.choice(&id.to_string()));
    words.extend(chosen.map(|(_, name)| name));
    match filter.following {
        Some(true) => words.push("已关注".to_owned()),
        Some(false) => words.push("没有关注".to_owned()),
        None => {}
    }
    let seen = SEEN.iter().find(|(word, ..)| *word == asked.get("seen"));
    words.extend(seen.map(|(.., word)| (*word).to_owned()));
    words
}

pub(super) async fn list(
    ctx: Data<Context>,
    desk: Desk,
    asked: Query<HashMap<String, String>>,
) -> Page {
    let asked = Asked(asked.into_inner());
    let choices = Choices::load(&ctx, &desk).await?;
    let filter = asked.filter(&choices, Timestamp::from(ctx.clock.now()));
    let (word, after) = (asked.get("q"), Cursor::read(asked.get("after")));
    let found = match word {
        "" => pool::list(&ctx, desk.scope(), filter, after, ROWS).await?,
        word => pool::Page {
            rows: named(&ctx, &desk, word).await?,
            places: Vec::new(),
            next: None,
        },
    };
    let ids: Vec<_> = found.rows.iter().map(|row| row.member.id).collect();
    let tagged = tags::of_members(ctx.db.reads(), &ids).await?;
    let zone = ctx.config.timezone;
    let rows: Vec<_> = found
        .rows
        .iter()
        .map(|row| {
            let tags = tagged.get(&row.member.id).map_or(&[][..], Vec::as_slice);
            shown(&desk, row, tags, zone, &choices)
        })
        .collect();
    let here = format!("{}/members", desk.at());
    let chosen = asked.written();
    let total = match (filter.whose, word) {
        (Whose::Guide(id), "")
            if filter
                == Filter {
                    whose: filter.whose,
                    ..Filter::default()
                } =>
        {
            words::size(pool::size(&ctx, id).await?)
        }
        (_, _) => String::new(),
    };
    Ok(page::show(
        StatusCode::OK,
        "members",
        context! {
            here => "members",
            rows,
            q => word,
            filters => shown_filters(&asked, &filter, &choices, desk.sees_all()),
            next_href => found.next.map(|next| format!("{here}?{chosen}&after={next}")),
            // A page that ended because much had to be looked at.
            searching => found.next.is_some() && found.rows.len() < ROWS,
            first_href => after.map(|_| format!("{here}?{chosen}")),
            filtered => !word.is_empty() || !filter.is_empty(),
            filter => chosen,
            whole => word.is_empty(),
            total,
            clear_href => here,
            ..desk.frame()
        },
    ))
}

/// Who is called so, or has this number or whole phone number.
pub(super) async fn named(ctx: &Context, desk: &Desk, word: &str) -> Result<Vec<Row>, Stop> {
    let mut rows = pool::find(ctx, desk.scope(), word).await?;
    // For a manager a whole phone number finds nobody: she must not try numbers out.
    if desk.for_headquarters().is_ok() {
        let phones = privacy::find_by_phone(ctx, word).await?;
        rows.extend(pool::those(ctx, desk.scope(), &phones).await?);
    }
    Ok(rows)
}

fn shown(desk: &Desk, row: &Row, tags: &[TagId], zone: Tz, choices: &Choices) -> Value {
    let binding = row.binding.as_ref();
    let tags: Vec<_> = choices
        .tags
        .iter()
        .filter(|tag| tags.contains(&tag.id))
        .map(|tag| tag.name.clone())
        .collect();
    context! {
        id => row.member.id.0,
        href => format!("{}/members/{}", desk.at(), row.member.id),
        label => words::member(&row.member),
        guide => binding.map(|b| guide_name(&choices.guides, b.guide_id)),
        store => binding.map(|b| store_name(&choices.stores, b.store_id)),
        tags,
        following => following(row),
        insider => row.member.insider.map(words::insider).map(ours),
        quiet => row.member.quiet,
        muted => row.member.muted,
        since => words::moment(row.member.created_at, zone),
        // Who waits to follow was never here.
        seen => (!is_waiting(&row.identity.openid)).then(|| words::moment(row.identity.last_seen_at, zone)),
    }
}

/// The choices of the filters, with what is chosen.
fn shown_filters(asked: &Asked, filter: &Filter, choices: &Choices, sees_all: bool) -> Value {
    let one = |id: &str, name: &str, chosen: bool| context! { id, name, chosen };
    let guide = |id: GuideId| filter.whose == Whose::Guide(id);
    let mut guides: Vec<_> = choices
        .guides
        .iter()
        .map(|it| one(&it.id.to_string(), &it.name, guide(it.id)))
        .collect();
    // Who has no guide is in no store, so a manager does not see them.
    if sees_all {
        guides.insert(
            0,
            one(NOBODY, &ours("没有导购"), filter.whose == Whose::Nobody),
        );
    }
    let store = |id: StoreId| filter.whose == Whose::Store(id);
    let stores: Vec<_> = choices
        .stores
        .iter()
        .map(|it| one(&it.id.to_string(), &it.name, store(it.id)))
        .collect();
    let tags: Vec<_> = choices
        .tags
        .iter()
        .map(|it| one(&it.id.to_string(), &it.name, filter.tag == Some(it.id)))
        .collect();
    let fields: Vec<_> = choices
        .choices()
        .map(|(id, name)| one(&id.to_string(), &name, filter.choice == Some(id)))
        .collect();
    let among = AMONG.map(|(id, it, name)| one(id, &ours(name), filter.among == it));
    let following = [("yes", "已关注", true), ("no", "没有关注", false)]
        .map(|(id, name, it)| one(id, &ours(name), filter.following == Some(it)));
    let seen = SEEN.map(|(id, _, _, name)| one(id, &ours(name), asked.get("seen") == id));
    let region = match filter.whose {
        Whose::Region(id) => Some(id),
        _ => None,
    };
    let regions = place::choices(&choices.regions, region);
    context! { regions, guides, stores, tags, fields, among => among.to_vec(), following => following.to_vec(), seen => seen.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_only_what_filters() {
        let asked = Asked::read("guide=3&seen=-30&q=王&store=%22&after=0.9");
        assert_eq!(asked.written(), "guide=3&seen=-30");
        assert_eq!(Asked::read(&asked.written()).get("seen"), "-30");
    }
}
