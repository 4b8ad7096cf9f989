//! An account's self-test: every check that can be made while a server runs, at once and in bounded time.

use std::time::Duration;

use daogou_ground::http_client;
use tokio::time::timeout;

use super::patient::Patient;
use super::{Finding, State, end};
use super::{callback, fonts, house, promises, session, store, wechat};
use crate::accounts::Account;
use crate::context::Context;
use crate::error::{Error, Result};

/// What a page waits for a call to WeChat at the most.
const PATIENCE: Duration = Duration::from_secs(12);

/// Every check of one account, in the order in which they are to be read: what stands first is to be mended first.
///
/// # Errors
/// When no HTTP client can be built.
pub async fn self_test(ctx: &Context, account: &Account) -> Result<Vec<Finding>> {
    let patient = Patient::stored(account);
    let http = http_client().map_err(|e| Error::Internal(format!("no HTTP client: {e}")))?;
    let (config, clock) = (&ctx.config, &ctx.clock);
    let of_wechat = async {
        let (token, found) = in_time("token", wechat::token(&ctx.wechat, &patient)).await;
        let check = wechat::callback_check(&ctx.wechat, token.as_deref());
        let (_, reached) = in_time("callback_check", async { ((), check.await) }).await;
        [found, reached]
    };
    let of_callback = callback::examine(&http, &config.public_url, clock, &ctx.chance, &patient);
    let of_clock = wechat::clock(&http, &config.hosts.api, clock);
    let of_store = async {
        [
            store::write(&ctx.db).await,
            store::clock(&ctx.db, clock).await,
        ]
    };
    let of_session = session::try_out(&ctx.session, &ctx.chance, clock);
    let patients = [patient.id].into_iter().flatten().collect::<Vec<_>>();
    let of_promises = promises::examine(ctx, &patients);
    let settings = ctx.config.clone();
    let of_house = ctx.tasks.runtime.spawn_blocking(move || {
        let texts = house::templates(&settings).0;
        [house::media_folder(&settings), texts, fonts::examine()]
    });
    let (of_wechat, of_callback, of_clock, of_store, of_session, of_promises, of_house) = tokio::join!(
        of_wechat,
        of_callback,
        of_clock,
        of_store,
        of_session,
        of_promises,
        of_house
    );
    let of_house = of_house.map_err(|e| Error::Internal(format!("the folders: {e}")))?;
    let [found, reached] = of_wechat;
    let mut findings = vec![
        house::public_url(config),
        found,
        of_callback,
        reached,
        house::mode(&patient),
        of_clock,
    ];
    findings.extend(of_promises);
    findings.extend(of_store);
    findings.push(of_session);
    findings.extend(of_house);
    Ok(findings)
}

/// What a check found, or that it took too long.
async fn in_time<T: Default>(
    name: &'static str,
    check: impl Future<Output = (T, Finding)>,
) -> (T, Finding) {
    timeout(PATIENCE, check).await.unwrap_or_else(|_late| {
        let late = end(
            State::Fail,
            "no answer in time: check the network and try again",
            "等了很久没有答复：请检查服务器的网络，再测一次",
        );
        (T::default(), Finding::new(name, late))
    })
}
