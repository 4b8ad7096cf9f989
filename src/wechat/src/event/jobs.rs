//! What became of sends: templates, mass messages, publications.

use super::Event;
use crate::node::Node;

/// What became of a template message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateStatus {
    /// It arrived.
    Success,
    /// The person refuses the account's messages.
    UserBlocked,
    /// The platform failed.
    SystemFailed,
    /// Anything else, as it came.
    Other(String),
}

/// What became of a mass message. Counts may be 0 when the status is an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MassSent {
    /// `MsgID`, the `msg_id` of the send call.
    pub msg_id: String,
    /// `send success`, `send fail` or `err(10001)` and its like.
    pub status: String,
    /// Followers in range.
    pub total: Option<i64>,
    /// Left after the platform's filters.
    pub filtered: Option<i64>,
    /// Reached.
    pub sent: Option<i64>,
    /// Not reached.
    pub failed: Option<i64>,
    /// The originality check of each article.
    pub repeated: Vec<RepeatedArticle>,
    /// 1 not a reprint, 2 a reprint that may be sent, 3 one that must not.
    pub check_state: Option<i64>,
    /// Where the articles can be read.
    pub articles: Vec<ArticleLink>,
}

/// The originality check of one article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepeatedArticle {
    /// From 1.
    pub index: Option<i64>,
    /// What the account declared.
    pub declared: Option<i64>,
    /// What the platform found.
    pub audit_state: Option<i64>,
    /// The original.
    pub original_url: Option<String>,
    /// Kind of the original.
    pub original_type: Option<i64>,
    /// Whether it may be reprinted.
    pub can_reprint: bool,
    /// Whether the content must be replaced by the original's.
    pub must_replace_content: bool,
    /// Whether the source must be shown.
    pub must_show_source: bool,
}

/// Where one article can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleLink {
    /// From 1.
    pub index: Option<i64>,
    /// Its address.
    pub url: String,
}

/// What became of a publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The `publish_id` of the call.
    pub publish_id: String,
    /// 0 published, 1 running, 2 not original, 3 failed, 4 refused, 5 deleted, 6 banned.
    pub status: Option<i64>,
    /// Names the article for later calls.
    pub article_id: Option<String>,
    /// Where the articles can be read.
    pub articles: Vec<ArticleLink>,
    /// The articles that failed, from 1.
    pub failed: Vec<i64>,
}

pub(super) fn read(name: &str, fields: &Node) -> Option<Event> {
    let event = match name {
        "templatesendjobfinish" => Event::TemplateSent {
            msg_id: fields
                .first_of(&["MsgID", "MsgId"])
                .unwrap_or_default()
                .to_owned(),
            status: template_status(fields.text_of("Status").unwrap_or_default()),
        },
        "masssendjobfinish" => Event::MassSent(Box::new(mass_sent(fields))),
        "publishjobfinish" | "freepublishjobfinish" => Event::Published(Box::new(published(
            fields.child("PublishEventInfo").unwrap_or(fields),
        ))),
        _ => return None,
    };
    Some(event)
}

/// Copies of the documents write `failed:user block` with and without the blank.
fn template_status(status: &str) -> TemplateStatus {
    let plain: String = status
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    match plain.as_str() {
        "success" => TemplateStatus::Success,
        "failed:userblock" => TemplateStatus::UserBlocked,
        "failed:systemfailed" => TemplateStatus::SystemFailed,
        _ => TemplateStatus::Other(status.to_owned()),
    }
}

fn mass_sent(fields: &Node) -> MassSent {
    let check = fields.child("CopyrightCheckResult");
    MassSent {
        msg_id: fields
            .first_of(&["MsgID", "MsgId"])
            .unwrap_or_default()
            .to_owned(),
        status: fields.string("Status"),
        total: fields.number_of("TotalCount"),
        filtered: fields.number_of("FilterCount"),
        sent: fields.number_of("SentCount"),
        failed: fields.number_of("ErrorCount"),
        repeated: check
            .map(|check| items(check).map(repeated_article).collect())
            .unwrap_or_default(),
        check_state: check.and_then(|check| check.number_of("CheckState")),
        articles: fields
            .child("ArticleUrlResult")
            .map(|result| {
                items(result)
                    .map(|item| article_link(item, "ArticleIdx", "ArticleUrl"))
                    .collect()
            })
            .unwrap_or_default(),
    }
}

/// The elements of `ResultList`: under `item` in XML, in JSON possibly without it.
fn items(result: &Node) -> impl Iterator<Item = &Node> {
    result.all("ResultList").flat_map(|list| {
        let wrapped = list.child("item").is_some();
        list.all("item")
            .chain((!wrapped && list.children().next().is_some()).then_some(list))
    })
}

fn repeated_article(item: &Node) -> RepeatedArticle {
    let is_one = |name: &str| item.number_of(name) == Some(1);
    RepeatedArticle {
        index: item.number_of("ArticleIdx"),
        declared: item.number_of("UserDeclareState"),
        audit_state: item.number_of("AuditState"),
        original_url: item.owned("OriginalArticleUrl"),
        original_type: item.number_of("OriginalArticleType"),
        can_reprint: is_one("CanReprint"),
        must_replace_content: is_one("NeedReplaceContent"),
        must_show_source: is_one("NeedShowReprintSource"),
    }
}

fn article_link(item: &Node, index: &str, url: &str) -> ArticleLink {
    ArticleLink {
        index: item.number_of(index),
        url: item.string(url),
    }
}

fn published(info: &Node) -> Published {
    Published {
        publish_id: info.string("publish_id"),
        status: info.number_of("publish_status"),
        article_id: info.owned("article_id"),
        articles: info
            .child("article_detail")
            .map(|detail| {
                detail
                    .all("item")
                    .map(|item| article_link(item, "idx", "article_url"))
                    .collect()
            })
            .unwrap_or_default(),
        failed: info
            .all("fail_idx")
            .filter_map(|index| index.text().trim().parse().ok())
            .collect(),
    }
}
