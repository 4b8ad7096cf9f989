//! Staff, invitations and sign-ins in the store. Staff belong to the whole installation, not to an account.

use daogou_schema::staff::{self, Column, Entity, Language, Model};
use daogou_schema::{InvitationId, RegionId, StaffId, Timestamp, invitation, sign_in};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType,
    QueryFilter, QueryOrder, QuerySelect, Set,
};

use super::Invited;
use super::rules;
use super::second::Left;
use crate::db::{Only, Txn};
use crate::error::Result;

/// Somebody of the staff in a list.
#[derive(Clone, Debug)]
pub struct Colleague {
    /// Who.
    pub staff: Model,
    /// In how many browsers she is signed in.
    pub sign_ins: usize,
    /// Her last request.
    pub seen_at: Option<Timestamp>,
}

/// The last request and the number of sign-ins of one person.
#[derive(FromQueryResult)]
struct Seen {
    staff_id: StaffId,
    seen_at: Timestamp,
}

/// Everybody, oldest first.
///
/// # Errors
/// When the store fails.
pub async fn colleagues(db: &impl ConnectionTrait) -> Result<Vec<Colleague>> {
    let people = Entity::find().order_by_asc(Column::Id).all(db).await?;
    let seen: Vec<Seen> = sign_in::Entity::find()
        .select_only()
        .column(sign_in::Column::StaffId)
        .column(sign_in::Column::SeenAt)
        .filter(sign_in::Column::StaffId.is_in(people.iter().map(|staff| staff.id)))
        .into_model()
        .all(db)
        .await?;
    let colleague = |staff: Model| {
        let own = || seen.iter().filter(|seen| seen.staff_id == staff.id);
        Colleague {
            sign_ins: own().count(),
            seen_at: own().map(|seen| seen.seen_at).max(),
            staff,
        }
    };
    Ok(people.into_iter().map(colleague).collect())
}

/// The open invitations, oldest first.
///
/// # Errors
/// When the store fails.
pub async fn invitations(
    db: &impl ConnectionTrait,
    now: Timestamp,
) -> Result<Vec<invitation::Model>> {
    let open = invitation::Entity::find()
        .filter(invitation::Column::ExpiresAt.gt(now))
        .order_by_asc(invitation::Column::Id);
    Ok(open.all(db).await?)
}

pub(super) async fn anybody(db: &impl ConnectionTrait) -> Result<bool> {
    Ok(Entity::find().limit(1).one(db).await?.is_some())
}

pub(super) async fn by_login(txn: &Txn, login: &str) -> Result<Option<Model>> {
    let query = Entity::find()
        .filter(Column::Login.eq(login))
        .lock_exclusive();
    Ok(query.only(txn.conn()).await?)
}

pub(super) async fn insert(
    txn: &Txn,
    invited: &invitation::Model,
    login: &str,
    password: &str,
    now: Timestamp,
) -> Result<StaffId> {
    let row = staff::ActiveModel {
        login: Set(login.to_owned()),
        name: Set(invited.name.clone()),
        role: Set(invited.role),
        store_id: Set(invited.store_id),
        regions: Set(invited.regions.clone()),
        password: Set(password.to_owned()),
        failures: Set(0),
        created_at: Set(now),
        ..Default::default()
    };
    Ok(row.insert(txn.conn()).await?.id)
}

pub(super) async fn set_failures(
    txn: &Txn,
    id: StaffId,
    failures: i32,
    locked_until: Option<Timestamp>,
) -> Result<()> {
    let row = staff::ActiveModel {
        failures: Set(failures),
        locked_until: Set(locked_until),
        ..Default::default()
    };
    update(txn, id, row).await
}

pub(super) async fn get_in(txn: &Txn, id: StaffId) -> Result<Option<staff::Model>> {
    Ok(Entity::find_by_id(id).only(txn.conn()).await?)
}

pub(super) async fn invitation_in(
    txn: &Txn,
    id: InvitationId,
) -> Result<Option<invitation::Model>> {
    let query = invitation::Entity::find_by_id(id);
    Ok(query.only(txn.conn()).await?)
}

pub(super) async fn set_left(txn: &Txn, id: StaffId, at: Timestamp) -> Result<()> {
    let row = staff::ActiveModel {
        left_at: Set(Some(at)),
        ..Default::default()
    };
    update(txn, id, row).await
}

