//! Lanes: the loaded, visible messages of a queue, one lane a message group, and whose turn it is.

use std::collections::{BTreeSet, HashMap};

use crate::{GroupId, Position};

/// Names a lane for as long as it holds messages, visible or in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct LaneId(u32);

/// How lanes take turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turns {
    /// The lane with the fewest messages in flight, so that a busy group can't starve a quiet one.
    Fair,
    /// The lane with the oldest message; a lane with a message in flight waits.
    Exclusive,
}

#[derive(Debug, Default)]
struct Lane {
    group: Option<GroupId>,
    visible: BTreeSet<Position>,
    in_flight: u32,
    /// Messages that keep the lane in being without holding it up.
    aside: u32,
}

/// Every lane of a queue.
#[derive(Debug)]
pub(crate) struct Lanes {
    turns: Turns,
    lanes: Vec<Lane>,
    free: Vec<LaneId>,
    by_group: HashMap<Option<GroupId>, LaneId>,
    order: BTreeSet<(u32, Position, LaneId)>,
    visible: usize,
}

impl Lanes {
    pub(crate) fn new(turns: Turns) -> Self {
        Lanes {
            turns,
            lanes: Vec::new(),
            free: Vec::new(),
            by_group: HashMap::new(),
            order: BTreeSet::new(),
            visible: 0,
        }
    }

    /// How lanes take turns.
    pub(crate) fn turns(&self) -> Turns {
        self.turns
    }

    /// How many messages are visible.
    pub(crate) fn visible(&self) -> usize {
        self.visible
    }

    /// The lane of a group.
    pub(crate) fn of_group(&mut self, group: Option<&GroupId>) -> LaneId {
        let group = group.cloned();
        if let Some(lane) = self.by_group.get(&group) {
            return *lane;
        }
        let lane = self.free.pop().unwrap_or_else(|| {
            self.lanes.push(Lane::default());
            LaneId(u32::try_from(self.lanes.len() - 1).expect("loaded messages are limited far below 2^32"))
        });
        self.lanes[lane.0 as usize].group = group.clone();
        self.by_group.insert(group, lane);
        lane
    }

    /// The group of a lane.
    pub(crate) fn group(&self, lane: LaneId) -> Option<&GroupId> {
        self.lanes[lane.0 as usize].group.as_ref()
    }

    /// Makes a message visible.
    pub(crate) fn show(&mut self, lane: LaneId, position: Position) {
        let added = self.change(lane, |lane| lane.visible.insert(position));
        assert!(added, "a message is made visible once");
        self.visible += 1;
    }

    /// Takes a visible message out.
    pub(crate) fn hide(&mut self, lane: LaneId, position: Position) {
        let removed = self.change(lane, |lane| lane.visible.remove(&position));
        assert!(removed, "only a visible message can be hidden");
        self.visible -= 1;
        self.drop_if_unused(lane);
    }

    /// Turns a visible message into one in flight.
    pub(crate) fn lease(&mut self, lane: LaneId, position: Position) {
        let removed = self.change(lane, |lane| {
            lane.in_flight += 1;
            lane.visible.remove(&position)
        });
        assert!(removed, "only a visible message can be leased");
        self.visible -= 1;
    }

    /// Counts a message in flight that wasn't visible before.
    pub(crate) fn occupy(&mut self, lane: LaneId) {
        self.change(lane, |lane| lane.in_flight += 1);
    }

    /// Ends the flight of a message that does not become visible.
    pub(crate) fn release(&mut self, lane: LaneId) {
        self.change(lane, |lane| lane.in_flight -= 1);
        self.drop_if_unused(lane);
    }

    /// Ends the flight of a message that becomes visible again.
    pub(crate) fn give_back(&mut self, lane: LaneId, position: Position) {
        self.change(lane, |lane| {
            lane.in_flight -= 1;
            lane.visible.insert(position)
        });
        self.visible += 1;
    }

    /// Takes a visible message out for a while, without holding up the lane.
    pub(crate) fn set_aside(&mut self, lane: LaneId, position: Position) {
        let removed = self.change(lane, |lane| {
            lane.aside += 1;
            lane.visible.remove(&position)
        });
        assert!(removed, "only a visible message can be set aside");
        self.visible -= 1;
    }

