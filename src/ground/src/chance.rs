//! Chance: one source of random numbers, seeded by tests.

use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// A shared, cryptographically strong random source. Cloning shares its state.
#[derive(Clone, Debug)]
pub struct Chance(Arc<Mutex<StdRng>>);

impl Chance {
    /// Seeded by the operating system.
    pub fn system() -> Self {
        Self(Arc::new(Mutex::new(rand::make_rng())))
    }

    /// The same numbers every time: tests and the demo's people.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.with(|rng| rng.fill(&mut bytes[..]));
        bytes
    }

    /// A number in `0..end`; 0 when `end` is 0.
    pub fn below(&self, end: u64) -> u64 {
        if end == 0 {
            0
        } else {
            self.with(|rng| rng.random_range(0..end))
        }
    }

    /// `length` characters from `a-z2-9` without the easily confused `l` and `o`: codes that people read aloud.
    pub fn word(&self, length: usize) -> String {
        const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";
        (0..length)
            .map(|_| {
                let at = self.with(|rng| rng.random_range(0..LETTERS.len()));
                LETTERS.get(at).copied().map_or('a', char::from)
            })
            .collect()
    }

    fn with<T>(&self, draw: impl FnOnce(&mut StdRng) -> T) -> T {
        draw(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_again() {
        let (a, b) = (Chance::seeded(7), Chance::seeded(7));
        assert_eq!(a.bytes::<16>(), b.bytes::<16>());
        assert_eq!(a.word(12), b.word(12));
        assert_eq!(a.below(1000), b.below(1000));
    }
}
