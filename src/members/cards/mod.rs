//! The numbers by which the brand itself knows members 会员卡号: one for each, nobody else's within the account.

mod queries;

pub use queries::{forget_in, give_in, of, of_in, owners_in};

/// The longest number, in characters.
pub const CARD_CHARS_MAX: usize = 64;

/// Whether the brand can call a member by it: letters and digits, and what stands between them.
pub fn is_card(number: &str) -> bool {
    let fits = |sign: char| sign.is_ascii_alphanumeric() || "-_./#".contains(sign);
    (1..=CARD_CHARS_MAX).contains(&number.len()) && number.chars().all(fits)
}