async fn update(txn: &Txn, id: StaffId, row: staff::ActiveModel) -> Result<()> {
    let change = Entity::update_many().set(row).filter(Column::Id.eq(id));
    change.exec(txn.conn()).await?;
    Ok(())
}

/// A person's row, which nobody else changes until the unit ends.
pub(super) async fn lock(txn: &Txn, id: StaffId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id)
        .lock_exclusive()
        .only(txn.conn())
        .await?)
}

pub(super) async fn set_name(txn: &Txn, id: StaffId, name: &str) -> Result<()> {
    let row = staff::ActiveModel {
        name: Set(name.to_owned()),
        ..Default::default()
    };
    update(txn, id, row).await
}

pub(super) async fn set_language(txn: &Txn, id: StaffId, language: Language) -> Result<()> {
    let row = staff::ActiveModel {
        language: Set(Some(language)),
        ..Default::default()
    };
    update(txn, id, row).await
}

pub(super) async fn set_password(txn: &Txn, id: StaffId, hash: &str) -> Result<()> {
    let row = staff::ActiveModel {
        password: Set(hash.to_owned()),
        ..Default::default()
    };
    update(txn, id, row).await
}

/// The sealed secret, the step of its first code and the digests of the recovery codes; none: no codes any more.
pub(super) async fn set_totp(
    txn: &Txn,
    id: StaffId,
    totp: Option<(&Vec<u8>, i64, &String)>,
) -> Result<()> {
    let row = staff::ActiveModel {
        totp: Set(totp.map(|(secret, ..)| secret.clone())),
        totp_step: Set(totp.map(|(_, step, _)| step)),
        recovery: Set(totp.map(|(.., recovery)| recovery.clone())),
        ..Default::default()
    };
    update(txn, id, row).await
}

pub(super) async fn set_left_over(txn: &Txn, id: StaffId, left: &Left) -> Result<()> {
    let row = staff::ActiveModel {
        totp_step: Set(left.step),
        recovery: Set(left.recovery.clone()),
        ..Default::default()
    };
    update(txn, id, row).await
}

/// Regions as a row keeps them; none: nobody's.
pub(super) fn kept(regions: &[RegionId]) -> Option<String> {
    (!regions.is_empty()).then(|| rules::written(regions))
}

pub(super) async fn set_regions(txn: &Txn, id: StaffId, regions: Option<&str>) -> Result<()> {
    let row = staff::ActiveModel {
        regions: Set(regions.map(str::to_owned)),
        ..Default::default()
    };
    update(txn, id, row).await
}

/// The regions of everybody who is there or is invited.
pub(super) async fn kept_regions(txn: &Txn, now: Timestamp) -> Result<Vec<Option<String>>> {
    let dealers = Entity::find()
        .select_only()
        .column(Column::Regions)
        .filter(Column::Regions.is_not_null())
        .filter(Column::LeftAt.is_null());
    let invited = invitation::Entity::find()
        .select_only()
        .column(invitation::Column::Regions)
        .filter(invitation::Column::Regions.is_not_null())
        .filter(invitation::Column::ExpiresAt.gt(now));
    let mut kept: Vec<Option<String>> = dealers.into_tuple().all(txn.conn()).await?;
    kept.extend(
        invited
            .into_tuple::<Option<String>>()
            .all(txn.conn())
            .await?,
    );
    Ok(kept)
}

// ── Invitations ───────────────────────────────────────────────────────────────────────────────────────────────────

pub(super) async fn invitation(
    db: &impl ConnectionTrait,
    digest: &str,
) -> Result<Option<invitation::Model>> {
    let query = invitation::Entity::find().filter(invitation::Column::Digest.eq(digest));
    Ok(query.only(db).await?)
}

/// Takes the row out: whoever gets it is the only one.
pub(super) async fn take_invitation(
    txn: &Txn,
    digest: &str,
    now: Timestamp,
) -> Result<Option<invitation::Model>> {
    let query = invitation::Entity::find()
        .filter(invitation::Column::Digest.eq(digest))
        .lock_exclusive();
    let Some(row) = query.only(txn.conn()).await? else {
        return Ok(None);
    };
    if row.expires_at <= now {
        return Ok(None);
    }
    delete_invitation(txn, row.id).await?;
    Ok(Some(row))
}

