//! `daogou admin create`: a link for the first person of headquarters, or for another one.

use clap::Subcommand;
use daogou_schema::staff::Role;
use serde_json::json;

use super::{Done, open, say};
use crate::audit::By;
use crate::staff::{self, Invited};

#[derive(Subcommand)]
pub(super) enum Action {
    /// Makes a link, open for three days, behind which an administrator chooses login and password. No password is ever
    /// given out.
    Create {
        /// How colleagues call the person.
        #[arg(default_value = "管理员")]
        name: String,
        /// One line of JSON on stdout.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(action: Action) -> Done {
    let Action::Create { name, json } = action;
    let ctx = open().await?;
    let invited = Invited {
        name,
        role: Role::HqAdmin,
        store: None,
        regions: Vec::new(),
    };
    let token = staff::invite(&ctx, invited, By::Command).await?;
    let link = staff::link(&ctx.config.public_url, &token);
    say(&if json {
        json!({ "link": link }).to_string()
    } else {
        format!("打开这个链接设置登录名和密码（3 天内有效，只能用一次）：\n{link}")
    });
    Ok(())
}
