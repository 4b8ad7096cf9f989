//! A row of every entity, with everything that databases like to change: it must come back as it went in.

pub mod samples;

use std::fmt::Debug;

use daogou_migrations::up;
use sea_orm_migration::sea_orm::{
    DatabaseConnection, EntityTrait, FromQueryResult, IntoActiveModel, ModelTrait,
};

use crate::database::on_every_database;

on_every_database! { a_row_of_every_entity_comes_back_as_it_was }

async fn a_row_of_every_entity_comes_back_as_it_was(db: DatabaseConnection) {
    up(&db).await.unwrap();
    let db = &db;
    keeps(db, samples::account()).await;
    keeps(db, samples::region()).await;
    keeps(db, samples::store()).await;
    keeps(db, samples::member()).await;
    keeps(db, samples::guide()).await;
    keeps(db, samples::code()).await;
    keeps(db, samples::guide_number()).await;
    keeps(db, samples::identity()).await;
    keeps(db, samples::binding()).await;
    keeps(db, samples::binding_event()).await;
    keeps(db, samples::conversation()).await;
    keeps(db, samples::question()).await;
    keeps(db, samples::media()).await;
    keeps(db, samples::inbound()).await;
    keeps(db, samples::inbound_key()).await;
    keeps(db, samples::lane()).await;
    keeps(db, samples::node()).await;
    keeps(db, samples::reply_window()).await;
    keeps(db, samples::message()).await;
    keeps(db, samples::outbound()).await;
    keeps(db, samples::staff()).await;
    keeps(db, samples::invitation()).await;
    keeps(db, samples::sign_in()).await;
    keeps(db, samples::hand_over()).await;
    keeps(db, samples::hand_over_member()).await;
    keeps(db, samples::tag()).await;
    keeps(db, samples::member_tag()).await;
    keeps(db, samples::unbound()).await;
    keeps(db, samples::bulk()).await;
    keeps(db, samples::bulk_member()).await;
    keeps(db, samples::audit()).await;
    keeps(db, samples::audit_head()).await;
    keeps(db, samples::fan_act()).await;
    keeps(db, samples::fan_day()).await;
    keeps(db, samples::consent()).await;
    keeps(db, samples::erasure()).await;
    keeps(db, samples::member_phone()).await;
    keeps(db, samples::campaign()).await;
    keeps(db, samples::follower_sync()).await;
    keeps(db, samples::menu_version()).await;
    keeps(db, samples::menu_answer()).await;
    keeps(db, samples::import()).await;
    keeps(db, samples::import_row()).await;
    keeps(db, samples::member_card()).await;
    keeps(db, samples::export()).await;
    keeps(db, samples::export_piece()).await;
    keeps(db, samples::member_merge()).await;
    keeps(db, samples::guide_invitation()).await;
    keeps(db, samples::applicant()).await;
    keeps(db, samples::search_term()).await;
    keeps(db, samples::search_head()).await;
    keeps(db, samples::sensitive_word()).await;
    keeps(db, samples::sensitive_hit()).await;
    keeps(db, samples::tag_rule()).await;
    keeps(db, samples::picture()).await;
    keeps(db, samples::picture_line()).await;
    keeps(db, samples::script()).await;
    keeps(db, samples::visit()).await;
    keeps(db, samples::guide_sign_in()).await;
    keeps(db, samples::guide_pass()).await;
    keeps(db, samples::guide_line()).await;
    keeps(db, samples::member_note()).await;
    keeps(db, samples::task()).await;
    keeps(db, samples::field()).await;
    keeps(db, samples::field_choice()).await;
    keeps(db, samples::member_field()).await;
    keeps(db, samples::member_choice()).await;
}

/// Writes the row into its empty table and reads it again.
async fn keeps<M>(db: &DatabaseConnection, row: M)
where
    M: ModelTrait
        + FromQueryResult
        + PartialEq
        + Debug
        + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    M::Entity: EntityTrait<Model = M>,
{
    let active: <M::Entity as EntityTrait>::ActiveModel = row.clone().into_active_model();
    M::Entity::insert(active)
        .exec_without_returning(db)
        .await
        .unwrap();
    assert_eq!(M::Entity::find().all(db).await.unwrap(), [row]);
}
