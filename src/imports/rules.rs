//! What a row says, and what is wrong with it in words that name the column and what to do. Pure.

mod own;

use daogou_schema::import::{Kind, Model, State};
use daogou_schema::{GuideId, StoreId, TagId, guide, store, tag};

use super::columns;
use crate::fields::rules::{Field, Values};
use crate::guides::hours::Hours;
use crate::members::{self, cards};
use crate::privacy::rules::e164;
use crate::sheets::CELL_CHARS_MAX;

/// What the rows of a file may name.
#[derive(Debug, Default)]
pub struct Known {
    /// The account's stores that are open.
    pub stores: Vec<store::Model>,
    /// The account's guides who have not left.
    pub guides: Vec<guide::Model>,
    /// The account's tags.
    pub tags: Vec<tag::Model>,
    /// What the brand wants to know of members.
    pub fields: Vec<Field>,
}

/// A member as a row has her.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Member {
    /// Her number in E.164.
    pub phone: Option<String>,
    /// The brand's number of her.
    pub card: Option<String>,
    /// How she is called.
    pub name: Option<String>,
    /// Who may get her, in turn: the one who is named, or those of the store that is named.
    pub guides: Vec<GuideId>,
    /// Her tags.
    pub tags: Vec<TagId>,
    /// What stands in the brand's own fields.
    pub fields: Values,
}

/// What a row wants to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A member.
    Member(Member),
    /// A guide.
    Guide {
        /// The name.
        name: String,
        /// In which store.
        store: StoreId,
        /// The own first words.
        welcome: Option<String>,
    },
    /// A store.
    Store {
        /// The name.
        name: String,
        /// When it is open.
        hours: Option<String>,
    },
}

/// The longest name of a guide or a store, in characters.
const NAME_CHARS_MAX: usize = 60;
/// So much is said about one row, in characters: it has to fit beside the row.
const PROBLEM_CHARS_MAX: usize = 400;

/// The cells of a row by the words of their columns.
struct Cells<'a> {
    kind: Kind,
    keys: &'a [(usize, String)],
    cells: &'a [String],
    problems: Vec<String>,
}

impl<'a> Cells<'a> {
    /// What stands in a column, if anything; what cannot be shown is a problem.
    fn get(&mut self, key: &str) -> Option<&'a str> {
        let place = self.keys.iter().position(|(_, known)| known == key)?;
        let cell = self.cells.get(place)?.as_str();
        match cell {
            "" => return None,
            _ if cell.chars().count() > CELL_CHARS_MAX => self.wrong(key, "太长了，请缩短"),
            _ if cell.chars().any(char::is_control) => {
                self.wrong(key, "里有换行或不能显示的字符，请删掉后重新输入");
            }
            _ => return Some(cell),
        }
        None
    }

    fn wrong(&mut self, key: &str, text: &str) {
        let title = columns::title(self.kind, key);
        self.problem(title, text);
    }

    fn problem(&mut self, title: &str, text: &str) {
        self.problems.push(format!("“{title}”{text}"));
    }
}

/// Reads a row.
///
/// # Errors
/// Says what is wrong with it.
pub fn read(
    kind: Kind,
    keys: &[(usize, String)],
    cells: &[String],
    known: &Known,
) -> Result<Wanted, String> {
    let mut cells = Cells {
        kind,
        keys,
        cells,
        problems: Vec::new(),
    };
    let wanted = match kind {
        Kind::Member => member(&mut cells, known).map(Wanted::Member),
        Kind::Guide => guide(&mut cells, known),
        Kind::Store => store(&mut cells),
    };
    let problems = cells.problems.join("；");
    match wanted {
        Some(wanted) if problems.is_empty() => Ok(wanted),
        _ => Err(problems.chars().take(PROBLEM_CHARS_MAX).collect()),
    }
}

