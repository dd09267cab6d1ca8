//! A process tree followed by looking again and again, where no `/proc` keeps the accounts of those
//! that ended.
//!
//! A process that has ended keeps the CPU time that it was last seen with. One that was born and
//! ended between two looks is not seen; what a waiter is told of the first process makes up for part
//! of that. Pure: who looks, and how, is the caller's.

use std::collections::BTreeMap;

use crate::native::ProcessTimes;

/// Members of a tree and what they have used, as far as it was seen.
#[derive(Debug, Default)]
pub(super) struct Polled {
    members: BTreeMap<u32, ProcessTimes>,
    ended_s: f64,
}

impl Polled {
    /// Takes a look: `parents` are all processes with their parents, `times` tells of one.
    pub(super) fn look(
        &mut self,
        root: u32,
        parents: &[(u32, u32)],
        times: impl Fn(u32) -> Option<ProcessTimes>,
    ) {
        let before = std::mem::take(&mut self.members);
        let mut waiting = vec![root];
        // Members of which the parent has ended stay members.
        waiting.extend(before.keys());
        while let Some(pid) = waiting.pop() {
            if self.members.contains_key(&pid) {
                continue;
            }
            let Some(seen) = times(pid) else { continue };
            let is_same = before.get(&pid).is_none_or(|then| then.started == seen.started);
            // The pid of a member that ended may have been given to a stranger.
            if !is_same && pid != root && !is_child(pid, parents, &self.members) {
                continue;
            }
            self.members.insert(pid, seen);
            // A process that is older than its parent has the pid of a parent that ended.
            let children = parents.iter().filter(|(_, parent)| *parent == pid);
            let own = children.filter(|(child, _)| {
                times(*child).is_some_and(|child| child.started >= seen.started)
            });
            waiting.extend(own.map(|(child, _)| *child));
        }
        for (pid, then) in before {
            match self.members.get_mut(&pid) {
                Some(now) if now.started == then.started => now.cpu_s = now.cpu_s.max(then.cpu_s),
                _ => self.ended_s += then.cpu_s,
            }
        }
    }

    /// CPU seconds of living members.
    pub(super) fn living_s(&self) -> f64 {
        self.members.values().map(|member| member.cpu_s).sum()
    }

    /// CPU seconds of members that ended, when they were last seen.
    pub(super) fn ended_s(&self) -> f64 {
        self.ended_s
    }

    /// Living members.
    pub(super) fn pids(&self) -> impl Iterator<Item = u32> {
        self.members.keys().copied()
    }
}

fn is_child(pid: u32, parents: &[(u32, u32)], members: &BTreeMap<u32, ProcessTimes>) -> bool {
    parents.iter().any(|(child, parent)| *child == pid && members.contains_key(parent))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Seen = BTreeMap<u32, (u32, u64, f64)>;

    fn look(polled: &mut Polled, seen: &Seen) -> f64 {
        let parents: Vec<(u32, u32)> = seen.iter().map(|(pid, (of, _, _))| (*pid, *of)).collect();
        polled.look(10, &parents, |pid| {
            seen.get(&pid)
                .map(|(_, started, cpu_s)| ProcessTimes { started: *started, cpu_s: *cpu_s })
        });
        polled.living_s() + polled.ended_s()
    }

    #[test]
    fn descendants_count_and_strangers_do_not() {
        let mut polled = Polled::default();
        let seen = Seen::from([
            (10, (1, 5, 1.0)),
            (11, (10, 6, 2.0)),
            (12, (11, 7, 4.0)),
            (20, (1, 1, 9.0)),
        ]);
        assert_eq!(look(&mut polled, &seen), 7.0);
        assert_eq!(polled.pids().collect::<Vec<_>>(), [10, 11, 12]);
    }

    #[test]
    fn what_has_ended_keeps_what_it_had_used() {
        let mut polled = Polled::default();
        let mut seen = Seen::from([(10, (1, 5, 1.0)), (11, (10, 6, 2.0)), (12, (11, 7, 4.0))]);
        look(&mut polled, &seen);
        seen.remove(&11);
        // The grandchild goes to another parent and stays a member.
        seen.insert(12, (1, 7, 5.0));
        assert_eq!(look(&mut polled, &seen), 8.0);
        seen.clear();
        assert_eq!(look(&mut polled, &seen), 8.0);
    }

    #[test]
    fn a_pid_that_is_given_again_is_somebody_else() {
        let mut polled = Polled::default();
        let mut seen = Seen::from([(10, (1, 5, 1.0)), (11, (10, 6, 2.0))]);
        look(&mut polled, &seen);
        seen.insert(11, (1, 50, 100.0));
        assert_eq!(look(&mut polled, &seen), 3.0);
        // Older than its parent: the parent's pid was another's before.
        seen.insert(13, (10, 2, 70.0));
        assert_eq!(look(&mut polled, &seen), 3.0);
    }
}
