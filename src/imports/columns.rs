//! Which columns a file may have, and by which headings they are known. Pure.

use daogou_schema::FieldId;
use daogou_schema::import::Kind;
use serde::{Deserialize, Serialize};

/// One column that is understood.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// Its word in the store.
    pub key: &'static str,
    /// What it is called in our own files.
    pub title: &'static str,
    /// Other headings, in small letters and without blanks.
    names: &'static [&'static str],
    /// What stands in it, for the template.
    pub example: &'static str,
    /// What it is for.
    pub help: &'static str,
}

const fn field(
    key: &'static str,
    title: &'static str,
    names: &'static [&'static str],
    example: &'static str,
    help: &'static str,
) -> Field {
    Field {
        key,
        title,
        names,
        example,
        help,
    }
}

const MEMBER: &[Field] = &[
    field(
        "phone",
        "手机号",
        &[
            "手机",
            "手机号码",
            "电话",
            "联系电话",
            "phone",
            "mobile",
            "tel",
            "phonenumber",
        ],
        "13800138000",
        "和会员卡号至少填一个；同一个号码是同一位会员",
    ),
    field(
        "card",
        "会员卡号",
        &[
            "会员号",
            "卡号",
            "会员编号",
            "card",
            "cardno",
            "cardnumber",
            "memberno",
            "membernumber",
        ],
        "VIP0001",
        "品牌自己的会员编号，字母和数字",
    ),
    field(
        "name",
        "姓名",
        &["会员姓名", "称呼", "备注名", "名字", "name", "membername"],
        "王女士",
        "最多 20 个字",
    ),
    field(
        "store",
        "门店",
        &["门店名称", "所属门店", "店铺", "store", "shop", "storename"],
        "城北店",
        "只写门店时，平均分给这家店的导购",
    ),
    field(
        "guide",
        "导购",
        &["专属导购", "导购姓名", "所属导购", "guide", "guidename"],
        "林小满",
        "重名时请同时写门店",
    ),
    field(
        "tags",
        "标签",
        &["会员标签", "tag", "tags"],
        "老顾客、敏感肌",
        "已有的标签，多个用顿号隔开",
    ),
];

const GUIDE: &[Field] = &[
    field(
        "name",
        "导购姓名",
        &["导购", "姓名", "名字", "name", "guide", "guidename"],
        "林小满",
        "顾客看到的名字，必填",
    ),
    field(
        "store",
        "门店",
        &["门店名称", "所属门店", "店铺", "store", "shop", "storename"],
        "城北店",
        "必填，要先有这家门店",
    ),
    field(
        "welcome",
        "欢迎语",
        &["欢迎词", "welcome"],
        "您好，我是您的专属导购",
        "可以不填，用统一的欢迎语",
    ),
];

const STORE: &[Field] = &[
    field(
        "name",
        "门店名称",
        &[
            "门店",
            "名称",
            "店名",
            "店铺",
            "name",
            "store",
            "storename",
            "shop",
        ],
        "城北店",
        "必填，不能和已有门店重名",
    ),
    field(
        "hours",
        "营业时间",
        &["营业时段", "hours", "openinghours", "businesshours"],
        "10:00-21:30",
        "每天一样写一段；不一样从周一起写七段，逗号隔开，休息写 -",
    ),
];

/// The columns of a kind of file, in the order of its template.
pub fn fields(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Member => MEMBER,
        Kind::Guide => GUIDE,
        Kind::Store => STORE,
    }
}

/// What a kind of file must have: one of each list.
fn needed(kind: Kind) -> &'static [&'static [&'static str]] {
    match kind {
        Kind::Member => &[&["phone", "card"]],
        Kind::Guide => &[&["name"], &["store"]],
        Kind::Store => &[&["name"]],
    }
}

/// The columns of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns {
    /// Those that are understood, in the file's order: where they stand, from 0, and their words.
    pub known: Vec<(usize, String)>,
    /// The headings of the others.
    pub ignored: Vec<String>,
    /// The brand's own fields among those that are understood.
    #[serde(default)]
    own: Vec<Own>,
}

/// A field of the brand's own as a column: its word in the store and what it is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own {
    /// `field-` and its number.
    pub key: String,
    /// Its name.
    pub name: String,
}

impl Own {
    /// The column of a field.
    pub fn of(id: FieldId, name: &str) -> Self {
        Self {
            key: format!("field-{id}"),
            name: name.to_owned(),
        }
    }
}

impl Columns {
    /// The cells of a row that are understood, in the order of [`Columns::known`].
    pub(super) fn cells(&self, row: &[String]) -> Vec<String> {
        let cell = |(place, _): &(usize, String)| row.get(*place).cloned().unwrap_or_default();
        self.known.iter().map(cell).collect()
    }

