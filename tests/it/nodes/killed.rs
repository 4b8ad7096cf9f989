//! Traffic to several real processes of which one after another is killed: at the end every accepted line has arrived
//! once, in order, or is listed as unknown.

mod account;

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use daogou_ground::Chance;
use daogou_schema::{InboundId, inbound};
use futures_util::future::join_all;
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, PaginatorTrait, QueryFilter};
use sea_orm::{QueryOrder, QuerySelect};
use serde_json::json;

use crate::kit::{APPID, Balancer, Guide, Phone, Process, Session, Store, TestApp, within};
use account::Spoken;

const GUIDES: usize = 2;
/// Of each guide.
const CUSTOMERS: usize = 4;
const KILLS: usize = 3;
/// How many more lines are accepted before the next kill.
const LINES_BETWEEN: usize = 30;
/// From a kill until everything that the dead process had accepted is handled. 15 s and a sweep of 1 s where the machine
/// has nothing else to do; how exactly that is kept stands in `ended`.
const TAKEN_OVER_WITHIN: Duration = Duration::from_secs(45);

#[tokio::test(flavor = "multi_thread")]
async fn three_processes_on_postgresql_are_killed_in_the_middle_of_traffic() {
    Box::pin(survive(Store::Postgres, [&[], &[], &[]])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_processes_on_mariadb_are_killed_in_the_middle_of_traffic() {
    Box::pin(survive(Store::MariaDb, [&[], &[], &[]])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_of_split_roles_on_postgresql_are_killed_in_the_middle_of_traffic() {
    Box::pin(survive(Store::Postgres, [WEB, WEB, WORK, WORK])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_of_split_roles_on_mariadb_are_killed_in_the_middle_of_traffic() {
    Box::pin(survive(Store::MariaDb, [WEB, WEB, WORK, WORK])).await;
}

const WEB: &[&str] = &["--role", "web"];
const WORK: &[&str] = &["--role", "work"];

/// One real process and how it is started.
struct Node {
    args: &'static [&'static str],
    process: Process,
}

impl Node {
    async fn start(app: &TestApp, args: &'static [&'static str]) -> Self {
        let process = tokio::task::block_in_place(|| Process::serve(app, args));
        process.is_healthy(app).await;
        Self { args, process }
    }
}

/// The people who talk.
struct Cast {
    guides: Vec<Guide>,
    /// With the place of their guide.
    customers: Vec<(usize, Phone)>,
}

async fn survive<const N: usize>(store: Store, roles: [&'static [&'static str]; N]) {
    let Some(mut app) = TestApp::on_running_clock(store, Session::Redis).await else {
        return;
    };
    let cast = Cast::of(&app).await;
    app.at_rest().await;
    app.stop().await;
    let mut nodes = Vec::new();
    for args in roles {
        nodes.push(Node::start(&app, args).await);
    }
    let balancer = Balancer::start(&app.http, Chance::system());
    balance(&balancer, &nodes);
    app.register_at(&format!("{}/wechat/{APPID}", balancer.url))
        .await;

    // So that some calls are under way when their process dies.
    app.control("/sandbox/v1/quirks", json!({ "latency_ms": 40 }))
        .await;

    let spoken = Spoken::default();
    let over = AtomicBool::new(false);
    let kills = Kills::default();
    let killing = async {
        kills
            .one_after_another(&app, &balancer, &mut nodes, &spoken)
            .await;
        over.store(true, Relaxed);
    };
    let ((), (), taken_over) = tokio::join!(
        killing,
        cast.talk(&spoken, &over),
        kills.watched(&app, &over)
    );
    println!("{store:?}: what dead processes had accepted was handled after {taken_over:?}");

    account::everything_comes_to_rest(&app, &cast).await;
    account::balances(&app, &cast, &spoken).await;
    assert_eq!(balancer.unlike(), Vec::<String>::new(), "{store:?}");
}

fn balance(balancer: &Balancer, nodes: &[Node]) {
    let takes_requests = |node: &&Node| node.args != WORK;
    balancer.serve_by(
        nodes
            .iter()
            .filter(takes_requests)
            .map(|node| node.process.url.clone()),
    );
}

/// When a process was killed, and the last push that was stored by then.
#[derive(Default)]
struct Kills(Mutex<Vec<(Instant, InboundId)>>);

impl Kills {
    /// Kills and replaces the nodes in turn.
    async fn one_after_another(
        &self,
        app: &TestApp,
        balancer: &Balancer,
        nodes: &mut [Node],
        spoken: &Spoken,
    ) {
        let db = app.database().await;
        for round in 0..KILLS {
            let goal = spoken.accepted() + LINES_BETWEEN;
            within(Duration::from_secs(60), "traffic", async || {
                (spoken.accepted() >= goal).then_some(())
            })
            .await;
            nodes[round].process.kill();
            let killed = (Instant::now(), newest(&db).await);
            self.all().push(killed);
            // The balancer still believes in it.
            nodes[round] = Node::start(app, nodes[round].args).await;
            balance(balancer, nodes);
        }
    }

    /// How long it took after each kill until everything that was accepted before was handled.
    async fn watched(&self, app: &TestApp, over: &AtomicBool) -> Vec<Duration> {
        let db = app.database().await;
        let mut took = Vec::new();
        let mut looks = tokio::time::interval(Duration::from_millis(50));
        while !over.load(Relaxed) || took.len() < KILLS {
            looks.tick().await;
            let next = self.all().get(took.len()).copied();
            let Some((killed, last)) = next else { continue };
            assert!(
                killed.elapsed() < TAKEN_OVER_WITHIN,
                "what a dead process had accepted is not handled after {:?}",
                killed.elapsed()
            );
            if waiting_until(&db, last).await == 0 {
                took.push(killed.elapsed());
            }
        }
        took
    }

    fn all(&self) -> MutexGuard<'_, Vec<(Instant, InboundId)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn newest(db: &DatabaseConnection) -> InboundId {
    let newest: Option<InboundId> = inbound::Entity::find()
        .select_only()
        .column(inbound::Column::Id)
        .order_by_desc(inbound::Column::Id)
        .into_tuple()
        .one(db)
        .await
        .expect("the pushes can be read");
    newest.expect("a push")
}

/// How many pushes up to `last` are accepted and not handled.
async fn waiting_until(db: &DatabaseConnection, last: InboundId) -> u64 {
    let waiting = inbound::Entity::find()
        .filter(inbound::Column::State.eq(inbound::State::Stored))
        .filter(inbound::Column::Id.lte(last));
    waiting.count(db).await.expect("a count")
}

impl Cast {
    async fn of(app: &TestApp) -> Self {
        app.add_store("杭州城北店");
        let mut cast = Self {
            guides: Vec::new(),
            customers: Vec::new(),
        };
        for at in 0..GUIDES {
            let guide = app.guide(&format!("导购 {at}"), "杭州城北店").await;
            for n in 1..=CUSTOMERS {
                let customer = app.person(&format!("顾客 {at}-{n}")).await;
                customer.scans(&guide.scene).await;
                guide.phone.sees(&format!("#{n}")).await;
                guide.phone.says("列表").await;
                cast.customers.push((at, customer));
            }
            cast.guides.push(guide);
        }
        cast
    }

    /// Everybody talks until it is over: each line is numbered, and the next is said when WeChat has done with the last.
    async fn talk(&self, spoken: &Spoken, over: &AtomicBool) {
        let customers = self.customers.iter().enumerate().map(|(place, (at, who))| {
            let guide = &self.guides[*at].phone;
            async move {
                let mut n = 0;
                while !over.load(Relaxed) {
                    let text = format!("k{place}n{n};");
                    spoken.line(who, &text, &text, guide).await;
                    n += 1;
                }
            }
        });
        let guides = self.guides.iter().enumerate().map(|(at, guide)| {
            let customers = &self.customers[at * CUSTOMERS..(at + 1) * CUSTOMERS];
            async move {
                let mut n = 0;
                while !over.load(Relaxed) {
                    let place = n % CUSTOMERS;
                    let token = format!("g{at}n{n};");
                    let text = format!("#{} {token}", place + 1);
                    spoken
                        .line(&guide.phone, &text, &token, &customers[place].1)
                        .await;
                    n += 1;
                }
            }
        });
        tokio::join!(join_all(customers), join_all(guides));
    }
}

/// Says it, whatever becomes of the push.
async fn say(who: &Phone, text: &str) -> bool {
    let act = json!({ "act": "send", "msgtype": "text", "text": text });
    who.act(act).await["http_status"] == 200
}
