//! Subscription notices: who wants them, what became of them.

use super::Event;
use crate::node::Node;

/// A person's choice about one template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscribeChoice {
    /// The template.
    pub template_id: String,
    /// Whether the person accepts it (`accept`; anything else is a refusal).
    pub accepted: bool,
    /// Where the question was asked: 1 a web page, 2 an article.
    pub popup_scene: Option<i64>,
}

/// What became of one notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscribeSent {
    /// The template.
    pub template_id: String,
    /// The message.
    pub msg_id: String,
    /// 0 when it arrived.
    pub error_code: Option<i64>,
    /// `success` or the reason.
    pub error_status: String,
}

pub(super) fn read(name: &str, fields: &Node) -> Option<Event> {
    let event = match name {
        "subscribe_msg_popup_event" => {
            Event::SubscribePopup(list(fields, "SubscribeMsgPopupEvent").map(choice).collect())
        }
        "subscribe_msg_change_event" => Event::SubscribeChange(
            list(fields, "SubscribeMsgChangeEvent")
                .map(choice)
                .collect(),
        ),
        "subscribe_msg_sent_event" => {
            Event::SubscribeSent(list(fields, "SubscribeMsgSentEvent").map(sent).collect())
        }
        _ => return None,
    };
    Some(event)
}

/// The list stands inside an element of its own in XML and at the top in JSON.
fn list<'a>(fields: &'a Node, wrapper: &str) -> impl Iterator<Item = &'a Node> {
    fields.child(wrapper).unwrap_or(fields).all("List")
}

fn choice(item: &Node) -> SubscribeChoice {
    SubscribeChoice {
        template_id: item.string("TemplateId"),
        accepted: item.text_of("SubscribeStatusString") == Some("accept"),
        popup_scene: item.number_of("PopupScene"),
    }
}

fn sent(item: &Node) -> SubscribeSent {
    SubscribeSent {
        template_id: item.string("TemplateId"),
        msg_id: item.string("MsgID"),
        error_code: item.number_of("ErrorCode"),
        error_status: item.string("ErrorStatus"),
    }
}
