//! A real Redis Cluster of three nodes, each with a third of the slots and no replica; and what the session layer
//! promises on it.

use std::time::{Duration, Instant};

use daogou_session::{MISSED, Session, SessionError};
use redis::FromRedisValue;

use crate::servers::{RedisServer, free_port, not_run, wait_for};
use crate::{next, route, within_ten_seconds};

/// The slots of each node.
const SLOTS: [(&str, &str); 3] = [("0", "5460"), ("5461", "10922"), ("10923", "16383")];
/// How many people a test keeps something for: with so many every node has some.
const PEOPLE: usize = 60;

pub(crate) struct Cluster {
    pub(crate) nodes: Vec<RedisServer>,
}

impl Cluster {
    /// Starts the nodes with `options` and waits until they agree. None when there is no `redis-server` program.
    pub(crate) async fn start(options: &[&str]) -> Option<Self> {
        let mut nodes = Vec::new();
        let mut logs = Vec::new();
        let mut buses = Vec::new();
        for _ in SLOTS {
            let bus = free_port().to_string();
            let mut all = vec!["--cluster-enabled", "yes", "--cluster-port", &bus];
            all.extend(["--cluster-node-timeout", "1500"]);
            all.extend(options);
            let url = |port| format!("redis+cluster://127.0.0.1:{port}");
            let (node, log) = RedisServer::launch_with_log(&all, url)?;
            nodes.push(node);
            logs.push(log);
            buses.push(bus);
        }
        for (n, (node, (from, to))) in nodes.iter().zip(SLOTS).enumerate() {
            let epoch = (n + 1).to_string();
            let _: String = node.ask(&["CLUSTER", "SET-CONFIG-EPOCH", &epoch]).await;
            let _: String = node.ask(&["CLUSTER", "ADDSLOTSRANGE", from, to]).await;
        }
        let cluster = Self { nodes };
        for (node, bus) in cluster.nodes.iter().zip(&buses).skip(1) {
            let port = node.port().to_string();
            let _: String = cluster
                .first()
                .ask(&["CLUSTER", "MEET", "127.0.0.1", &port, bus])
                .await;
        }
        for log in &logs {
            assert!(wait_for(log, "Cluster state changed: ok"), "no cluster");
        }
        Some(cluster)
    }

    fn first(&self) -> &RedisServer {
        self.nodes.first().unwrap()
    }

    /// The address that names every node.
    pub(crate) fn url(&self) -> String {
        let hosts: Vec<String> = self
            .nodes
            .iter()
            .map(|node| format!("127.0.0.1:{}", node.port()))
            .collect();
        format!("redis+cluster://{}", hosts.join(","))
    }

    /// Asks every living node.
    async fn ask_all<T: FromRedisValue>(&self, words: &[&str]) -> Vec<T> {
        let mut answers = Vec::new();
        for node in &self.nodes {
            answers.push(node.ask(words).await);
        }
        answers
    }

    /// Which node keeps a person's route.
    async fn node_of(&self, person: &str) -> usize {
        let key = format!("daogou:{{1:{person}}}:route");
        let slot: usize = self.first().ask(&["CLUSTER", "KEYSLOT", &key]).await;
        SLOTS
            .iter()
            .position(|(_, to)| slot <= to.parse().unwrap())
            .unwrap()
    }

    /// Somebody whose route lies on each node.
    async fn somebody_on_each(&self) -> Vec<String> {
        let mut found: Vec<Option<String>> = vec![None; SLOTS.len()];
        for n in 0..PEOPLE {
            let person = format!("o{n}");
            let node = self.node_of(&person).await;
            found.get_mut(node).unwrap().get_or_insert(person);
        }
        found.into_iter().map(Option::unwrap).collect()
    }
}

#[tokio::test]
async fn keys_lie_on_every_node_of_a_cluster_and_are_found_again() {
    let Some(cluster) = Cluster::start(&[]).await else {
        return not_run("keys on a Redis Cluster");
    };
    let session = Session::connect(&cluster.url()).await.unwrap();
    // Who knows one node only is told where the others are.
    let knows_one = Session::connect(&cluster.first().url()).await.unwrap();
    for n in 0..PEOPLE {
        let person = format!("o{n}");
        session.put(&route(&person), &person).await.unwrap();
        let found = knows_one.get(&route(&person)).await.unwrap();
        assert_eq!(found.as_deref(), Some(&*person));
    }
    let kept: Vec<usize> = cluster.ask_all(&["DBSIZE"]).await;
    assert!(kept.iter().all(|n| *n > 0), "{kept:?}");
    assert_eq!(kept.iter().sum::<usize>(), PEOPLE);
}

