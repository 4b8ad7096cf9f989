//! The words that people can send in the chat, and what they do.

mod consumers;
mod guides;
