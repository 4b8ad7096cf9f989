//! An installation under test: the platform's side, the server with its store, guides with their codes, and members.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::api::Api;
use crate::cores;
use crate::fault::Done;
use crate::load::{Load, Outcome};
use crate::options::Options;
use crate::process::{Launch, Process};
use crate::queries::Look;
use crate::wire::{self, Sender};

/// Encrypts the secrets of a store that lives for minutes.
const SECRET_KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const FILE: &str = "daogou.db";
const STORE: &str = "杭州城北店";
/// How often what prepares an installation is pushed when a busy machine makes the server give up.
const TRIES: u32 = 10;
/// How many commands are run at once while the guides are added.
const HANDS: usize = 4;

/// A guide, linked and on duty.
pub struct Guide {
    /// The name consumers see.
    pub name: String,
    /// The guide's own WeChat.
    pub openid: String,
    /// What consumers scan.
    pub scene: String,
    /// The ticket of that code.
    pub ticket: String,
    /// The guide's members; `#1` is the first.
    pub members: Vec<String>,
}

/// A place for an installation before its server runs.
pub struct Site {
    /// Where everything of it is.
    pub folder: TempDir,
    program: OsString,
    database_url: String,
    /// The platform's side.
    pub api: Api,
}

/// An installation whose server runs.
pub struct Stage {
    /// Where it is.
    pub site: Site,
    /// The server.
    pub server: Process,
    /// The guides.
    pub guides: Vec<Guide>,
    /// The store.
    pub look: Look,
}

/// A folder on the disk that is measured: beside this program, not where the system keeps what is temporary, which may
/// be memory.
pub fn folder() -> Done<TempDir> {
    let program = std::env::current_exe()?;
    let beside = program.parent().ok_or("this program has no folder")?;
    Ok(tempfile::Builder::new()
        .prefix("bench.")
        .tempdir_in(beside)?)
}

/// The program under test.
pub fn program(options: &Options) -> Done<OsString> {
    let program = match &options.daogou {
        Some(program) => program.clone(),
        None => std::env::current_exe()?.with_file_name("daogou"),
    };
    if program.is_file() {
        Ok(std::path::absolute(program)?.into_os_string())
    } else {
        Err(format!("{} is not there; `make bench` builds it", program.display()).into())
    }
}

impl Site {
    /// A site with a store at `database_url`, or on an SQLite file when none is given.
    pub fn new(
        options: &Options,
        folder: TempDir,
        api: Api,
        database_url: Option<String>,
    ) -> Done<Self> {
        let file = || format!("sqlite://{}?mode=rwc", folder.path().join(FILE).display());
        Ok(Self {
            program: program(options)?,
            database_url: database_url.unwrap_or_else(file),
            folder,
            api,
        })
    }

