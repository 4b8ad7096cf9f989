//! Stores and guides of a file: each is made by the verb that the console's own page uses, because WeChat is asked for codes.

use daogou_schema::guide;
use daogou_schema::import::Model;

use super::moving::Taken;
use super::rules::Wanted;
use super::{by, known};
use crate::accounts::Account;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::guides;

/// Makes the store or the guide that a row wants, unless it is there.
pub(super) async fn take(
    ctx: &Context,
    account: &Account,
    row: &Model,
    wanted: &Wanted,
) -> Result<Taken> {
    let made = match wanted {
        Wanted::Member(_) => return Ok(Taken::Known),
        Wanted::Store { name, hours } => {
            let (place, staff) = (guides::StorePlace::default(), by(row.staff_id));
            let made = guides::add_store(ctx, account, name, hours.as_deref(), place, staff).await;
            made.map(drop)
        }
        Wanted::Guide {
            name,
            store,
            welcome,
        } => {
            let all = known(ctx, account).await?;
            let is_she = |it: &guide::Model| it.name == *name && it.store_id == *store;
            if all.guides.iter().any(is_she) {
                return Ok(Taken::Known);
            }
            let Some(store) = all.stores.iter().find(|it| it.id == *store) else {
                return Ok(Taken::Bad("“门店”已经不在了，请改成现有的门店"));
            };
            let (welcome, staff) = (welcome.as_deref(), by(row.staff_id));
            let made = guides::add(ctx, account, store, name, welcome, staff).await;
            made.map(drop)
        }
    };
    match made {
        Ok(()) => Ok(Taken::Made),
        Err(Error::Refused(_) | Error::Taken) => Ok(Taken::Known),
        Err(Error::Invalid(_)) => Ok(Taken::Bad(
            "名称或欢迎语里有不能用的内容，请改短，并去掉特殊符号和不认识的变量",
        )),
        Err(Error::Upstream(_)) => Ok(Taken::Bad(
            "微信暂时没有生成二维码，请稍后把这一行再导入一次",
        )),
        Err(error) => Err(error),
    }
}
