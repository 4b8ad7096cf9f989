//! Who is known to be at work, whatever the clocks say. A lease speaks to those who know nothing better: the clocks of
//! two machines differ, and one of them jumps, and then the lane of somebody who is sending would seem to have been left.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use daogou_schema::{Address, lane};

use super::Hold;

/// What this process knows of those who send.
#[derive(Default)]
pub struct Holders(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// Whom this process sends to, and under which fence.
    sending: HashMap<Address, i64>,
    /// The other nodes that beat.
    living: HashSet<String>,
}

impl Holders {
    /// This process sends under `hold` until the guard is dropped.
    pub fn begin(self: &Arc<Self>, hold: &Hold) -> Sending {
        let (person, fence) = (hold.person.clone(), hold.fence);
        self.known().sending.insert(person.clone(), fence);
        Sending {
            holders: self.clone(),
            person,
            fence,
        }
    }

    /// These other nodes beat, and no more than these.
    pub fn beat(&self, living: HashSet<String>) {
        self.known().living = living;
    }

    /// Whether whoever holds this sending lane is at work. A node that lives looks after what it left itself.
    pub fn is_at_work(&self, lane: &lane::Model) -> bool {
        let known = self.known();
        let living = |owner: &String| known.living.contains(owner);
        known.sending.get(&lane.person()) == Some(&lane.fence)
            || lane.owner.as_ref().is_some_and(living)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// This process is sending to a person.
pub struct Sending {
    holders: Arc<Holders>,
    person: Address,
    fence: i64,
}

impl Drop for Sending {
    fn drop(&mut self) {
        let mut known = self.holders.known();
        // Whoever took the lane over has a fence of its own.
        if known.sending.get(&self.person) == Some(&self.fence) {
            known.sending.remove(&self.person);
        }
    }
}

#[cfg(test)]
mod tests {
    use daogou_schema::lane::Way;
    use daogou_schema::{AccountId, Timestamp};

    use super::*;

    fn hold(fence: i64) -> Hold {
        Hold {
            person: Address {
                account_id: AccountId(1),
                openid: "o1".into(),
            },
            way: Way::Out,
            owner: "own".into(),
            fence,
        }
    }

    fn lane(owner: &str, fence: i64) -> lane::Model {
        lane::Model {
            account_id: AccountId(1),
            openid: "o1".into(),
            way: Way::Out,
            owner: Some(owner.into()),
            lease_until: Timestamp(0),
            fence,
        }
    }

    #[test]
    fn this_process_is_at_work_until_its_guard_is_gone_and_under_its_own_fence() {
        let holders = Arc::new(Holders::default());
        let first = holders.begin(&hold(1));
        assert!(holders.is_at_work(&lane("own", 1)));
        assert!(!holders.is_at_work(&lane("own", 2)));
        let second = holders.begin(&hold(2));
        drop(first);
        assert!(holders.is_at_work(&lane("own", 2)));
        drop(second);
        assert!(!holders.is_at_work(&lane("own", 2)));
    }

    #[test]
    fn another_node_is_at_work_as_long_as_it_beats() {
        let holders = Holders::default();
        holders.beat(["other".to_owned()].into());
        assert!(holders.is_at_work(&lane("other", 7)));
        holders.beat(HashSet::new());
        assert!(!holders.is_at_work(&lane("other", 7)));
    }
}
