//! Which provider is asked, and as which client.

use clap::{Arg, ArgMatches};

use crate::surroundings::Surroundings;

/// The provider of codecarbon.io.
const WELL_KNOWN: &str =
    "https://authentication.codecarbon.io/realms/codecarbon/.well-known/openid-configuration";
/// The name under which it knows the command line.
const CLIENT_ID: &str = "codecarbon-cli";

/// Address of a provider's description, and our name there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProviderAddress {
    /// Address of the description (OpenID Connect Discovery).
    pub(crate) well_known: String,
    /// Name of this client at the provider; it is public and has no password.
    pub(crate) client_id: String,
}

impl ProviderAddress {
    /// By flags, else by `AUTH_SERVER_WELL_KNOWN` and `AUTH_CLIENT_ID`, else codecarbon.io's.
    pub(crate) fn given(matches: &ArgMatches, start: &Surroundings) -> Self {
        let pick = |flag: &str, variable: &str, default: &str| {
            let flag = matches.get_one::<String>(flag).map(String::as_str);
            let set = || start.variable(variable).filter(|value| !value.is_empty());
            flag.or_else(set).unwrap_or(default).to_owned()
        };
        Self {
            well_known: pick("well-known", "AUTH_SERVER_WELL_KNOWN", WELL_KNOWN),
            client_id: pick("client-id", "AUTH_CLIENT_ID", CLIENT_ID),
        }
    }
}

/// The flags that name a provider.
pub(crate) fn arguments() -> [Arg; 2] {
    [
        Arg::new("well-known").long("well-known").value_name("URL").help(
            "Address of the sign-in service's description (default AUTH_SERVER_WELL_KNOWN, else \
             codecarbon.io's)",
        ),
        Arg::new("client-id")
            .long("client-id")
            .value_name("NAME")
            .help("Name of this client there (default AUTH_CLIENT_ID, else codecarbon-cli)"),
    ]
}
