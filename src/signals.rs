//! Wake-ups inside this process. They carry no truth: whoever misses one finds its work in the store a moment later.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use daogou_schema::{Address, InboundId};
use tokio::sync::{Notify, oneshot};

/// What was decided about a push: its passive answer, or none.
pub type Answered = Option<String>;

/// Shared wake-ups. Cloning shares them.
#[derive(Clone, Default)]
pub struct Signals(Arc<Inner>);

#[derive(Default)]
struct Inner {
    answers: Mutex<HashMap<InboundId, Vec<oneshot::Sender<Answered>>>>,
    outbound: Mutex<Vec<Address>>,
    woken: Notify,
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
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
