//! Tells systemd how far the server is (`sd_notify(3)`): a line to the socket that it names.

#[cfg(target_os = "linux")]
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

use crate::surroundings::Surroundings;

/// Sends a state, such as `READY=1`, where somebody waits for it. What goes wrong is of no
/// consequence to the server, and is not told.
pub(crate) fn tell(start: &Surroundings, state: &str) {
    let Some(name) = start.variable("NOTIFY_SOCKET") else { return };
    let address = match name.strip_prefix('@') {
        #[cfg(target_os = "linux")]
        Some(name) => SocketAddr::from_abstract_name(name),
        // Only Linux has names outside the file system.
        #[cfg(not(target_os = "linux"))]
        Some(_) => return,
        None => SocketAddr::from_pathname(name),
    };
    if let (Ok(address), Ok(socket)) = (address, UnixDatagram::unbound()) {
        let _ = socket.send_to_addr(state.as_bytes(), &address);
    }
}
