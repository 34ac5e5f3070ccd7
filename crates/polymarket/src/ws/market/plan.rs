//! Which connection watches which token.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::TokenId;

/// The tokens of a shard, each with the number of the wish that put it there: a token that was given up and
/// wanted again is another subscription, which begins with its book.
pub(super) type Tokens = BTreeMap<TokenId, u64>;

/// Places tokens on shards. A token stays where it is for as long as it is wanted, so that others coming
/// and going never touch its connection.
#[derive(Debug)]
pub(super) struct Plan {
    capacity: usize,
    shards: Vec<Tokens>,
    place: HashMap<TokenId, usize>,
    wishes: u64,
}

impl Plan {
    /// `shards` connections for at most `capacity` tokens each.
    pub(super) fn new(shards: usize, capacity: usize) -> Self {
        let shards = vec![Tokens::new(); shards];
        Self { capacity, shards, place: HashMap::new(), wishes: 0 }
    }

    /// Takes the tokens wanted from now on, the most important first. Returns those for which there is no
    /// room, and the shards that changed.
    pub(super) fn set(
        &mut self,
        tokens: impl IntoIterator<Item = TokenId>,
    ) -> (Vec<TokenId>, Vec<usize>) {
        self.wishes += 1;
        let room = self.capacity * self.shards.len();
        let (mut wanted, mut without_room) = (HashSet::new(), Vec::new());
        let mut in_order = Vec::new();
        for token in tokens {
            if wanted.contains(&token) {
                continue;
            }
            if wanted.len() < room {
                wanted.insert(token.clone());
                in_order.push(token);
            } else {
                without_room.push(token);
            }
        }
        without_room.sort_unstable();
        without_room.dedup();
        let mut touched = vec![false; self.shards.len()];
        for (tokens, touched) in self.shards.iter_mut().zip(&mut touched) {
            let before = tokens.len();
            tokens.retain(|token, _| wanted.contains(token));
            *touched = tokens.len() < before;
        }
        self.place.retain(|token, _| wanted.contains(token));
        let mut shard = 0;
        for token in in_order {
            if self.place.contains_key(&token) {
                continue;
            }
            while self.shards.get(shard).is_some_and(|tokens| tokens.len() >= self.capacity) {
                shard += 1;
            }
            if let Some(tokens) = self.shards.get_mut(shard) {
                self.place.insert(token.clone(), shard);
                tokens.insert(token, self.wishes);
                touched[shard] = true;
            }
        }
        let touched = (0..).zip(touched).filter_map(|(shard, touched)| touched.then_some(shard));
        (without_room, touched.collect())
    }

    /// The tokens of a shard.
    pub(super) fn tokens(&self, shard: usize) -> Tokens {
        self.shards.get(shard).cloned().unwrap_or_default()
    }

    /// Where a token is.
    pub(super) fn shard_of(&self, token: &TokenId) -> Option<usize> {
        self.place.get(token).copied()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn token(number: u32) -> TokenId {
        TokenId::parse(&number.to_string()).unwrap()
    }

    fn tokens(numbers: impl IntoIterator<Item = u32>) -> Vec<TokenId> {
        numbers.into_iter().map(token).collect()
    }

    #[test]
    fn shards_are_filled_one_after_the_other() {
        let mut plan = Plan::new(3, 2);
        assert_eq!(plan.set(tokens([1, 2, 3])), (vec![], vec![0, 1]));
        assert_eq!(plan.shard_of(&token(2)), Some(0));
        assert_eq!(plan.shard_of(&token(3)), Some(1));
        assert_eq!(plan.set(tokens([3, 2, 1, 1])), (vec![], vec![]), "nothing changed");
    }

    #[test]
    fn the_least_important_find_no_room_and_the_rest_stays() {
        let mut plan = Plan::new(2, 2);
        plan.set(tokens([1, 2, 3, 4]));
        let (without_room, touched) = plan.set(tokens([9, 1, 2, 3, 4, 8, 4]));
        assert_eq!(without_room, tokens([4, 8]));
        assert_eq!(touched, [1], "9 came for 4");
        assert_eq!(plan.shard_of(&token(9)), Some(1));
        assert_eq!(plan.shard_of(&token(4)), None);
    }

    #[test]
    fn a_token_that_comes_back_is_another_subscription() {
        let mut plan = Plan::new(1, 5);
        plan.set(tokens([1, 2]));
        let before = plan.tokens(0);
        plan.set(tokens([1]));
        plan.set(tokens([1, 2]));
        let after = plan.tokens(0);
        assert_eq!(before[&token(1)], after[&token(1)]);
        assert_ne!(before[&token(2)], after[&token(2)]);
    }

    proptest! {
        #[test]
        fn every_token_has_one_place_and_keeps_it(
            wishes in prop::collection::vec(prop::collection::vec(0u32..30, 0..30), 1..12),
        ) {
            let (shards, capacity) = (4, 5);
            let mut plan = Plan::new(shards, capacity);
            let mut before: HashMap<TokenId, usize> = HashMap::new();
            for wish in wishes {
                let old: Vec<Tokens> = (0..shards).map(|shard| plan.tokens(shard)).collect();
                let (without_room, touched) = plan.set(tokens(wish.iter().copied()));
                let distinct: HashSet<u32> = wish.into_iter().collect();
                let placed: usize = (0..shards).map(|shard| plan.tokens(shard).len()).sum();
                prop_assert_eq!(placed, distinct.len().min(shards * capacity));
                prop_assert_eq!(placed + without_room.len(), distinct.len());
                let mut now = HashMap::new();
                for (shard, old) in old.iter().enumerate() {
                    let here = plan.tokens(shard);
                    prop_assert!(here.len() <= capacity);
                    prop_assert_eq!(touched.contains(&shard), *old != here);
                    for token in here.keys() {
                        prop_assert_eq!(plan.shard_of(token), Some(shard));
                        prop_assert!(now.insert(token.clone(), shard).is_none());
                        if let Some(place) = before.get(token) {
                            prop_assert_eq!(*place, shard);
                        }
                    }
                }
                before = now;
            }
        }
    }
}
