//! How many may be there at once, in all and of one: whoever comes takes a place, and gives it back as they go.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// So many places.
#[derive(Debug)]
pub(crate) struct Places<K> {
    most: usize,
    most_of_one: usize,
    taken: Mutex<Taken<K>>,
}

/// How many are taken, in all and by whom.
#[derive(Debug)]
struct Taken<K> {
    all: usize,
    by: HashMap<K, usize>,
}

/// A place that is taken, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place<K: Eq + Hash> {
    of: Option<K>,
    places: Arc<Places<K>>,
}

impl<K> Places<K> {
    /// So many in all, and so many of them for one.
    pub fn new(most: usize, most_of_one: usize) -> Arc<Self> {
        let taken = Mutex::new(Taken { all: 0, by: HashMap::new() });
        Arc::new(Self { most, most_of_one, taken })
    }

    fn locked(&self) -> MutexGuard<'_, Taken<K>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash> Places<K> {
    /// A place for somebody, or for one of whom not each is counted; none where there is none left for them.
    pub fn take(self: &Arc<Self>, of: Option<K>) -> Option<Place<K>> {
        let mut taken = self.locked();
        if taken.all >= self.most {
            return None;
        }
        if let Some(of) = &of {
            let own = taken.by.get(of).copied().unwrap_or_default();
            if own >= self.most_of_one {
                return None;
            }
            taken.by.insert(of.clone(), own + 1);
        }
        taken.all += 1;
        Some(Place { of, places: Arc::clone(self) })
    }
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut taken = self.places.locked();
        taken.all -= 1;
        let Some(of) = &self.of else { return };
        if let Some(own) = taken.by.get_mut(of) {
            *own -= 1;
            // Of those who are gone nothing is remembered.
            if *own == 0 {
                taken.by.remove(of);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_more_than_theirs_and_all_together_no_more_than_there_are() {
        let places = Places::new(4, 2);
        let of = |name: &'static str| places.take(Some(name));
        let (one, two) = (of("mat").expect("there is room"), of("mat").expect("there is room"));
        assert!(of("mat").is_none());
        let _ada = of("ada").expect("others have theirs");
        let _anybody = places.take(None).expect("there is one left");
        assert!(of("ada").is_none() && places.take(None).is_none(), "all are taken");
        drop(one);
        let again = of("mat").expect("whoever goes makes room");
        assert!(of("mat").is_none());
        drop((two, again));
        assert_eq!(places.locked().by.len(), 1, "who is gone is not remembered");
        assert_eq!(places.locked().all, 2);
    }

    #[test]
    fn whoever_is_not_counted_by_themselves_is_counted_among_all() {
        let places = Places::<u8>::new(3, 1);
        let held: Vec<_> = (0..3).map_while(|_| places.take(None)).collect();
        assert_eq!(held.len(), 3);
        assert!(places.take(None).is_none());
    }
}
