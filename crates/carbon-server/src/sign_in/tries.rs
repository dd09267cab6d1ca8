//! How often a password may be guessed: per account and client address, per account, and per
//! address. Counted in memory, by each process for itself, in windows of a quarter of an hour; a try
//! counts before it is looked at, so that many at once are not more than many in turn.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use carbon_store::{Digest, Timestamp};

use super::secret::digest_of;
use crate::fault::Fault;

const WINDOW: Duration = Duration::from_mins(15);

/// Tries of one address at one account.
const OF_PAIR: u32 = 10;

/// Tries of all addresses at one account: more than one person needs, few enough to guess nothing.
const OF_ACCOUNT: u32 = 100;

/// Tries of one address at all accounts; many people may share one.
const OF_ADDRESS: u32 = 100;

/// Counts that are kept at once.
const AT_MOST: usize = 30_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Who {
    Pair(Digest, IpAddr),
    Account(Digest),
    Address(IpAddr),
}

#[derive(Debug, Clone, Copy)]
struct Count {
    since: Timestamp,
    tries: u32,
}

/// The counts.
#[derive(Debug, Default)]
pub(crate) struct Tries(Mutex<HashMap<Who, Count>>);

impl Tries {
    /// Counts a try.
    ///
    /// # Errors
    /// There were too many lately.
    pub(crate) fn count(&self, account: &str, from: IpAddr, now: Timestamp) -> Result<(), Fault> {
        let mut counts = self.lock();
        if counts.len() >= AT_MOST {
            make_room(&mut counts, now);
        }
        let limits = parties(account, from).into_iter().zip([OF_PAIR, OF_ACCOUNT, OF_ADDRESS]);
        for (who, limit) in limits.clone() {
            if let Some(count) = counts.get(&who).filter(|count| count.is_running(now))
                && count.tries >= limit
            {
                let left = count.ends().micros() - now.micros();
                let retry_after = Duration::from_micros(left.unsigned_abs());
                return Err(Fault::TooMany { retry_after });
            }
        }
        for (who, _) in limits {
            let count = counts.entry(who).or_insert(Count { since: now, tries: 0 });
            if !count.is_running(now) {
                *count = Count { since: now, tries: 0 };
            }
            count.tries += 1;
        }
        Ok(())
    }

    /// Takes the try back that turned out to be right.
    pub(crate) fn forgive(&self, account: &str, from: IpAddr) {
        let mut counts = self.lock();
        let [pair, account, address] = parties(account, from);
        counts.remove(&pair);
        for who in [account, address] {
            if let Some(count) = counts.get_mut(&who) {
                count.tries = count.tries.saturating_sub(1);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Who, Count>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Count {
    fn ends(&self) -> Timestamp {
        self.since.plus(WINDOW)
    }

    /// Whether its window has not ended. One that has not begun is of a clock that was set back: it
    /// holds nobody up.
    fn is_running(&self, now: Timestamp) -> bool {
        self.since <= now && now < self.ends()
    }
}

fn parties(account: &str, from: IpAddr) -> [Who; 3] {
    let account = digest_of(&account.trim().to_lowercase());
    // One customer has a whole network of the newer addresses.
    let from = match from {
        IpAddr::V6(address) if address.to_ipv4_mapped().is_none() => {
            let network = address.to_bits() & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from_bits(network))
        }
        other => other.to_canonical(),
    };
    [Who::Pair(account, from), Who::Account(account), Who::Address(from)]
}

/// Forgets what has ended, then what hardly counts.
fn make_room(counts: &mut HashMap<Who, Count>, now: Timestamp) {
    counts.retain(|_, count| count.is_running(now));
    if counts.len() >= AT_MOST {
        counts.retain(|_, count| count.tries > 2);
    }
    if counts.len() >= AT_MOST {
        counts.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_334_400);

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn an_address_that_guesses_has_to_wait_and_others_need_not() {
        let tries = Tries::default();
        for _ in 0..OF_PAIR {
            tries.count("Ada@example.org", address(1), NOW).unwrap();
        }
        let refused = tries.count(" ada@EXAMPLE.org", address(1), NOW.plus(WINDOW / 3));
        let Err(Fault::TooMany { retry_after }) = refused else { panic!("{refused:?}") };
        assert_eq!(retry_after, WINDOW / 3 * 2);
        tries.count("ada@example.org", address(2), NOW).unwrap();
        tries.count("bob@example.org", address(1), NOW).unwrap();
        tries.count("ada@example.org", address(1), NOW.plus(WINDOW)).unwrap();
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let tries = Tries::default();
        let guess = |now| tries.count("ada@example.org", address(1), now).is_ok();
        assert_eq!((0..100).filter(|_| guess(NOW)).count() as u32, OF_PAIR);
        let before = NOW.minus(WINDOW * 100);
        assert_eq!((0..100).filter(|_| guess(before)).count() as u32, OF_PAIR);
    }

    #[test]
    fn many_addresses_together_do_not_guess_more() {
        let tries = Tries::default();
        let allowed = (0..=255)
            .filter(|last| tries.count("ada@example.org", address(*last), NOW).is_ok())
            .count();
        assert_eq!(allowed as u32, OF_ACCOUNT);
    }

    #[test]
    fn one_network_counts_as_one() {
        let tries = Tries::default();
        let allowed = (0..1000_u128)
            .map(|last| IpAddr::V6(Ipv6Addr::from_bits((0x2001_0db8 << 96) | last)))
            .filter(|from| tries.count(&format!("{from}@example.org"), *from, NOW).is_ok())
            .count();
        assert_eq!(allowed as u32, OF_ADDRESS);
    }

    #[test]
    fn who_signs_in_rightly_is_never_held_up() {
        let tries = Tries::default();
        for _ in 0..1000 {
            tries.count("ada@example.org", address(1), NOW).unwrap();
            tries.forgive("ada@example.org", address(1));
        }
    }

    #[test]
    fn what_is_counted_is_bounded() {
        let tries = Tries::default();
        for number in 0..AT_MOST as u32 + 1000 {
            let from = IpAddr::from((number | 0x0a00_0000).to_be_bytes());
            let _ = tries.count(&number.to_string(), from, NOW);
        }
        assert!(tries.lock().len() <= AT_MOST + 3);
    }
}
