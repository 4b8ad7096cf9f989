//! Privacy 隐私: what is kept about a person can be taken out, agreed to and erased, and who unfollowed long ago is forgotten.
//!
//! An erasure is ordered in one unit, makes her unknown in the next, and then deletes what she left piece by piece, so
//! that a process may die anywhere in between. What is done with every column is decided in `decisions`.

mod consents;
#[cfg(test)]
mod decisions;
mod erasing;
mod export;
mod leaving;
mod orders;
mod phones;
mod queries;
mod questions;
pub mod rules;
mod written;

pub use consents::note;
pub use erasing::work;
pub use export::export;
pub use leaving::{cancelled_in, cleaned_in, revoked_in, sweep};
pub use orders::{are_being_erased_in, forgotten, get, list, order, preview};
pub use phones::{
    digest as phone_digest, find as find_by_phone, has_phone_in, note_all_in as note_phones_in,
    opened as open_phone, owners_in as phone_owners_in, phone_of, phone_row_in, phones_of,
    replace_phone_in, reveal, set_phone,
};
pub use questions::purge_questions;