    /// The file of an SQLite store.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join(FILE)
    }

    /// Looks into the store.
    pub async fn look(&self) -> Done<Look> {
        Look::open(&self.database_url).await
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        let api = format!("http://{}", self.api.address());
        vec![
            ("DAOGOU_LISTEN", "127.0.0.1:{port}".into()),
            ("DATABASE_URL", self.database_url.clone()),
            ("DAOGOU_SECRET_KEY", SECRET_KEY.into()),
            (
                "DAOGOU_MEDIA_DIR",
                self.folder.path().join("media").display().to_string(),
            ),
            ("WECHAT_API_BASE", api.clone()),
            ("WECHAT_MP_BASE", api.clone()),
            ("WECHAT_OPEN_BASE", api),
            ("WECHAT_APPID", wire::APPID.into()),
            ("WECHAT_APP_SECRET", wire::APP_SECRET.into()),
            ("WECHAT_TOKEN", wire::TOKEN.into()),
            ("WECHAT_ENCODING_AES_KEY", wire::AES_KEY.into()),
            ("WECHAT_MODE", "secure".into()),
            ("WECHAT_ORIGINAL_ID", wire::ORIGINAL_ID.into()),
            ("WECHAT_KIND", "service".into()),
        ]
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        let environment = self
            .environment()
            .into_iter()
            .filter(|(key, _)| *key != "DAOGOU_LISTEN");
        command
            .args(arguments)
            .env_clear()
            .envs(environment)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Adds `count` guides as an operator would, by the command line, and answers their codes.
    fn add_guides(&self, count: usize) -> Done<Vec<Value>> {
        json_of(self.command(&["store", "add", STORE, "--json"]).output()?)?;
        let mut codes = Vec::with_capacity(count);
        let names: Vec<String> = (0..count).map(guide_name).collect();
        for names in names.chunks(HANDS) {
            let started: Vec<_> = names
                .iter()
                .map(|name| {
                    self.command(&["guide", "add", name, "--store", STORE, "--json"])
                        .spawn()
                })
                .collect::<Result<_, _>>()?;
            for child in started {
                codes.push(json_of(child.wait_with_output()?)?);
            }
        }
        Ok(codes)
    }

    /// Where each of so many guides signs in to the workbench once, beside a running server.
    pub fn sign_in_links(&self, count: usize) -> Done<Vec<String>> {
        let names: Vec<String> = (0..count).map(guide_name).collect();
        let mut links = Vec::with_capacity(count);
        for names in names.chunks(HANDS) {
            let started: Vec<_> = names
                .iter()
                .map(|name| self.command(&["guide", "sign-in", name, "--json"]).spawn())
                .collect::<Result<_, _>>()?;
            for child in started {
                let made = json_of(child.wait_with_output()?)?;
                let link = made.get("link").and_then(Value::as_str);
                let (_, path) = link
                    .and_then(|link| link.split_once("/workbench/"))
                    .ok_or("no link")?;
                links.push(format!("/workbench/{path}"));
            }
        }
        Ok(links)
    }

    /// Starts the server on these cores; all when none is named.
    pub async fn serve(&self, core: Option<&str>) -> Done<Process> {
        let launch = Launch {
            program: &self.program,
            arguments: &["serve"],
            environment: &self.environment(),
            core,
            folder: self.folder.path(),
            name: "daogou",
            ready: "/readyz",
        };
        launch.start().await
    }

    /// The installation with `guides` linked guides, each with `members` bound members.
    pub async fn open(
        self,
        core: Option<&str>,
        sender: &Sender,
        guides: usize,
        members: usize,
    ) -> Done<Stage> {
        let codes = self.add_guides(guides)?;
        let server = self.serve(core).await?;
        let look = self.look().await?;
        let mut people = self
            .api
            .followers(0, guides * (members + 1))
            .await?
            .into_iter();
        let mut cast = Vec::with_capacity(guides);
        let mut links = Vec::with_capacity(guides);
        for (at, code) in codes.iter().enumerate() {
            let text = |name: &str| code.get(name).and_then(Value::as_str).unwrap_or_default();
            let openid = people.next().ok_or("not enough people")?;
            links.push(vec![sender.follow(
                &openid,
                text("link_scene"),
                text("link_ticket"),
            )?]);
            cast.push(Guide {
                name: guide_name(at),
                openid,
                scene: text("scene").into(),
                ticket: text("ticket").into(),
                members: people.by_ref().take(members).collect(),
            });
        }
        let stage = Stage {
            site: self,
            server,
            guides: cast,
            look,
        };
        stage.all_once(Load::deal(links)).await?;
        let mut follows = Vec::with_capacity(guides);
        for guide in &stage.guides {
            // One connection for each guide: the first to follow becomes #1.
            let follow = |member: &String| sender.follow(member, &guide.scene, &guide.ticket);
            follows.push(guide.members.iter().map(follow).collect::<Done<Vec<_>>>()?);
        }
        stage.all_once(Load::deal(follows)).await?;
        if members > 0 {
            // An own word opens the guide's window and brings what was held meanwhile.
            let greet = |guide: &Guide| Ok(vec![sender.text(&guide.openid, "#1 您好", None)?]);
            stage
                .all_once(Load::deal(
                    stage.guides.iter().map(greet).collect::<Done<Vec<_>>>()?,
                ))
                .await?;
        }
        let bound = stage.look.count("SELECT count(*) FROM binding").await?;
        if usize::try_from(bound)? != guides * members {
            return Err(
                format!("{bound} members are bound instead of {}", guides * members).into(),
            );
        }
        Ok(stage)
    }
}

impl Stage {
    /// Pushes everything once and waits until all of it took effect.
    pub async fn all_once(&self, load: Load) -> Done<Outcome> {
        let load = Load {
            tries: TRIES,
            ..load
        };
        let outcome = load.closed(self.server.address, None).await?;
        if outcome.refused > 0 {
            return Err(format!("{} pushes were refused", outcome.refused).into());
        }
        self.look.settled().await?;
        self.site.api.arrivals();
        Ok(outcome)
    }
}

fn guide_name(at: usize) -> String {
    format!("导购{}", at + 1)
}

fn json_of(output: std::process::Output) -> Done<Value> {
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!("daogou: {}", why.trim()).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The core of a server that has one core to itself and the load.
pub const ONE_CORE: Option<&str> = Some(cores::SERVER);
