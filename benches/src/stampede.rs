//! The opening of an activity: tens of thousands of new people scan, follow, are bound and welcomed at once, on two
//! cores. Afterwards the store and what every phone got are checked, person by person.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::api::Api;
use crate::bare::Before;
use crate::cores;
use crate::fault::Done;
use crate::load::{Load, Outcome};
use crate::options::{Options, Store};
use crate::report::Report;
use crate::stage::{self, Guide, Site, Stage};
use crate::stats::{Sample, figure, number};
use crate::table::Table;
use crate::wire::{self, Sender};

const GUIDES: usize = 100;
/// What the welcome says of a guide.
const WELCOME: &str = "您的专属导购";
const MEMORY_MB: f64 = 200.0;
const RATE: f64 = 3_000.0;

/// What one stampede came to.
struct Run {
    store: Store,
    answered: f64,
    done: f64,
    cpu_micros: f64,
    answer_times: Sample,
    passive: usize,
    memory: f64,
    /// How many people's rows a second could be written without us; SQLite only.
    rows_alone: Option<f64>,
    wrong: Vec<String>,
}

/// Runs it on every store that is wanted and there.
pub async fn run(options: &Options, report: &mut Report) -> Done<()> {
    cores::unpin_this_thread()?;
    let mut runs = Vec::new();
    for store in options.stores() {
        if !store.is_there() {
            report.not_run(
                &format!("the stampede on {}", store.name()),
                "tests/servers.sh did not start it",
            );
            continue;
        }
        eprintln!("stampede on {}: {} people …", store.name(), options.people);
        runs.push(stampede(options, store).await?);
    }
    report.show(table(options, &runs));
    targets(&runs, report);
    Ok(())
}

async fn stampede(options: &Options, store: Store) -> Done<Run> {
    let sender = Sender::new(options.seed)?;
    let site = Site::new(
        options,
        stage::folder()?,
        Api::counter(cores::ALL)?,
        store.fresh().await?,
    )?;
    let stage = site.open(None, &sender, GUIDES, 0).await?;
    let mut whose = HashMap::with_capacity(options.people);
    let mut pushes = Vec::with_capacity(options.people);
    for n in 0..options.people {
        let openid = wire::openid(options.seed, u64::try_from(n)? + 1_000_000);
        let at = usize::try_from(sender.chance().below(u64::try_from(GUIDES)?))?;
        let guide = stage.guides.get(at).ok_or("no such guide")?;
        pushes.push(vec![sender.follow(&openid, &guide.scene, &guide.ticket)?]);
        whose.insert(openid, at);
    }
    let copy = match store {
        Store::Sqlite => Some(Before::copy(&stage.site.file()).await?),
        _ => None,
    };
    let before = stage.server.cpu()?;
    let begun = Instant::now();
    let outcome = Load::deal(pushes)
        .closed(stage.server.address, None)
        .await?;
    stage.look.settled_within(Duration::from_secs(300)).await?;
    let lasted = begun.elapsed().as_secs_f64();
    let cpu = stage.server.cpu()? - before;
    let wrong = check(&stage, &whose, &outcome).await?;
    let memory = stage.server.memory_peak()?;
    let rows_alone = match copy {
        Some(copy) => {
            let file = stage.site.file();
            Some(copy.write_again(&file, options.people).await?.rate)
        }
        None => None,
    };
    Ok(Run {
        store,
        answered: outcome.rate(),
        done: number(options.people) / lasted,
        cpu_micros: cpu / number(options.people) * 1e6,
        passive: outcome.passive.len(),
        answer_times: Sample::of(outcome.answer_times),
        memory,
        rows_alone,
        wrong,
    })
}

/// Everything that is not as it must be.
async fn check(
    stage: &Stage,
    whose: &HashMap<String, usize>,
    outcome: &Outcome,
) -> Done<Vec<String>> {
    let people = i64::try_from(whose.len())?;
    let mut wrong = Vec::new();
    if outcome.refused > 0 {
        wrong.push(format!("{} pushes refused", outcome.refused));
    }
    let welcomed = "SELECT count(*) FROM outbound WHERE purpose = 'welcome'";
    for (what, query) in [
        ("members", "SELECT count(*) FROM member".to_owned()),
        ("identities", "SELECT count(*) FROM identity".to_owned()),
        ("bindings", "SELECT count(*) FROM binding".to_owned()),
        (
            "binding events",
            "SELECT count(*) FROM binding_event".to_owned(),
        ),
        ("welcomes", welcomed.to_owned()),
        ("welcomes sent", format!("{welcomed} AND state = 'sent'")),
    ] {
        let found = stage.look.count(&query).await?;
        if found != people {
            wrong.push(format!("{found} {what}"));
        }
    }
    let bound: HashMap<String, String> = stage.look.bound().await?.into_iter().collect();
    let to_another = whose
        .iter()
        .filter(|(openid, at)| bound.get(*openid) != stage.guides.get(**at).map(|g| &g.openid))
        .count();
    if to_another > 0 {
        wrong.push(format!(
            "{to_another} not bound to the guide whose code they scanned"
        ));
    }
    wrong.extend(check_phones(stage, whose, outcome)?);
    Ok(wrong)
}

