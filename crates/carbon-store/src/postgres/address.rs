//! Addresses of servers, and how a connection is made and set up.

use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::{Config, NoTls};

use super::link::{Link, fault};
use super::tls::Tls;
use crate::error::{Error, Result};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a server may leave unsaid that it has received something. Without it a connection to a
/// machine that is gone, or cut off, would be waited for a quarter of an hour.
const SILENCE: Duration = Duration::from_secs(20);

/// When a connection on which nothing happens is asked whether it is there, and how often.
const QUIET: Duration = Duration::from_secs(30);
const ASKED_EACH: Duration = Duration::from_secs(5);
const ASKED: u32 = 4;

/// What a connection is told first. Answers wait for the disk; a statement is cut off rather than
/// left to pile up; plans are not compiled, since no query here runs long enough to gain by it.
const SET_UP: &str = "SET synchronous_commit = on; SET jit = off; SET statement_timeout = '30s'; \
     SET idle_in_transaction_session_timeout = '60s'";

/// Where a server is and how to sign in there.
#[derive(Clone)]
pub(crate) struct Address {
    config: Arc<Config>,
    tls: Option<Tls>,
}

impl Address {
    /// Reads `postgres://user:password@host:port/database?sslmode=…&sslrootcert=…`. TLS is used as
    /// `sslmode` says, certificates are always verified. Without `sslmode`, a server on this
    /// machine is spoken to in the clear.
    pub(crate) fn parse(url: &str) -> Result<Self> {
        let (plain, root) = split_root(url);
        let verified = plain.replace("sslmode=verify-full", "sslmode=require");
        let verified = verified.replace("sslmode=verify-ca", "sslmode=require");
        let mut config: Config = verified
            .parse()
            .map_err(|_| Error::Address("not of the form postgres://user@host:port/database"))?;
        config.connect_timeout(CONNECT_TIMEOUT);
        config.application_name("codecarbon");
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(SILENCE);
        }
        if !url.contains("keepalives") {
            config.keepalives_idle(QUIET);
            config.keepalives_interval(ASKED_EACH).keepalives_retries(ASKED);
        }
        if !url.contains("sslmode=") && is_here(&config) {
            config.ssl_mode(SslMode::Disable);
        }
        let tls = match config.get_ssl_mode() {
            SslMode::Disable => None,
            _ => Some(Tls::new(root.as_deref())?),
        };
        Ok(Self { config: Arc::new(config), tls })
    }

    /// A new connection.
    pub(crate) async fn connect(&self) -> Result<Link> {
        let client = match &self.tls {
            None => {
                let (client, connection) = self.config.connect(NoTls).await.map_err(fault)?;
                // Its end is seen by the client, which is closed then.
                tokio::spawn(async move { drop(connection.await) });
                client
            }
            Some(tls) => {
                let (client, connection) = self.config.connect(tls.clone()).await.map_err(fault)?;
                tokio::spawn(async move { drop(connection.await) });
                client
            }
        };
        client.batch_execute(SET_UP).await.map_err(fault)?;
        Ok(Link::new(client))
    }
}

/// The address without `sslrootcert`, which the driver does not know, and its value.
fn split_root(url: &str) -> (String, Option<String>) {
    let Some((base, query)) = url.split_once('?') else { return (url.to_owned(), None) };
    let mut root = None;
    let mut kept = Vec::new();
    for pair in query.split('&') {
        match pair.strip_prefix("sslrootcert=") {
            Some(path) => root = Some(path.replace("%2F", "/")),
            None => kept.push(pair),
        }
    }
    (format!("{base}?{}", kept.join("&")), root)
}

fn is_here(config: &Config) -> bool {
    config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            name == "localhost"
                || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_certificate_is_taken_out_of_the_address() {
        let (plain, root) = split_root("postgres://h/d?sslmode=require&sslrootcert=%2Fca.pem&a=b");
        assert_eq!(plain, "postgres://h/d?sslmode=require&a=b");
        assert_eq!(root.as_deref(), Some("/ca.pem"));
    }

    #[test]
    fn a_server_on_this_machine_is_spoken_to_in_the_clear() {
        let mode = |url: &str| Address::parse(url).unwrap().config.get_ssl_mode();
        assert_eq!(mode("postgres://u@localhost/d"), SslMode::Disable);
        assert_eq!(mode("postgres://u@127.0.0.1:5433/d"), SslMode::Disable);
        assert_eq!(mode("postgres://u@db.example.org/d"), SslMode::Prefer);
        assert_eq!(mode("postgres://u@localhost/d?sslmode=verify-full"), SslMode::Require);
    }

    #[test]
    fn a_server_that_is_cut_off_is_given_up_unless_the_address_says_how() {
        let silence =
            |url: &str| Address::parse(url).unwrap().config.get_tcp_user_timeout().copied();
        let quiet = |url: &str| Address::parse(url).unwrap().config.get_keepalives_idle();
        let (plain, told) =
            ("postgres://h/d", "postgres://h/d?tcp_user_timeout=7&keepalives_idle=9");
        assert_eq!((silence(plain), quiet(plain)), (Some(SILENCE), QUIET));
        let seconds = Duration::from_secs;
        assert_eq!((silence(told), quiet(told)), (Some(seconds(7)), seconds(9)));
    }

    #[test]
    fn an_address_that_cannot_be_read_is_not_repeated_in_the_message() {
        let error = Address::parse("postgres://u:secret@h:notaport/d").err().unwrap();
        assert!(!format!("{error:?} {error}").contains("secret"));
    }
}
