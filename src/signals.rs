//! Wake-ups inside this process. They carry no truth: whoever misses one finds its work in the store a moment later.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use daogou_schema::{Address, GuideId, InboundId};
use tokio::sync::{Notify, broadcast, oneshot};

/// What was decided about a push: its passive answer, or none.
pub type Answered = Option<String>;

/// Shared wake-ups. Cloning shares them.
#[derive(Clone, Default)]
pub struct Signals(Arc<Inner>);

/// So many changes may wait for a page that reads slowly; of more it looks at everything again.
const SHOWN_MAX: usize = 256;

struct Inner {
    answers: Mutex<HashMap<InboundId, Vec<oneshot::Sender<Answered>>>>,
    outbound: Mutex<Vec<Address>>,
    woken: Notify,
    shown: broadcast::Sender<Shown>,
}

impl Default for Inner {
    fn default() -> Self {
        Self {
            answers: Mutex::default(),
            outbound: Mutex::default(),
            woken: Notify::default(),
            shown: broadcast::Sender::new(SHOWN_MAX),
        }
    }
}

/// Something has changed on a guide's pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Whose pages.
    pub guide: GuideId,
    /// It was another process that changed it.
    pub elsewhere: bool,
}

impl Signals {
    /// A receiver that hears when push `id` is decided.
    pub fn on_answer(&self, id: InboundId) -> oneshot::Receiver<Answered> {
        let (send, receive) = oneshot::channel();
        lock(&self.0.answers).entry(id).or_default().push(send);
        receive
    }

    /// Tells everybody who waits for push `id`.
    pub fn answered(&self, id: InboundId, answer: &Answered) {
        for waiting in lock(&self.0.answers).remove(&id).unwrap_or_default() {
            // The waiting request may have given up.
            let _gone = waiting.send(answer.clone());
        }
    }

    /// Whether somebody waits for push `id` right now.
    pub fn is_awaited(&self, id: InboundId) -> bool {
        lock(&self.0.answers)
            .get(&id)
            .is_some_and(|waiting| waiting.iter().any(|w| !w.is_closed()))
    }

    /// Forgets those who do not wait for push `id` any more.
    pub fn forget_gone(&self, id: InboundId) {
        let mut answers = lock(&self.0.answers);
        if let Some(waiting) = answers.get_mut(&id) {
            waiting.retain(|w| !w.is_closed());
            if waiting.is_empty() {
                answers.remove(&id);
            }
        }
    }

    /// Says that messages for `people` are ready.
    pub fn outbound_ready(&self, people: impl IntoIterator<Item = Address>) {
        let mut waiting = lock(&self.0.outbound);
        waiting.extend(people);
        if !waiting.is_empty() {
            self.0.woken.notify_one();
        }
    }

    /// Waits until messages are ready and says for whom.
    pub async fn next_outbound(&self) -> Vec<Address> {
        loop {
            let people = std::mem::take(&mut *lock(&self.0.outbound));
            if !people.is_empty() {
                return people;
            }
            self.0.woken.notified().await;
        }
    }

    /// Says on whose pages something has changed, by this process.
    pub fn shown(&self, guides: impl IntoIterator<Item = GuideId>) {
        self.say_shown(guides, false);
    }

    /// The same of what another process has changed.
    pub fn shown_elsewhere(&self, guides: impl IntoIterator<Item = GuideId>) {
        self.say_shown(guides, true);
    }

    fn say_shown(&self, guides: impl IntoIterator<Item = GuideId>, elsewhere: bool) {
        for guide in guides {
            // Nobody may be looking.
            let _heard = self.0.shown.send(Shown { guide, elsewhere });
        }
    }

    /// Hears of what changes on guides' pages from now on.
    pub fn on_shown(&self) -> broadcast::Receiver<Shown> {
        self.0.shown.subscribe()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
