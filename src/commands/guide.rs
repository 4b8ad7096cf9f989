//! `daogou guide add|list|link|sign-in`.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use super::{Done, Failure, one_of, open, say};
use crate::audit::By;
use crate::guides::{self, Code, sign_in};
use crate::picture::Picture;
use crate::{accounts, context::Context};

#[derive(Subcommand)]
pub(super) enum Action {
    /// Adds a guide and makes both codes: the one consumers scan, and the one-time code that links the guide's WeChat.
    Add {
        /// The name consumers see.
        name: Option<String>,
        /// The name, as an option.
        #[arg(long = "name", value_name = "NAME")]
        named: Option<String>,
        /// The store's name or number.
        #[arg(long)]
        store: String,
        /// The welcome text; {{ guide }}, {{ store }} and {{ number }} are filled in.
        #[arg(long)]
        welcome: Option<String>,
        /// Where PNG and SVG are written.
        #[arg(long, default_value = "codes")]
        out: PathBuf,
        /// The account, where there are several.
        #[arg(long)]
        account: Option<String>,
        /// One line of JSON on stdout; no files.
        #[arg(long)]
        json: bool,
    },
    /// Lists the guides.
    List {
        /// The account, where there are several.
        #[arg(long)]
        account: Option<String>,
        /// One line of JSON on stdout.
        #[arg(long)]
        json: bool,
    },
    /// Makes a one-time link, open for half an hour, by which the guide signs in to the workbench outside WeChat.
    SignIn {
        /// The guide's name or number.
        guide: String,
        /// The account, where there are several.
        #[arg(long)]
        account: Option<String>,
        /// One line of JSON on stdout.
        #[arg(long)]
        json: bool,
    },
    /// Makes a new one-time code that links the guide's own WeChat.
    Link {
        /// The guide's name or number.
        guide: String,
        /// Where PNG and SVG are written.
        #[arg(long, default_value = "codes")]
        out: PathBuf,
        /// The account, where there are several.
        #[arg(long)]
        account: Option<String>,
        /// One line of JSON on stdout; no files.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(action: Action) -> Done {
    let ctx = open().await?;
    match action {
        Action::Add {
            name,
            named,
            store,
            welcome,
            out,
            account,
            json,
        } => {
            let name = one_of(name, named, "the guide's name")?;
            let account = accounts::choose(&ctx, account.as_deref()).await?;
            let store = guides::find_store(&ctx, &account, &store).await?;
            let added = guides::add(
                &ctx,
                &account,
                &store,
                &name,
                welcome.as_deref(),
                By::Command,
            )
            .await?;
            if json {
                let line = json!({
                    "id": added.guide.id, "scene": added.code.scene, "ticket": added.code.ticket, "url": added.code.url,
                    "link_scene": added.link.scene, "link_ticket": added.link.ticket, "link_url": added.link.url,
                });
                say(&line.to_string());
                return Ok(());
            }
            let id = added.guide.id;
            show(
                &added.code,
                &out,
                &format!("guide-{id}"),
                &format!("{name}: consumers scan this one"),
            )?;
            show(
                &added.link,
                &out,
                &format!("guide-{id}-link"),
                &format!("{name} scans this one once, within 30 days"),
            )
        }
        Action::List { account, json } => list(&ctx, account.as_deref(), json).await,
        Action::SignIn {
            guide,
            account,
            json,
        } => {
            let account = accounts::choose(&ctx, account.as_deref()).await?;
            let guide = guides::find(&ctx, &account, &guide).await?;
            let token = sign_in::make_link(&ctx, &guide, Some(By::Command)).await?;
            let link = format!("{}/workbench/link/{token}", ctx.config.public_url);
            match json {
                true => say(&json!({ "id": guide.id, "link": link }).to_string()),
                false => say(&format!(
                    "{link}
for {} only; used once, within {} minutes",
                    guide.name,
                    sign_in::LINK_LASTS.num_minutes()
                )),
            }
            Ok(())
        }
        Action::Link {
            guide,
            out,
            account,
            json,
        } => {
            let account = accounts::choose(&ctx, account.as_deref()).await?;
            let guide = guides::find(&ctx, &account, &guide).await?;
            let link = guides::new_link(&ctx, &account, &guide, By::Command).await?;
            if json {
                let line = json!({ "id": guide.id, "link_scene": link.scene, "link_ticket": link.ticket, "link_url": link.url });
                say(&line.to_string());
                return Ok(());
            }
            let title = format!("{} scans this one once, within 30 days", guide.name);
            show(&link, &out, &format!("guide-{}-link", guide.id), &title)
        }
    }
}

async fn list(ctx: &Context, account: Option<&str>, json: bool) -> Done {
    let account = accounts::choose(ctx, account).await?;
    let guides = guides::list(ctx.db.reads(), account.id).await?;
    let stores = guides::list_stores(ctx, &account).await?;
    let store_of = |id| {
        stores
            .iter()
            .find(|s| s.id == id)
            .map(|s| s.name.as_str())
            .unwrap_or_default()
    };
    if !json {
        if guides.is_empty() {
            say("no guides yet; add one: daogou guide add NAME --store STORE");
        }
        for g in &guides {
            let linked = if g.openid.is_some() {
                "linked"
            } else {
                "not linked"
            };
            let duty = if g.on_duty { "on duty" } else { "off duty" };
            say(&format!(
                "#{} {} · {} · {linked} · {duty}",
                g.id,
                g.name,
                store_of(g.store_id)
            ));
        }
        return Ok(());
    }
    let mut lines = Vec::new();
    for g in &guides {
        let code = guides::guide_code(ctx, account.id, g.id).await?;
        lines.push(json!({
            "id": g.id, "name": g.name, "store": store_of(g.store_id), "scene": code.scene, "ticket": code.ticket,
            "url": code.url, "linked": g.openid.is_some(), "on_duty": g.on_duty,
        }));
    }
    say(&json!({ "guides": lines }).to_string());
    Ok(())
}

fn show(code: &Code, out: &std::path::Path, name: &str, title: &str) -> Done {
    let picture = Picture::of(&code.url).map_err(Failure::Failed)?;
    let file = picture.save(out, name).map_err(Failure::Failed)?;
    say(&format!("{}\n{title}\n{file}\n", picture.for_terminal()));
    Ok(())
}
