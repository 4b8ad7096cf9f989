//! `daogou store add|list|code`.

use clap::Subcommand;
use daogou_schema::store;
use serde_json::json;

use super::{Done, Failure, one_of, open, say};
use crate::audit::By;
use crate::picture::Picture;
use crate::{accounts, guides};

#[derive(Subcommand)]
pub(super) enum Action {
    /// Adds a store; it is always open until it has hours.
    Add {
        /// Its name.
        name: Option<String>,
        /// Its name, as an option.
        #[arg(long = "name", value_name = "NAME")]
        named: Option<String>,
        /// Business hours: 10:00-21:30, or seven of them from Monday with - for closed, separated by commas.
        #[arg(long)]
        hours: Option<String>,
        /// The account, where there are several.
        #[arg(long)]
        account: Option<String>,
        /// One line of JSON on stdout.
        #[arg(long)]
        json: bool,
    },
    /// Lists the stores.
    List {
        /// The account, where there are several.
        #[arg(long)]
        account: Option<String>,
        /// One line of JSON on stdout.
        #[arg(long)]
        json: bool,
    },
    /// Shows the store's own code, making it at the first call; a scan binds to the guide who is next.
    Code {
        /// The store's name or number.
        store: String,
        /// Where PNG and SVG are written.
        #[arg(long, default_value = "codes")]
        out: std::path::PathBuf,
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
            hours,
            account,
            json,
        } => {
            let name = one_of(name, named, "the store's name")?;
            let account = accounts::choose(&ctx, account.as_deref()).await?;
            let store = guides::add_store(
                &ctx,
                &account,
                &name,
                hours.as_deref(),
                guides::StorePlace::default(),
                By::Command,
            )
            .await?;
            say(&if json {
                as_json(&store).to_string()
            } else {
                format!("store #{} {}", store.id, store.name)
            });
        }
        Action::List { account, json } => {
            let account = accounts::choose(&ctx, account.as_deref()).await?;
            let stores = guides::list_stores(&ctx, &account).await?;
            if json {
                say(
                    &json!({ "stores": stores.iter().map(as_json).collect::<Vec<_>>() })
                        .to_string(),
                );
            } else if stores.is_empty() {
                say("no stores yet; add one: daogou store add NAME");
            } else {
                stores
                    .iter()
                    .for_each(|s| say(&format!("#{} {}", s.id, s.name)));
            }
        }
        Action::Code {
            store,
            out,
            account,
            json,
        } => {
            let account = accounts::choose(&ctx, account.as_deref()).await?;
            let store = guides::find_store(&ctx, &account, &store).await?;
            let code = guides::store_code(&ctx, &account, &store).await?;
            if json {
                let line = json!({ "id": store.id, "scene": code.scene, "ticket": code.ticket, "url": code.url });
                say(&line.to_string());
            } else {
                let picture = Picture::of(&code.url).map_err(Failure::Failed)?;
                let file = picture
                    .save(&out, &format!("store-{}", store.id))
                    .map_err(Failure::Failed)?;
                say(&format!(
                    "{}\n{}\n{file}",
                    picture.for_terminal(),
                    store.name
                ));
            }
        }
    }
    Ok(())
}

fn as_json(store: &store::Model) -> serde_json::Value {
    json!({ "id": store.id, "name": store.name })
}
