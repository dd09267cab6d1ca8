//! Keeps one party from taking every place: how many connections each address holds.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::http::party;
use crate::settings::Proxies;

/// Who is inside. An address, or a network of the newer ones, gets at most half of all places; this
/// machine and the operator's proxies, which stand for many, as many as there are.
#[derive(Debug)]
pub(super) struct Crowd {
    most: usize,
    inside: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A place of somebody's; it is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    holder: Option<IpAddr>,
    inside: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Crowd {
    pub(super) fn new(places: usize) -> Self {
        Self { most: places.div_ceil(2), inside: Arc::default() }
    }

    /// A place for an address, unless it has its share already.
    pub(super) fn admit(&self, address: IpAddr, proxies: &Proxies) -> Option<Place> {
        let address = address.to_canonical();
        let inside = Arc::clone(&self.inside);
        if address.is_loopback() || proxies.contain(address) {
            return Some(Place { holder: None, inside });
        }
        let holder = party(address);
        let mut counts = lock(&self.inside);
        let held = counts.entry(holder).or_default();
        if *held >= self.most {
            return None;
        }
        *held += 1;
        drop(counts);
        Some(Place { holder: Some(holder), inside })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(holder) = self.holder else { return };
        let mut counts = lock(&self.inside);
        if let Some(held) = counts.get_mut(&holder) {
            *held -= 1;
            if *held == 0 {
                counts.remove(&holder);
            }
        }
    }
}

fn lock(inside: &Mutex<HashMap<IpAddr, usize>>) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
    inside.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(crowd: &Crowd, addresses: &[&str]) -> Vec<Option<Place>> {
        let proxies =
            Proxies { networks: vec!["10.0.0.0/8".parse().unwrap()], ..Proxies::default() };
        addresses.iter().map(|text| crowd.admit(text.parse().unwrap(), &proxies)).collect()
    }

    #[test]
    fn an_address_gets_half_of_the_places_and_another_one_still_gets_in() {
        let crowd = Crowd::new(4);
        let places = admitted(&crowd, &["203.0.113.7", "::ffff:203.0.113.7", "203.0.113.7"]);
        assert_eq!(places.iter().map(Option::is_some).collect::<Vec<_>>(), [true, true, false]);
        assert!(admitted(&crowd, &["203.0.113.8"])[0].is_some());
        drop(places);
        assert!(lock(&crowd.inside).is_empty());
        assert!(admitted(&crowd, &["203.0.113.7"])[0].is_some());
    }

    #[test]
    fn a_network_of_newer_addresses_is_one_party() {
        let crowd = Crowd::new(2);
        let places = admitted(&crowd, &["2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1"]);
        assert_eq!(places.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false, true]);
    }

    #[test]
    fn this_machine_and_proxies_are_not_counted() {
        let crowd = Crowd::new(1);
        let many = ["127.0.0.1", "127.0.0.1", "::1", "::1", "10.1.2.3", "10.1.2.3"];
        assert!(admitted(&crowd, &many).iter().all(Option::is_some));
    }
}