    fn title<'a>(&'a self, kind: Kind, key: &str) -> &'a str {
        let own = self.own.iter().find(|own| own.key == key);
        own.map_or_else(|| title(kind, key), |own| own.name.as_str())
    }

    /// What the columns are called in our own files.
    pub fn titles(&self, kind: Kind) -> Vec<String> {
        self.known
            .iter()
            .map(|(_, key)| self.title(kind, key).to_owned())
            .collect()
    }
}

/// What a column is called.
pub fn title(kind: Kind, key: &str) -> &'static str {
    let found = fields(kind).iter().find(|field| field.key == key);
    found.map_or("", |field| field.title)
}

/// Why the headings cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum No {
    /// Two columns are the same: what they are called, and their numbers from 1.
    Twice(String, usize, usize),
    /// One of these must be there.
    Missing(Vec<&'static str>),
}

/// Understands the headings of a file; of members, the brand's own fields too.
pub fn understand(kind: Kind, headings: &[String], own: &[Own]) -> Result<Columns, No> {
    let mut columns = Columns::default();
    for (place, heading) in headings.iter().enumerate() {
        let plain = plain(heading);
        let is = |field: &&Field| field.title == plain || field.names.contains(&plain.as_str());
        let known = fields(kind).iter().find(is).map(|field| field.key);
        let own = own.iter().find(|own| self::plain(&own.name) == plain);
        if let (None, Some(own)) = (known, own) {
            columns.own.push(own.clone());
        }
        let Some(key) = known.or(own.map(|own| own.key.as_str())) else {
            columns
                .ignored
                .extend(Some(heading.clone()).filter(|_| !plain.is_empty()));
            continue;
        };
        if let Some((first, _)) = columns.known.iter().find(|(_, known)| known == key) {
            let title = columns.title(kind, key).to_owned();
            return Err(No::Twice(title, first + 1, place + 1));
        }
        columns.known.push((place, key.to_owned()));
    }
    let has = |key: &&str| columns.known.iter().any(|(_, known)| known == key);
    for one_of in needed(kind) {
        if !one_of.iter().any(has) {
            return Err(No::Missing(
                one_of.iter().map(|key| title(kind, key)).collect(),
            ));
        }
    }
    Ok(columns)
}

/// A heading without what people write around it: 手机号（必填）* is 手机号.
fn plain(heading: &str) -> String {
    let end = heading
        .find(['(', '（', '[', '【'])
        .unwrap_or(heading.len());
    let (head, _) = heading.split_at(end);
    let kept = |sign: &char| !sign.is_whitespace() && !"*＊:：_-.\u{feff}".contains(*sign);
    head.chars().filter(kept).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headings(text: &str) -> Vec<String> {
        text.split('|').map(str::to_owned).collect()
    }

    #[test]
    fn headings_are_understood_however_they_are_written() {
        for text in [
            "手机号|姓名|生日",
            " 手机号（必填）* | 名字 | 生日 ",
            "Phone Number|Name|生日",
            "MOBILE|member_name|生日",
        ] {
            let columns = understand(Kind::Member, &headings(text), &[]).expect(text);
            let known: Vec<_> = columns.known.iter().map(|(_, key)| key.as_str()).collect();
            assert_eq!(known, ["phone", "name"], "{text}");
            assert_eq!(columns.ignored.len(), 1);
        }
    }

    #[test]
    fn two_columns_for_the_same_and_a_missing_one_are_told() {
        let twice = understand(Kind::Member, &headings("手机|姓名|Phone"), &[]);
        assert_eq!(twice, Err(No::Twice("手机号".to_owned(), 1, 3)));
        let missing = understand(Kind::Member, &headings("姓名|门店"), &[]);
        assert_eq!(missing, Err(No::Missing(vec!["手机号", "会员卡号"])));
        assert!(understand(Kind::Guide, &headings("姓名"), &[]).is_err());
    }

    #[test]
    fn the_brands_own_fields_are_columns_behind_ours() {
        let own = [Own::of(FieldId(7), "肤质"), Own::of(FieldId(8), "姓名")];
        let text = headings("手机号|肤质（选填）|姓名");
        let columns = understand(Kind::Member, &text, &own).expect("columns");
        let known: Vec<_> = columns.known.iter().map(|(_, key)| key.as_str()).collect();
        assert_eq!(known, ["phone", "field-7", "name"]);
        assert_eq!(columns.titles(Kind::Member), ["手机号", "肤质", "姓名"]);
        let twice = understand(Kind::Member, &headings("手机|肤质|肤质"), &own);
        assert_eq!(twice, Err(No::Twice("肤质".to_owned(), 2, 3)));
    }

    #[test]
    fn no_two_columns_of_a_kind_share_a_heading() {
        for kind in [Kind::Member, Kind::Guide, Kind::Store] {
            let all = fields(kind).iter().flat_map(|field| {
                let own = [plain(field.title)];
                own.into_iter()
                    .chain(field.names.iter().map(|name| (*name).to_owned()))
            });
            let mut all: Vec<_> = all.collect();
            let count = all.len();
            all.sort();
            all.dedup();
            assert_eq!(all.len(), count, "{kind:?}");
        }
    }
}
