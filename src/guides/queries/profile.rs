//! What is known of a guide besides the name, in the store.

use daogou_schema::{GuideId, guide};
use sea_orm::Set;

use super::update;
use crate::db::Txn;
use crate::error::Result;

pub(in crate::guides) async fn set_speciality(
    txn: &Txn,
    id: GuideId,
    speciality: Option<String>,
) -> Result<()> {
    let row = guide::ActiveModel {
        speciality: Set(speciality),
        ..Default::default()
    };
    update(txn, id, row).await
}

/// The sealed number and what everybody may see of it.
pub(in crate::guides) async fn set_phone(
    txn: &Txn,
    id: GuideId,
    phone: Option<(Vec<u8>, String)>,
) -> Result<()> {
    let (sealed, masked) = phone.unzip();
    let row = guide::ActiveModel {
        phone: Set(sealed),
        phone_masked: Set(masked),
        ..Default::default()
    };
    update(txn, id, row).await
}