#[tokio::test]
async fn a_notice_reaches_listeners_on_every_node_of_a_cluster() {
    let Some(cluster) = Cluster::start(&[]).await else {
        return not_run("notices on a Redis Cluster");
    };
    let mut sessions = Vec::new();
    let mut listeners = Vec::new();
    for node in &cluster.nodes {
        let session = Session::connect(&node.url()).await.unwrap();
        listeners.push(session.subscribe("guide:7").await.unwrap());
        sessions.push(session);
    }
    let listening: Vec<Vec<(String, usize)>> = cluster
        .ask_all(&["PUBSUB", "NUMSUB", "daogou:guide:7"])
        .await;
    assert!(
        listening.iter().flatten().all(|(_, here)| *here == 1),
        "one on each node: {listening:?}"
    );
    for (n, session) in sessions.iter().enumerate() {
        let text = format!("from {n}");
        session.publish("guide:7", &text).await.unwrap();
        for listener in &mut listeners {
            assert_eq!(next(listener).await, text);
        }
    }
}

/// As a cluster is set up usually, it refuses everything while a part of its slots is nowhere.
#[tokio::test]
async fn while_a_node_is_away_a_cluster_is_named_as_away_and_heals_when_it_is_back() {
    let Some(mut cluster) = Cluster::start(&[]).await else {
        return not_run("a dead node of a Redis Cluster");
    };
    let session = Session::connect(&cluster.url()).await.unwrap();
    let people = cluster.somebody_on_each().await;
    let mut listener = session.subscribe("guide:7").await.unwrap();
    cluster.nodes.first_mut().unwrap().stop();
    within_ten_seconds("the cluster refuses", async || {
        session.get(&route(people.last().unwrap())).await.is_err()
    })
    .await;
    for person in &people {
        let begun = Instant::now();
        let error = session.put(&route(person), "1").await.unwrap_err();
        assert!(matches!(error, SessionError::Away { .. }), "{error:?}");
        assert!(begun.elapsed() < Duration::from_secs(2), "{error}");
    }
    cluster.nodes.first_mut().unwrap().start_again();
    for person in &people {
        within_ten_seconds("the session heals", async || {
            session.put(&route(person), "2").await.is_ok()
        })
        .await;
        let found = session.get(&route(person)).await.unwrap();
        assert_eq!(found.as_deref(), Some("2"));
    }
    within_ten_seconds("the session is ready", async || {
        session.ping().await.is_ok()
    })
    .await;
    // Whether or not it listened on that node.
    session.publish("guide:7", "again").await.unwrap();
    let mut heard = next(&mut listener).await;
    while heard == MISSED {
        session.publish("guide:7", "again").await.unwrap();
        heard = next(&mut listener).await;
    }
    assert_eq!(heard, "again");
}

#[tokio::test]
async fn a_dead_node_costs_only_what_lies_on_it_where_the_cluster_allows_that() {
    let Some(mut cluster) = Cluster::start(&["--cluster-require-full-coverage", "no"]).await else {
        return not_run("a part of a Redis Cluster");
    };
    let session = Session::connect(&cluster.url()).await.unwrap();
    let people = cluster.somebody_on_each().await;
    let (gone, living) = people.split_first().unwrap();
    cluster.nodes.first_mut().unwrap().stop();
    let mut refusing = Duration::ZERO;
    for round in 0..20 {
        let begun = Instant::now();
        let error = session.get(&route(gone)).await.unwrap_err();
        assert!(matches!(error, SessionError::Away { .. }), "{error:?}");
        refusing += begun.elapsed();
        for person in living {
            let text = round.to_string();
            within_ten_seconds("the living nodes are used", async || {
                session.put(&route(person), &text).await.is_ok()
            })
            .await;
        }
    }
    assert!(
        refusing < 20 * Duration::from_millis(500),
        "20 callers were kept {refusing:?}"
    );
    // A notice reaches whoever listens on the living nodes.
    let mut listener = session.subscribe("guide:7").await.unwrap();
    within_ten_seconds("notices go through the living nodes", async || {
        session.publish("guide:7", "still heard").await.is_ok()
    })
    .await;
    assert_eq!(next(&mut listener).await, "still heard");
}
