//! Lanes: the pushes of one person go out one after the other, those of different people side by side.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::Push;
use super::deliver::{Delivery, deliver};
use super::prepare::{Prepared, prepare};
use crate::Inner;
use crate::world::World;

/// How long the reorder quirk waits for a second push to let it overtake the first.
const OVERTAKE_WAIT: Duration = Duration::from_millis(200);
/// How long after a call was answered its result is pushed.
const RESULT_WAIT: Duration = Duration::from_millis(50);

/// A push that waits for its turn.
pub(super) struct Job {
    pub(super) prepared: Arc<Prepared>,
    /// The same bytes were delivered before.
    pub(super) again: bool,
    pub(super) done: oneshot::Sender<Delivery>,
}

/// The queues by account and sender; a lane exists while it is worked on.
#[derive(Default)]
pub(crate) struct Lanes(HashMap<Key, VecDeque<Job>>);

type Key = (String, String);

/// Lays the push out now and sends it when its turn has come. The receiver gets what became of it.
pub(crate) fn enqueue(
    inner: &Arc<Inner>,
    world: &mut World,
    push: &Push,
) -> oneshot::Receiver<Delivery> {
    let (done, outcome) = oneshot::channel();
    if let Some(prepared) = prepare(world, push) {
        let prepared = Arc::new(prepared);
        if let (Some(person), Some(account)) = (push.person, world.accounts.get_mut(&push.appid)) {
            account.relation(person).last_push = Some(prepared.clone());
        }
        join(
            inner,
            world,
            Job {
                prepared,
                again: false,
                done,
            },
        );
    } else {
        let _nobody = done.send(Delivery::none());
    }
    outcome
}

/// The same a moment later: results of calls come after the calls' answers.
pub(crate) fn enqueue_soon(inner: &Arc<Inner>, pushes: Vec<Push>) {
    if pushes.is_empty() {
        return;
    }
    let later = inner.clone();
    inner.tasks.spawn(async move {
        tokio::time::sleep(RESULT_WAIT).await;
        let mut world = later.world();
        for push in &pushes {
            enqueue(&later, &mut world, push);
        }
    });
}

/// Delivers bytes that were delivered before once more.
pub(crate) fn repeat(
    inner: &Arc<Inner>,
    world: &mut World,
    prepared: Arc<Prepared>,
) -> oneshot::Receiver<Delivery> {
    let (done, outcome) = oneshot::channel();
    join(
        inner,
        world,
        Job {
            prepared,
            again: true,
            done,
        },
    );
    outcome
}

fn join(inner: &Arc<Inner>, world: &mut World, job: Job) {
    let key = (
        job.prepared.settings.appid.clone(),
        job.prepared.openid.clone(),
    );
    if let Some(lane) = world.lanes.0.get_mut(&key) {
        lane.push_back(job);
    } else {
        world.lanes.0.insert(key.clone(), VecDeque::from([job]));
        inner.tasks.spawn(work(inner.clone(), key));
    }
}

async fn work(inner: Arc<Inner>, key: Key) {
    while let Some(job) = next(&inner, &key) {
        let reorder = inner.world().quirks.reorder;
        if reorder {
            tokio::time::sleep(OVERTAKE_WAIT).await;
            let overtaking = inner
                .world()
                .lanes
                .0
                .get_mut(&key)
                .and_then(VecDeque::pop_front);
            if let Some(overtaking) = overtaking {
                deliver(&inner, overtaking).await;
            }
        }
        deliver(&inner, job).await;
    }
}

/// The next push of the lane; an empty lane is closed.
fn next(inner: &Inner, key: &Key) -> Option<Job> {
    let mut world = inner.world();
    let job = world.lanes.0.get_mut(key).and_then(VecDeque::pop_front);
    if job.is_none() {
        world.lanes.0.remove(key);
    }
    job
}
