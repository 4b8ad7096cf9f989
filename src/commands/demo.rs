//! `daogou demo`: everything on this machine, with a sample brand whose history was made by playing acts through the
//! simulator, not by inserting rows.

mod brand;
mod stage;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use clap::Args as ClapArgs;
use serde_json::json;

use super::{Done, Failure, asked_to_stop, say};
use brand::Brand;
use stage::Stage;

use crate::staff;

#[derive(ClapArgs)]
pub(super) struct Args {
    /// Where the server listens on this machine.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// One line of JSON on stdout when ready.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args) -> Done {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
    let listener = TcpListener::bind(address).map_err(|e| {
        Failure::Failed(format!(
            "cannot listen on {address}: {e}; choose another port: daogou demo --port 8090"
        ))
    })?;
    if !args.json {
        say("正在准备示例品牌 禾豆星 …");
    }
    let stage = Stage::set(listener).await?;
    let brand = match brand::play(&stage).await {
        Ok(brand) => brand,
        Err(failure) => {
            stage.clear().await;
            return Err(failure);
        }
    };
    let console = match console_of(&stage).await {
        Ok(link) => link,
        Err(failure) => {
            stage.clear().await;
            return Err(failure);
        }
    };
    say(&if args.json {
        as_json(&stage, &brand, &console)
    } else {
        for_people(&stage, &brand, &console)
    });
    asked_to_stop().await;
    if !args.json {
        say("正在停止 …");
    }
    stage.clear().await;
    Ok(())
}

/// Where the first person of headquarters comes in.
async fn console_of(stage: &Stage) -> Result<String, Failure> {
    let token = staff::first_invitation(stage.context()).await?;
    Ok(match token {
        Some(token) => staff::link(&stage.server_url(), &token),
        None => format!("{}/console", stage.server_url()),
    })
}

fn as_json(stage: &Stage, brand: &Brand, console: &str) -> String {
    let guides: Vec<_> = brand
        .guides
        .iter()
        .map(|g| json!({ "name": g.name, "store": g.store, "scene": g.scene, "ticket": g.ticket, "person": g.person }))
        .collect();
    let people: Vec<_> = brand
        .people
        .iter()
        .map(|p| json!({ "id": p.id, "name": p.name, "openid": p.openid }))
        .collect();
    json!({
        "console": console,
        "workbench": format!("{}/workbench", stage.server_url()),
        "sandbox": stage.sandbox_url(),
        "server": stage.server_url(),
        "appid": stage.appid(),
        "guides": guides,
        "people": people,
    })
    .to_string()
}

fn for_people(stage: &Stage, brand: &Brand, console: &str) -> String {
    let phones = brand.phones_url(&stage.sandbox_url());
    let folder = stage.folder().display();
    format!(
        "
导购 Daogou · 示例品牌 禾豆星（示例数据）

  打开  {phones}
        两部手机：王女士（顾客）和 林小满（导购），都在模拟的微信里
  总部  {console}
        先设置登录名和密码，再看会员池、门店、导购和会话
  导购  {server}/workbench
        点“用微信登录”，选一位导购，就在她的工作台里

先试试
  1. 王女士的手机：扫一扫 → 林小满的导购码 → 收到欢迎语；林小满的手机出现“新朋友”
  2. 王女士问“防水吗”，再发一张图；林小满直接回复。再打开李先生的手机留言，
     林小满不写编号直接回复时，会先问“发给谁”，不会发错人
  3. 打开工作台，选林小满：同一个会话也在那里，还能看到微信还允许发几条；在顾客资料里记下到店
  4. 在总部的“离职与移交”里让林小满离职，把顾客交给吴桐，再撤销
  之后会有：发券与到店核销 · 三天后的旅程 · 群发 · 增长模型

  服务 {server} · 数据在 {folder}，停止后删除
  按 Ctrl-C 停止
",
        server = stage.server_url(),
    )
}