    /// Makes a message visible again that was set aside.
    pub(crate) fn put_back(&mut self, lane: LaneId, position: Position) {
        self.change(lane, |lane| {
            lane.aside -= 1;
            lane.visible.insert(position)
        });
        self.visible += 1;
    }

    /// Forgets a message that was set aside.
    pub(crate) fn dismiss(&mut self, lane: LaneId) {
        self.change(lane, |lane| lane.aside -= 1);
        self.drop_if_unused(lane);
    }

    /// The lane whose turn it is, with its oldest visible message.
    pub(crate) fn next(&self) -> Option<(LaneId, Position)> {
        self.order.first().map(|(_, position, lane)| (*lane, *position))
    }

    /// The oldest visible message of a lane, whether or not it is the lane's turn.
    pub(crate) fn oldest(&self, lane: LaneId) -> Option<Position> {
        self.lanes[lane.0 as usize].visible.first().copied()
    }

    /// Applies a change to a lane and puts the lane where it now belongs.
    fn change<T>(&mut self, id: LaneId, change: impl FnOnce(&mut Lane) -> T) -> T {
        let lane = &mut self.lanes[id.0 as usize];
        let before = turn(self.turns, lane);
        let result = change(lane);
        let after = turn(self.turns, lane);
        if before != after {
            if let Some((rank, position)) = before {
                self.order.remove(&(rank, position, id));
            }
            if let Some((rank, position)) = after {
                self.order.insert((rank, position, id));
            }
        }
        result
    }

    fn drop_if_unused(&mut self, id: LaneId) {
        let lane = &mut self.lanes[id.0 as usize];
        let unused = lane.visible.is_empty() && lane.in_flight == 0 && lane.aside == 0;
        if unused && self.by_group.remove(&lane.group).is_some() {
            lane.group = None;
            self.free.push(id);
        }
    }
}

/// Where a lane stands among the others; `None` while it is not its turn at all.
fn turn(turns: Turns, lane: &Lane) -> Option<(u32, Position)> {
    let oldest = *lane.visible.first()?;
    match turns {
        Turns::Exclusive => (lane.in_flight == 0).then_some((0, oldest)),
        // Messages without a group belong to nobody who could be noisy.
        Turns::Fair if lane.group.is_none() => Some((0, oldest)),
        Turns::Fair => Some((lane.in_flight, oldest)),
    }
}

#[cfg(test)]
mod tests {
    use ninefold_time::Timestamp;

    use super::*;

    fn position(sequence: u64) -> Position {
        Position {
            vesting: Timestamp::from_millis(1),
            sequence,
        }
    }

    fn show(lanes: &mut Lanes, group: &str, sequence: u64) -> LaneId {
        let lane = lanes.of_group(Some(&group.into()));
        lanes.show(lane, position(sequence));
        lane
    }

    #[test]
    fn an_exclusive_lane_waits_while_a_message_is_in_flight() {
        let mut lanes = Lanes::new(Turns::Exclusive);
        let first = show(&mut lanes, "a", 1);
        show(&mut lanes, "a", 2);
        let second = show(&mut lanes, "b", 3);
        assert_eq!(lanes.next(), Some((first, position(1))));
        lanes.lease(first, position(1));
        assert_eq!(lanes.next(), Some((second, position(3))));
        lanes.lease(second, position(3));
        assert_eq!(lanes.next(), None);
        lanes.give_back(first, position(1));
        assert_eq!(lanes.next(), Some((first, position(1))));
    }

    #[test]
    fn fair_lanes_serve_the_group_with_the_fewest_in_flight() {
        let mut lanes = Lanes::new(Turns::Fair);
        let noisy = show(&mut lanes, "noisy", 1);
        show(&mut lanes, "noisy", 2);
        let quiet = show(&mut lanes, "quiet", 3);
        lanes.lease(noisy, position(1));
        assert_eq!(lanes.next(), Some((quiet, position(3))));
        lanes.lease(quiet, position(3));
        assert_eq!(lanes.next(), Some((noisy, position(2))));
    }

    #[test]
    fn an_unused_lane_is_forgotten() {
        let mut lanes = Lanes::new(Turns::Fair);
        for sequence in 0..1_000 {
            let lane = show(&mut lanes, &sequence.to_string(), sequence);
            lanes.lease(lane, position(sequence));
            lanes.release(lane);
        }
        assert_eq!(lanes.lanes.len(), 1);
        assert!(lanes.by_group.is_empty());
        assert_eq!(lanes.visible(), 0);
    }
}