pub(super) async fn insert_invitation(
    txn: &Txn,
    digest: &str,
    invited: &Invited,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    let row = invitation::ActiveModel {
        digest: Set(digest.to_owned()),
        name: Set(invited.name.clone()),
        role: Set(invited.role),
        store_id: Set(invited.store),
        regions: Set(kept(&invited.regions)),
        created_at: Set(now),
        expires_at: Set(expires_at),
        ..Default::default()
    };
    row.insert(txn.conn()).await?;
    Ok(())
}

pub(super) async fn delete_invitation(txn: &Txn, id: InvitationId) -> Result<()> {
    let gone = invitation::Entity::delete_by_id(id);
    gone.exec(txn.conn()).await?;
    Ok(())
}

pub(super) async fn forget_expired_invitations(txn: &Txn, now: Timestamp) -> Result<()> {
    let gone = invitation::Entity::delete_many().filter(invitation::Column::ExpiresAt.lte(now));
    gone.exec(txn.conn()).await?;
    Ok(())
}

// ── Sign-ins ──────────────────────────────────────────────────────────────────────────────────────────────────────

pub(super) async fn signed_in(
    db: &impl ConnectionTrait,
    digest: &str,
) -> Result<Option<(sign_in::Model, Model)>> {
    let staff = sign_in::Entity::belongs_to(Entity)
        .from(sign_in::Column::StaffId)
        .to(Column::Id);
    let found = sign_in::Entity::find()
        .join(JoinType::InnerJoin, staff.into())
        .select_also(Entity)
        .filter(sign_in::Column::Digest.eq(digest))
        .only(db)
        .await?;
    Ok(found.and_then(|(sign_in, staff)| Some((sign_in, staff?))))
}

pub(super) async fn insert_sign_in(
    txn: &Txn,
    digest: &str,
    staff: StaffId,
    now: Timestamp,
) -> Result<()> {
    let row = sign_in::ActiveModel {
        digest: Set(digest.to_owned()),
        staff_id: Set(staff),
        created_at: Set(now),
        seen_at: Set(now),
    };
    sign_in::Entity::insert(row)
        .exec_without_returning(txn.conn())
        .await?;
    Ok(())
}

pub(super) async fn note_seen(txn: &Txn, digest: &str, now: Timestamp) -> Result<()> {
    let row = sign_in::ActiveModel {
        seen_at: Set(now),
        ..Default::default()
    };
    sign_in::Entity::update_many()
        .set(row)
        .filter(sign_in::Column::Digest.eq(digest))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(super) async fn delete_sign_in(txn: &Txn, digest: &str) -> Result<()> {
    let gone = sign_in::Entity::delete_by_id(digest.to_owned());
    gone.exec(txn.conn()).await?;
    Ok(())
}

pub(super) async fn delete_sign_ins_of(txn: &Txn, staff: StaffId) -> Result<()> {
    let gone = sign_in::Entity::delete_many().filter(sign_in::Column::StaffId.eq(staff));
    gone.exec(txn.conn()).await?;
    Ok(())
}

pub(super) async fn sign_ins_of(
    db: &impl ConnectionTrait,
    staff: StaffId,
) -> Result<Vec<sign_in::Model>> {
    let own = sign_in::Entity::find().filter(sign_in::Column::StaffId.eq(staff));
    Ok(own.all(db).await?)
}

/// All but the one that is used now.
pub(super) async fn delete_other_sign_ins(txn: &Txn, staff: StaffId, here: &str) -> Result<()> {
    let gone = sign_in::Entity::delete_many()
        .filter(sign_in::Column::StaffId.eq(staff))
        .filter(sign_in::Column::Digest.ne(here));
    gone.exec(txn.conn()).await?;
    Ok(())
}

/// Few rows: one a browser of the staff.
pub(super) async fn forget_sign_ins_before(txn: &Txn, before: Timestamp) -> Result<()> {
    let gone = sign_in::Entity::delete_many().filter(sign_in::Column::CreatedAt.lt(before));
    gone.exec(txn.conn()).await?;
    Ok(())
}
