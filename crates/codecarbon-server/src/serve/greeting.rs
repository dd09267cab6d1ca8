//! What `serve` prints when it is ready: its address, and on a fresh server what to do with it.

use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use carbon_server::FirstClient;
use carbon_server::sign_in::SetUpLink;

use crate::serve::place::Database;

/// What there is to say.
pub(crate) struct Greeting<'a> {
    /// Address by which people reach the server.
    pub(crate) url: String,
    /// Where it listens.
    pub(crate) listen: SocketAddr,
    /// Where everything is kept.
    pub(crate) database: &'a Database,
    /// Where a browser makes the first account.
    pub(crate) set_up: Option<SetUpLink>,
    /// What a client is configured with.
    pub(crate) client: Option<FirstClient>,
    /// Whether the text may be coloured.
    pub(crate) colours: bool,
}

/// The address by which a server on this machine is reached.
pub(crate) fn url(public: Option<&str>, has_tls: bool, listen: SocketAddr) -> String {
    if let Some(url) = public {
        return url.to_owned();
    }
    let ip = match listen.ip() {
        ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        ip => ip,
    };
    let scheme = if has_tls { "https" } else { "http" };
    format!("{scheme}://{}", SocketAddr::new(ip, listen.port()))
}

impl Greeting<'_> {
    /// The text.
    pub(crate) fn text(&self) -> String {
        let (bold, faint, plain) =
            if self.colours { ("\x1b[1m", "\x1b[2m", "\x1b[0m") } else { ("", "", "") };
        let Self { url, listen, database, .. } = self;
        let mut text = format!("CodeCarbon server {}\n\n", env!("CARGO_PKG_VERSION"));
        let _ = writeln!(text, "  address  {bold}{url}{plain}");
        if !url.ends_with(&listen.to_string()) {
            let _ = writeln!(text, "  listens  {listen}");
        }
        let _ = writeln!(text, "  data     {database}");
        if let Some(link) = &self.set_up {
            let _ = write!(
                text,
                "\nSet it up in a browser; the link is good once, and for a day:\n\n  \
                 {bold}{url}{}{plain}\n",
                link.0
            );
        }
        if let Some(client) = &self.client {
            text.push_str(
                "\nA first project is ready. Put this into ~/.codecarbon.config where you measure; the \
                 token is\nshown here and nowhere else:\n\n",
            );
            for line in client.configuration(url).to_string().lines() {
                let _ = writeln!(text, "  {line}");
            }
        }
        let _ = write!(text, "\n{faint}Ctrl-C stops the server.{plain}\n");
        text
    }
}
