//! Conversations 会话: the chat between a member and the brand, through the official account itself. A consumer's lines
//! are relayed to her guide, the guide's answers to the right customer, and never to another one.

mod activity;
pub mod desk;
mod given;
mod greet;
mod guide_side;
mod hand_over;
mod line;
pub mod list;
mod member_side;
mod queries;
mod route;
pub mod rules;
mod say;
mod shown;
mod tell;
mod transcript;
pub mod words;

pub use activity::{active, waiting_in_pool};
pub use given::{
    count_for_a_unit_in, freeze_in, give_in, is_open_in, lock_in, release_in, resume_in,
    tell_given_in, tell_taken_in,
};
pub use greet::{
    answer_tap_in, friend_back_in, friend_left_in, greet_in, guide_scanned_in, linked_in,
};
pub use guide_side::{guide_left_in, hear_guide_in, is_answer};
pub use line::files_of;
pub use member_side::{hear_member_in, is_line, registered_in};
pub use transcript::{
    Attached, Said, beyond, file_of, served_by, spoken, texts_of, transcript, transcript_from,
};
