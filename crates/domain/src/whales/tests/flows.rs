use proptest::prelude::*;

use super::story::{Act, NO, World, YES, any_act, shares};
use crate::clusters::OwnerIx;
use crate::evidence::Basis;
use crate::ledger::tests::kit::micro;
use crate::ledger::{Change, Slot};
use crate::money::Shares;
use crate::whales::{Class, Classified, Flow, Question, Traits, spread_by_outcome};

fn flow(world: &World, acts: &[(u32, Class, Act)]) -> Flow {
    let question = Question::of(&world.story.markets, world.group[0]);
    let answers = world.questions.answers(&world.story.markets, question);
    let mut flow = Flow::new(question, answers, Basis::Feed);
    for (owner, class, act) in acts {
        flow.apply(&world.story.markets, OwnerIx(*owner), *class, &act.change(&world.group));
    }
    flow
}

#[test]
fn directions_are_told_on_the_first_outcome() {
    let world = World::new(3);
    let lines = flow(
        &world,
        &[
            (1, Class::Whale, Act::Buy(0, YES, 100, 30)),
            (2, Class::Whale, Act::Sell(0, NO, 50, 70)),
            (3, Class::Smart, Act::Buy(0, NO, 10, 60)),
        ],
    )
    .by_class();
    let [smart, whale] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(
        (whale.class, whale.net_shares, whale.net_usdc),
        (Class::Whale, shares(150), Some(shares(45)))
    );
    assert_eq!((whale.buyers, whale.sellers), (2, 0));
    assert_eq!(
        (smart.class, smart.net_shares, smart.net_usdc),
        (Class::Smart, -shares(10), Some(-shares(6)))
    );
    assert_eq!((smart.buyers, smart.sellers), (0, 1));
}

#[test]
fn wallets_of_one_owner_that_trade_with_each_other_are_no_flow() {
    let world = World::new(3);
    let flow = flow(
        &world,
        &[
            (1, Class::Whale, Act::Buy(0, YES, 100, 30)),
            (1, Class::Whale, Act::Sell(0, YES, 100, 30)),
        ],
    );
    assert_eq!(flow.by_class(), []);
    assert_eq!(flow.gross(), [(Class::Whale, shares(60), 2)]);
    assert_eq!(flow.basis(), Basis::Feed);
}

#[test]
fn shares_from_another_wallet_have_no_price() {
    let world = World::new(3);
    let mut flow = flow(&world, &[(1, Class::Whale, Act::Buy(0, YES, 100, 30))]);
    let slot = Slot { market: world.group[0], outcome: YES };
    let change = Change::TransferIn { slot, shares: micro(shares(50)) };
    flow.apply(&world.story.markets, OwnerIx(2), Class::Whale, &change);
    let [line] = flow.by_class()[..] else { panic!() };
    assert_eq!((line.net_shares, line.net_usdc), (shares(150), None));
}

#[test]
fn classes_are_exclusive_and_unknown_traits_leave_doubt() {
    let known = Traits {
        is_maker_like: Some(false),
        is_bot_like: Some(false),
        is_smart: Some(true),
        is_whale: Some(true),
        age_days: Some(3),
    };
    assert_eq!(Classified::of(known), Classified { class: Class::Smart, is_certain: true });
    let maker = Traits { is_maker_like: Some(true), ..known };
    assert_eq!(Classified::of(maker).class, Class::MakerLike);
    let unsaid = Traits { is_maker_like: None, ..known };
    assert_eq!(Classified::of(unsaid), Classified { class: Class::Smart, is_certain: false });
    let new = Traits { is_smart: Some(false), is_whale: Some(false), ..known };
    assert_eq!(Classified::of(new).class, Class::New);
    let nobody = Classified::of(Traits::default());
    assert_eq!(nobody, Classified { class: Class::Other, is_certain: false });
}

#[test]
fn holders_are_counted_by_owner_and_without_complete_sets() {
    let shares = |count: u64| Shares::from_micro(count * 1_000_000);
    let held = [
        (OwnerIx(1), 0, shares(60)),
        (OwnerIx(1), 0, shares(40)),
        (OwnerIx(2), 0, shares(100)),
        (OwnerIx(3), 0, shares(70)),
        (OwnerIx(3), 1, shares(50)),
    ];
    let [yes, no] = spread_by_outcome(held, 2, true)[..] else { panic!() };
    let first = yes.concentration.unwrap();
    assert_eq!((first.holders, first.shares), (3, shares(220)));
    assert_eq!((no.concentration, no.paired), (None, 50_000_000));
}

proptest! {
    #[test]
    fn owners_do_not_depend_on_the_order_and_sums_are_those_of_a_class(
        acts in prop::collection::vec((0u32..4, any_act(3)), 0..24), by in 0usize..24,
    ) {
        let world = World::new(3);
        let class = |owner: u32| Class::ALL[owner as usize];
        let told: Vec<_> = acts.iter().map(|(owner, act)| (*owner, class(*owner), *act)).collect();
        let mut turned = told.clone();
        turned.rotate_left(by.min(told.len()));
        let lines = flow(&world, &told).by_class();
        prop_assert_eq!(&flow(&world, &turned).by_class(), &lines);
        // As many owners of one class: the same sums.
        let as_one: Vec<_> = told.iter().map(|(owner, _, act)| (*owner, Class::Other, *act)).collect();
        for line in flow(&world, &as_one).by_class() {
            let parts = lines.iter().filter(|part| part.market == line.market);
            prop_assert_eq!(parts.clone().map(|part| part.net_shares).sum::<i64>(), line.net_shares);
            prop_assert_eq!(parts.map(|part| part.net_usdc).sum::<Option<i64>>(), line.net_usdc);
        }
    }

    #[test]
    fn sets_and_conversions_are_no_flow(count in 1i64..500, given in 1usize..=3) {
        let world = World::new(3);
        let acts = [Act::Split(0, count), Act::Convert(given, count), Act::Merge(1, count)];
        let told = acts.map(|act| (1, Class::Whale, act));
        prop_assert_eq!(flow(&world, &told).by_class(), []);
    }
}
