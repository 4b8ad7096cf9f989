//! What is known of a guide besides the name, in the store.

use daogou_schema::{GuideId, PictureId, guide};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

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

/// Whose photo a picture is.
pub(in crate::guides) async fn with_photo(
    txn: &Txn,
    photo: PictureId,
) -> Result<Vec<guide::Model>> {
    let query = guide::Entity::find().filter(guide::Column::PhotoId.eq(photo));
    Ok(query.all(txn.conn()).await?)
}

pub(in crate::guides) async fn set_photo(
    txn: &Txn,
    id: GuideId,
    photo: Option<PictureId>,
) -> Result<()> {
    let row = guide::ActiveModel {
        photo_id: Set(photo),
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
