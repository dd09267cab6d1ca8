//! What a service tells the one who started it, as `sd_notify(3)` has it: lines to the datagram
//! socket that `NOTIFY_SOCKET` names.
//!
//! Nothing that goes wrong here matters to measuring, and nothing waits: a receiver that does not
//! read loses messages. Left out: descriptors and barriers, which nobody here needs.

#[cfg(target_os = "linux")]
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use crate::surroundings::Surroundings;

/// The way to the one who started the service; to nobody where none is named.
#[derive(Debug, Default)]
pub(crate) struct Notifier(Option<(UnixDatagram, SocketAddr)>);

impl Notifier {
    /// By the environment. A name is a path, or begins with `@` for one outside the file system;
    /// others (`vsock:`) are nobody's.
    pub(crate) fn of(start: &Surroundings) -> Self {
        Self(start.variable("NOTIFY_SOCKET").and_then(|name| {
            let address = match name.strip_prefix('@') {
                #[cfg(target_os = "linux")]
                Some(name) => SocketAddr::from_abstract_name(name),
                // Only Linux has names outside the file system.
                #[cfg(not(target_os = "linux"))]
                Some(_) => return None,
                None if name.starts_with('/') => SocketAddr::from_pathname(name),
                None => return None,
            };
            let socket = UnixDatagram::unbound().ok()?;
            socket.set_nonblocking(true).ok()?;
            Some((socket, address.ok()?))
        }))
    }

    /// Tells a state: `READY=1`, or several with line ends between them.
    pub(crate) fn tell(&self, state: &str) {
        if let Some((socket, address)) = &self.0 {
            let _ = socket.send_to_addr(state.as_bytes(), address);
        }
    }
}

/// How often a sign of life is wanted: twice in the time after which the service is taken for dead.
/// `None` where nobody watches, or watches another process.
pub(crate) fn sign_of_life_every(start: &Surroundings) -> Option<Duration> {
    let is_other = |id: &str| id != std::process::id().to_string();
    if start.variable("WATCHDOG_PID").is_some_and(is_other) {
        return None;
    }
    let time_us: u64 = start.variable("WATCHDOG_USEC")?.parse().ok()?;
    (time_us > 1).then(|| Duration::from_micros(time_us / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Surroundings {
        let variables = variables.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        Surroundings { variables, ..Surroundings::default() }
    }

    #[test]
    fn a_state_reaches_a_socket_in_the_file_system_and_one_outside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let outside = format!("codecarbon-test-{}", std::process::id());
        let receivers = [
            (path.to_str().unwrap().to_owned(), UnixDatagram::bind(&path).unwrap()),
            (
                format!("@{outside}"),
                UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(outside).unwrap()).unwrap(),
            ),
        ];
        for (name, receiver) in receivers {
            let notifier = Notifier::of(&with(&[("NOTIFY_SOCKET", &name)]));
            notifier.tell("READY=1\nSTATUS=here");
            let mut buffer = [0; 64];
            let length = receiver.recv(&mut buffer).unwrap();
            assert_eq!(&buffer[..length], b"READY=1\nSTATUS=here", "{name}");
        }
    }

    #[test]
    fn nobody_and_a_receiver_that_never_reads_hold_nothing_up() {
        for name in ["/nonexistent/notify", "vsock:2:1234", ""] {
            Notifier::of(&with(&[("NOTIFY_SOCKET", name)])).tell("READY=1");
        }
        Notifier::of(&with(&[])).tell("READY=1");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let receiver = UnixDatagram::bind(&path).unwrap();
        let notifier = Notifier::of(&with(&[("NOTIFY_SOCKET", path.to_str().unwrap())]));
        for _ in 0..10_000 {
            notifier.tell("WATCHDOG=1");
        }
        drop(receiver);
    }

    #[test]
    fn a_sign_of_life_is_given_twice_in_the_time_and_only_for_this_process() {
        let own = std::process::id().to_string();
        let time = ("WATCHDOG_USEC", "3000000");
        let half = Some(Duration::from_millis(1500));
        assert_eq!(sign_of_life_every(&with(&[time])), half);
        assert_eq!(sign_of_life_every(&with(&[time, ("WATCHDOG_PID", &own)])), half);
        assert_eq!(sign_of_life_every(&with(&[time, ("WATCHDOG_PID", "1")])), None);
        assert_eq!(sign_of_life_every(&with(&[("WATCHDOG_USEC", "0")])), None);
        assert_eq!(sign_of_life_every(&with(&[("WATCHDOG_USEC", "soon")])), None);
        assert_eq!(sign_of_life_every(&with(&[])), None);
    }
}