fn member(cells: &mut Cells, known: &Known) -> Option<Member> {
    let before = cells.problems.len();
    let phone = cells.get("phone").map(e164);
    if phone == Some(None) {
        cells.wrong("phone", "不是手机号，请写 11 位数字，境外号码带国家号");
    }
    let card = cells.get("card");
    if card.is_some_and(|card| !cards::is_card(card)) {
        cells.wrong("card", "只能有字母、数字和 - _ . / #，最多 64 位");
    }
    if phone.is_none() && card.is_none() && cells.problems.len() == before {
        let text = "“手机号”和“会员卡号”都没有填，请至少填一个";
        cells.problems.push(text.to_owned());
    }
    let name = cells.get("name");
    if name.is_some_and(|name| !members::is_name(name)) {
        cells.wrong("name", "最多 20 个字，请缩短");
    }
    let guides = guides_of(cells, known);
    let tags = tags_of(cells, known);
    let fields = own::fields_of(cells, known);
    Some(Member {
        phone: phone.flatten(),
        card: card.map(str::to_owned),
        name: name.map(str::to_owned),
        guides,
        tags,
        fields,
    })
}

/// Who may get a member.
fn guides_of(cells: &mut Cells, known: &Known) -> Vec<GuideId> {
    let (store, named) = (cells.get("store"), cells.get("guide"));
    let at = store.map(|name| known.stores.iter().find(|store| store.name == name));
    if at == Some(None) {
        cells.wrong("store", "没有这家门店，请核对名称，或先导入门店");
        return Vec::new();
    }
    let at = at.flatten().map(|store| store.id);
    let there = known.guides.iter().filter(|guide| {
        let in_store = at.is_none_or(|at| guide.store_id == at);
        in_store && named.is_none_or(|name| guide.name == name)
    });
    let there: Vec<_> = there.map(|guide| guide.id).collect();
    match (named, at, there.as_slice()) {
        (None, None, _) => Vec::new(),
        (Some(_), None, []) => {
            cells.wrong("guide", "没有这位导购，请核对姓名，或先导入导购");
            there
        }
        (Some(_), Some(_), []) => {
            cells.wrong("guide", "不在这家门店，请核对姓名和门店");
            there
        }
        (Some(_), None, [_, _, ..]) => {
            cells.wrong("guide", "有几位同名，请在“门店”一列写明是哪家店的");
            there
        }
        (None, Some(_), []) => {
            cells.wrong("store", "还没有导购，请先添加导购，或空着这一格");
            there
        }
        _ => there,
    }
}

fn tags_of(cells: &mut Cells, known: &Known) -> Vec<TagId> {
    let words = cells.get("tags").unwrap_or_default();
    let mut found = Vec::new();
    for word in words
        .split(['、', ',', '，', ';', '；', '|'])
        .map(str::trim)
    {
        let tag = known.tags.iter().find(|tag| tag.name == word);
        match tag {
            _ if word.is_empty() => {}
            Some(tag) if found.contains(&tag.id) => {}
            Some(tag) => found.push(tag.id),
            None => {
                cells.wrong("tags", "里有还没有的标签，请先在“标签”页添加，或删掉");
                return found;
            }
        }
    }
    found
}

fn name(cells: &mut Cells) -> Option<String> {
    let before = cells.problems.len();
    match cells.get("name") {
        Some(name) if name.chars().count() <= NAME_CHARS_MAX => return Some(name.to_owned()),
        Some(_) => cells.wrong("name", "最多 60 个字，请缩短"),
        None if cells.problems.len() == before => cells.wrong("name", "没有填"),
        None => {}
    }
    None
}

fn guide(cells: &mut Cells, known: &Known) -> Option<Wanted> {
    let name = name(cells);
    let store = cells.get("store");
    let at = known
        .stores
        .iter()
        .find(|at| Some(at.name.as_str()) == store);
    match (store, at) {
        (None, _) => cells.wrong("store", "没有填"),
        (Some(_), None) => cells.wrong("store", "没有这家门店，请核对名称，或先导入门店"),
        _ => {}
    }
    let welcome = cells.get("welcome").map(str::to_owned);
    Some(Wanted::Guide {
        name: name?,
        store: at?.id,
        welcome,
    })
}

fn store(cells: &mut Cells) -> Option<Wanted> {
    let name = name(cells);
    // As people write them in China.
    let hours = cells.get("hours").map(|text| {
        let text = text.replace(['：', '﹕'], ":").replace(['，', '、'], ",");
        text.replace(['—', '–', '－', '至', '~', '～'], "-")
    });
    if hours
        .as_deref()
        .is_some_and(|text| Hours::parse(text).is_err())
    {
        cells.wrong("hours", "请写成 10:00-21:30，或从周一起写七段、逗号隔开");
    }
    Some(Wanted::Store { name: name?, hours })
}

