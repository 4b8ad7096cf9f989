//! Many guides have their workbench open: how long a line takes from the push to the guide's page, and what an open page
//! costs the server.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::api::Api;
use crate::cores;
use crate::fault::Done;
use crate::http::Connection;
use crate::load::Load;
use crate::options::Options;
use crate::report::Report;
use crate::stage::{self, Site, Stage};
use crate::stats::{self, Sample, figure};
use crate::table::Table;
use crate::wire::{self, Sender};

/// How many guides have a page open, and how many members each has.
const GUIDES: usize = 200;
const MEMBERS: usize = 3;
/// Lines a second: a busy evening of a large brand.
const RATE: f64 = 100.0;
/// A round lasts so many times a usual one: the 95th percentile needs more lines.
const LONGER: f64 = 3.0;
/// What is still on its way after the last push.
const GRACE: Duration = Duration::from_secs(3);
const P95_MS: f64 = 300.0;

/// When a line was first seen on a page.
type Seen = Rc<RefCell<HashMap<u32, Instant>>>;

/// Measures it.
pub async fn run(options: &Options, report: &mut Report) -> Done<()> {
    cores::unpin_this_thread()?;
    let sender = Sender::new(options.seed)?;
    let site = Site::new(options, stage::folder()?, Api::counter(cores::ALL)?, None)?;
    let stage = site.open(None, &sender, GUIDES, MEMBERS).await?;
    let cookies = sign_in(&stage).await?;
    let before = stage.server.memory()?;
    let mut pages = Vec::new();
    for cookie in cookies {
        pages.push(Open::page(stage.server.address, cookie).await?);
    }
    let opened = stage.server.memory()?;
    let seen = Seen::default();
    let listening = try_join_all(pages.iter_mut().map(|page| page.listen(&seen)));
    let pushing = push(options, &sender, &stage);
    let rounds = tokio::select! {
        rounds = pushing => rounds?,
        ended = listening => return Err(format!("an open page was left alone: {:?}", ended.err()).into()),
    };
    let seen = seen.borrow();
    let mut lost = 0_u64;
    let mut samples = Vec::new();
    for pushed in &rounds {
        let taken = pushed.iter().filter_map(|(line, at)| {
            let seen = seen.get(line)?;
            Some((*seen - *at).as_secs_f64() * 1e3)
        });
        let taken: Vec<_> = taken.collect();
        lost += u64::try_from(pushed.len() - taken.len())?;
        samples.push(Sample::of(taken));
    }
    let over = |share: f64| {
        let each = samples.iter().map(|round| round.percentile(share));
        Sample::of(each.collect())
    };
    let mut table = Table::new(
        format!("{GUIDES} workbenches open on two cores, {RATE} lines/s, SQLite"),
        &["", "p50 ms", "p95 ms", "p95 spread", "most ms"],
    );
    table.row([
        "from the push until the guide's page has fetched the line".into(),
        figure(over(0.5).median()),
        figure(over(0.95).median()),
        over(0.95).spread(),
        figure(over(1.0).percentile(1.0)),
    ]);
    let each_kb = (opened - before) * 1024.0 / stats::number(GUIDES);
    table.note(format!(
        "Memory {} MB before, {} MB with the pages open: {} kB a page. Each page hears of a change and fetches its list anew; the load is on the same two cores.",
        figure(before), figure(opened), figure(each_kb)
    ));
    report.show(table);
    report.at_most(
        "p95 from the push to the guide's open page",
        P95_MS,
        over(0.95).median(),
        " ms",
    );
    report.holds(
        "every line came to an open page",
        format!("{lost} did not"),
        lost == 0,
    );
    Ok(())
}

/// Every guide signs in by a link, and has a cookie.
async fn sign_in(stage: &Stage) -> Done<Vec<String>> {
    let links = stage.site.sign_in_links(GUIDES)?;
    let mut connection = Connection::open(stage.server.address).await?;
    let mut cookies = Vec::new();
    for link in links {
        let request =
            format!("POST {link} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
        let answer = connection.exchange(request.as_bytes()).await?;
        let head = String::from_utf8_lossy(answer.head).to_ascii_lowercase();
        let (_, cookie) = head
            .split_once("set-cookie: daogou_workbench=")
            .ok_or("a guide is not signed in")?;
        let value = cookie.split(';').next().unwrap_or_default();
        cookies.push(format!("daogou_workbench={value}"));
    }
    Ok(cookies)
}

/// Pushes lines, round by round, and says when.
async fn push(options: &Options, sender: &Sender, stage: &Stage) -> Done<Vec<Vec<(u32, Instant)>>> {
    let mut next = 0;
    let mut rounds = Vec::new();
    let each = stats::count(RATE * options.seconds * LONGER);
    for _ in 0..options.rounds {
        let mut groups = Vec::new();
        for at in 0..each {
            let guide = stage.guides.get(at % GUIDES).ok_or("no guide")?;
            let member = guide
                .members
                .get(at / GUIDES % MEMBERS)
                .ok_or("no member")?;
            groups.push(vec![sender.text(member, "在吗", Some(next))?]);
            next += 1;
        }
        let outcome = Load::deal(groups).open(stage.server.address, RATE).await?;
        if outcome.refused > 0 {
            return Err(format!("{} pushes were refused", outcome.refused).into());
        }
        // Lines of this round must not come into the next; nobody knows what is still on its way to a page.
        tokio::time::sleep(GRACE).await;
        rounds.push(outcome.pushed);
    }
    Ok(rounds)
}

/// A guide's open page.
struct Open {
    stream: TcpStream,
    fetches: Connection,
    cookie: String,
}

impl Open {
    async fn page(server: SocketAddr, cookie: String) -> Done<Self> {
        let mut stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        let request = format!(
            "GET /workbench/live HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nCookie: {cookie}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut open = Self {
            stream,
            fetches: Connection::open(server).await?,
            cookie,
        };
        // The first event says that it is heard.
        open.hears().await?;
        Ok(open)
    }

    /// Waits until something is told.
    async fn hears(&mut self) -> Done<()> {
        let mut told = Vec::with_capacity(1024);
        loop {
            if self.stream.read_buf(&mut told).await? == 0 {
                return Err("the server says no more".into());
            }
            if told.windows(6).any(|piece| piece == b"event:") {
                return Ok(());
            }
        }
    }

    /// Fetches the list whenever something is told, as the page's script does.
    async fn listen(&mut self, seen: &Seen) -> Done<()> {
        let request = format!(
            "GET /workbench/chats HTTP/1.1\r\nHost: localhost\r\nx-part: 1\r\nCookie: {}\r\n\r\n",
            self.cookie
        );
        loop {
            self.hears().await?;
            let answer = self.fetches.exchange(request.as_bytes()).await?;
            if answer.status() != 200 {
                return Err(format!("the list answers {}", answer.status()).into());
            }
            let text = String::from_utf8_lossy(answer.body);
            let now = Instant::now();
            let mut seen = seen.borrow_mut();
            for line in wire::lines_in(&text) {
                seen.entry(line).or_insert(now);
            }
        }
    }
}