/// Whether each got the welcome of her own guide, once.
fn check_phones(
    stage: &Stage,
    whose: &HashMap<String, usize>,
    outcome: &Outcome,
) -> Done<Vec<String>> {
    let mut right: HashMap<String, u32> = HashMap::with_capacity(whose.len());
    let mut wrong = Vec::new();
    let door = wire::door()?;
    let mut got = |openid: &str, text: &str| {
        if !text.contains(WELCOME) {
            return;
        }
        let named = |guide: &Guide| text.contains(&format!("{}，", guide.name));
        if whose
            .get(openid)
            .and_then(|at| stage.guides.get(*at))
            .is_some_and(named)
        {
            *right.entry(openid.to_owned()).or_default() += 1;
        } else {
            wrong.push("a welcome of somebody else's guide".to_owned());
        }
    };
    for (_, answer) in &outcome.passive {
        let text = wire::open(&door, answer)?;
        got(wire::receiver(&text)?, &text);
    }
    for call in stage.site.api.arrivals() {
        got(call.to(), &call.body);
    }
    let twice = right.values().filter(|count| **count > 1).count();
    let never = whose.len() - right.len();
    if never > 0 {
        wrong.push(format!("{never} without a welcome on the phone"));
    }
    if twice > 0 {
        wrong.push(format!("{twice} welcomed twice"));
    }
    Ok(wrong)
}

fn table(options: &Options, runs: &[Run]) -> Table {
    let head = [
        "store",
        "answered/s",
        "done/s",
        "answered in p50 ms",
        "p99 ms",
        "welcomed passively",
        "CPU µs a push",
        "peak memory MB",
        "rows alone/s",
        "wrong",
    ];
    let title = format!(
        "Stampede: {} new people scan, follow, are bound and welcomed ({GUIDES} guides, two cores)",
        figure(number(options.people))
    );
    let mut table = Table::new(title, &head);
    for run in runs {
        table.row([
            run.store.name().into(),
            figure(run.answered),
            figure(run.done),
            figure(run.answer_times.percentile(0.5) * 1e3),
            figure(run.answer_times.percentile(0.99) * 1e3),
            figure(number(run.passive)),
            figure(run.cpu_micros),
            figure(run.memory),
            run.rows_alone.map(figure).unwrap_or_default(),
            if run.wrong.is_empty() {
                "nothing".into()
            } else {
                run.wrong.join(", ")
            },
        ]);
    }
    table.note("64 connections, closed loop; server, load, database server and platform's side share two cores. done/s: until everything that the pushes caused is sent. CPU and memory are the server's own, without the database server.");
    table.note("Checked afterwards: as many members, identities, bindings, binding events and welcomes as people; each bound to the guide whose code she scanned; on each phone that guide's welcome, once.");
    table.note("rows alone/s: the rows that these people left, written once more into a copy of the store from before, by the server's driver, 64 people a commit, durably; nothing asked, changed or answered.");
    table.note("The database servers flush what they commit (PostgreSQL fsync=on, MariaDB innodb_flush_log_at_trx_commit=1).");
    table
}

fn targets(runs: &[Run], report: &mut Report) {
    let sqlite = runs.iter().find(|run| run.store == Store::Sqlite);
    for run in runs {
        let on = run.store.name();
        match (run.store, sqlite) {
            (Store::Sqlite, _) => {
                report.at_least("stampede on SQLite, sustained", RATE, run.done, "/s")
            }
            (Store::Postgres, Some(sqlite)) => {
                report.at_least(
                    "stampede on PostgreSQL against SQLite",
                    1.0,
                    run.done / sqlite.done,
                    " ×",
                );
            }
            _ => {}
        }
        report.at_most(
            &format!("stampede on {on}: peak memory of the server"),
            MEMORY_MB,
            run.memory,
            " MB",
        );
        let found = if run.wrong.is_empty() {
            "nothing wrong".into()
        } else {
            run.wrong.join(", ")
        };
        report.holds(
            &format!("stampede on {on}: every one exactly once"),
            found,
            run.wrong.is_empty(),
        );
    }
}