/// Whether a file waits for somebody to say that it be taken.
pub fn can_be_started(import: &Model) -> bool {
    import.state == State::Draft && import.rows > import.bad
}

#[cfg(test)]
mod tests {
    use super::*;
    use daogou_schema::{AccountId, Timestamp};

    fn known() -> Known {
        let store = |id, name: &str| store::Model {
            id: StoreId(id),
            account_id: AccountId(1),
            name: name.to_owned(),
            region_id: None,
            owner: None,
            hours: None,
            away_text: None,
            created_at: Timestamp(0),
            closed_at: None,
        };
        let guide = |id, store, name: &str| guide::Model {
            id: GuideId(id),
            account_id: AccountId(1),
            store_id: StoreId(store),
            name: name.to_owned(),
            speciality: None,
            phone: None,
            phone_masked: None,
            photo_id: None,
            welcome: None,
            openid: None,
            linked_at: None,
            on_duty: true,
            stand_in_id: None,
            current_member_id: None,
            current_seen: None,
            lost_line_id: None,
            last_number: 0,
            last_member_at: None,
            created_at: Timestamp(0),
            left_at: None,
        };
        let tag = tag::Model {
            id: TagId(7),
            account_id: AccountId(1),
            name: "老客".to_owned(),
            created_at: Timestamp(0),
            removed_at: Timestamp(0),
        };
        Known {
            stores: vec![store(1, "城北店"), store(2, "城西店"), store(3, "空店")],
            guides: vec![guide(1, 1, "林"), guide(2, 2, "林"), guide(3, 2, "吴")],
            tags: vec![tag],
            fields: Vec::new(),
        }
    }

    fn of(row: [&str; 6]) -> Result<Wanted, String> {
        let keys = ["phone", "card", "name", "store", "guide", "tags"];
        let keys: Vec<_> = keys.iter().map(|key| (0, (*key).to_owned())).collect();
        let cells = row.map(str::to_owned);
        read(Kind::Member, &keys, &cells, &known())
    }

    #[test]
    fn a_member_is_read_with_her_guides_and_tags() {
        let read = of(["138 1234 1234", "V-1", "王女士", "城西店", "", "老客、老客"]);
        let wanted = Member {
            phone: Some("+8613812341234".to_owned()),
            card: Some("V-1".to_owned()),
            name: Some("王女士".to_owned()),
            guides: vec![GuideId(2), GuideId(3)],
            tags: vec![TagId(7)],
            fields: Values::new(),
        };
        assert_eq!(read, Ok(Wanted::Member(wanted)));
    }

    #[test]
    fn every_problem_names_its_column_and_never_what_stands_there() {
        for (row, told) in [
            (["12345", "", "", "", "", ""], "“手机号”不是手机号"),
            (["", "", "王", "", "", ""], "至少填一个"),
            (["", "卡号", "", "", "", ""], "“会员卡号”只能有"),
            (
                [
                    "",
                    "V1",
                    "一二三四五六七八九十一二三四五六七八九十一",
                    "",
                    "",
                    "",
                ],
                "“姓名”最多",
            ),
            (["", "V1", "王\u{7}", "", "", ""], "“姓名”里有换行"),
            (["", "V1", "", "城南店", "", ""], "没有这家门店"),
            (["", "V1", "", "空店", "", ""], "还没有导购"),
            (["", "V1", "", "", "郑", ""], "没有这位导购"),
            (["", "V1", "", "", "林", ""], "同名"),
            (["", "V1", "", "城北店", "吴", ""], "不在这家门店"),
            (["", "V1", "", "", "", "老客,新客"], "还没有的标签"),
        ] {
            let problem = of(row).expect_err(told);
            assert!(problem.contains(told), "{problem}");
            assert!(!problem.contains("12345"), "{problem}");
        }
    }

    #[test]
    fn hours_are_read_as_people_write_them() {
        let keys = [(0, "name".to_owned()), (1, "hours".to_owned())];
        let of = |hours: &str| {
            let cells = ["城北店".to_owned(), hours.to_owned()];
            read(Kind::Store, &keys, &cells, &Known::default())
        };
        assert!(of("10：00—21：30").is_ok() && of("").is_ok());
        assert!(of("上午十点").is_err_and(|told| told.contains("10:00-21:30")));
    }
}
