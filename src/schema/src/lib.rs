//! The store's shape: entities, one table a file, and their typed ids. No verbs, no queries.
//!
//! Entities do not derive `Serialize`: what leaves the house is chosen by a page or an API struct. Time is
//! [`Timestamp`], whole milliseconds UTC, because the three databases agree on integers and on nothing else about time.

mod ids;
mod time;

pub mod account;
pub mod applicant;
pub mod audit;
pub mod audit_head;
pub mod binding;
pub mod binding_event;
pub mod bulk;
pub mod bulk_member;
pub mod campaign;
pub mod code;
pub mod consent;
pub mod conversation;
pub mod erasure;
pub mod export;
pub mod export_piece;
pub mod fan_act;
pub mod fan_day;
pub mod field;
pub mod field_choice;
pub mod follower_sync;
pub mod guide;
pub mod guide_invitation;
pub mod guide_line;
pub mod guide_number;
pub mod guide_pass;
pub mod guide_sign_in;
pub mod hand_over;
pub mod hand_over_member;
pub mod identity;
pub mod import;
pub mod import_row;
pub mod inbound;
pub mod inbound_key;
pub mod invitation;
pub mod lane;
pub mod media;
pub mod member;
pub mod member_card;
pub mod member_choice;
pub mod member_field;
pub mod member_merge;
pub mod member_note;
pub mod member_phone;
pub mod member_tag;
pub mod menu_answer;
pub mod menu_version;
pub mod message;
pub mod node;
pub mod outbound;
pub mod picture;
pub mod picture_line;
pub mod question;
pub mod region;
pub mod reply_window;
pub mod script;
pub mod search_head;
pub mod search_term;
pub mod sensitive_hit;
pub mod sensitive_word;
pub mod sign_in;
pub mod staff;
pub mod store;
pub mod tag;
pub mod tag_rule;
pub mod task;
pub mod unbound;
pub mod visit;

pub use ids::*;
pub use time::Timestamp;

/// Hands the module of every entity to the macro `$then`, in an order in which rows can be written: what others refer to
/// comes before them. It is the one list of all tables; a test holds it against the files and the live schema.
#[macro_export]
macro_rules! every_entity {
    ($then:ident) => {
        $then! {
            account region store member guide code guide_number identity binding binding_event conversation question media
            picture picture_line script visit
            inbound inbound_key lane node reply_window message outbound staff invitation sign_in hand_over
            hand_over_member audit audit_head tag member_tag unbound bulk bulk_member fan_act fan_day consent
            erasure member_phone campaign follower_sync menu_version menu_answer import import_row member_card
            export export_piece member_merge guide_invitation applicant
            search_term search_head sensitive_word sensitive_hit tag_rule
            guide_sign_in guide_pass guide_line member_note task
            field field_choice member_field member_choice
        }
    };
}
