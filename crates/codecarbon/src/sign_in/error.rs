//! Why a sign-in did not come about, by what its user can do.

use std::path::PathBuf;
use std::time::Duration;

use carbon_http::HttpError;
use carbon_tracker::config::Config;

use crate::exit::{self, CommandError};

/// No token was to be had. Messages hold no secret and no control character.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum SignInError {
    /// The provider gave no answer; worth trying later.
    #[error("the sign-in service cannot be asked: {0}")]
    NoAnswer(#[from] HttpError),
    /// What answers is no OpenID provider, or not one that can do what is asked; another address or
    /// another way is needed.
    #[error("{url} is of no use for signing in: {why}")]
    Unsuitable {
        /// The address that was asked.
        url: String,
        /// What is wrong with the answer.
        why: String,
    },
    /// The provider said no.
    #[error("the sign-in service refused: {code}{}", described(.description.as_deref()))]
    Refused {
        /// Error code of RFC 6749, such as `invalid_grant`.
        code: String,
        /// What the provider says about it.
        description: Option<String>,
    },
    /// The person said no.
    #[error("the sign-in was declined in the browser")]
    Declined,
    /// Nobody finished the sign-in in time.
    #[error("nobody signed in within {} s", .limit.as_secs())]
    TooLate {
        /// The time that was given.
        limit: Duration,
    },
    /// The answer is not the one that was asked for: somebody may have tampered with it.
    #[error("the answer of the sign-in service is not for this sign-in: {why}")]
    Foreign {
        /// What does not fit.
        why: &'static str,
    },
    /// The port to which the browser returns cannot be had.
    #[error("port {port} of this machine cannot be listened on: {why}")]
    Port {
        /// The port.
        port: u16,
        /// What the system says.
        why: String,
    },
    /// Nobody is signed in there.
    #[error("you are not signed in to {api_endpoint}")]
    NotSignedIn {
        /// Base address of the API.
        api_endpoint: String,
    },
    /// The provider takes the stored sign-in no more.
    #[error("your sign-in to {api_endpoint} has ended")]
    Ended {
        /// Base address of the API.
        api_endpoint: String,
    },
    /// The file of sign-ins cannot be read or written.
    #[error("the stored sign-ins in {} cannot be {doing}: {why}", .path.display())]
    Store {
        /// The file.
        path: PathBuf,
        /// What was tried: "read", "written", …
        doing: &'static str,
        /// What is wrong.
        why: String,
    },
    /// There is nowhere to keep a sign-in.
    #[error("there is no configuration directory to keep a sign-in in")]
    NoHome,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
}

impl SignInError {
    /// Whether the provider gave this error code.
    pub(crate) fn is_refusal(&self, wanted: &str) -> bool {
        matches!(self, Self::Refused { code, .. } if code == wanted)
    }

    fn hints(&self) -> Vec<String> {
        let fixed: &[&str] = match self {
            Self::NoAnswer(_) => &[
                "check the network and the proxy variables (HTTPS_PROXY, NO_PROXY)",
                "another sign-in service is named by --well-known or AUTH_SERVER_WELL_KNOWN",
            ],
            Self::Unsuitable { .. } => {
                &["--well-known or AUTH_SERVER_WELL_KNOWN is the address that ends in \
                 /.well-known/openid-configuration"]
            }
            Self::Refused { .. } => {
                &["the client that signs in is named by --client-id or AUTH_CLIENT_ID"]
            }
            Self::Declined => &["run `codecarbon login` again and allow it"],
            Self::NoRandomness => &["the system gives no random bytes (getrandom): see its log"],
            Self::TooLate { .. } => {
                &["run `codecarbon login` again, on a machine without a browser with --device"]
            }
            Self::Foreign { .. } => &["run `codecarbon login` again"],
            Self::Port { .. } => &[
                "end the program that uses it, or give another with --port if the sign-in service \
                 allows that",
                "--device needs no port",
            ],
            Self::NotSignedIn { api_endpoint } => {
                let variable = "without a person, set CODECARBON_ACCESS_TOKEN to a personal token";
                return vec![login_hint(api_endpoint), variable.to_owned()];
            }
            Self::Ended { api_endpoint } => return vec![login_hint(api_endpoint)],
            Self::Store { doing: "read", .. } => {
                &["`codecarbon logout` removes it, `codecarbon login` makes it anew"]
            }
            Self::Store { .. } => &["the directory follows XDG_CONFIG_HOME, else HOME"],
            Self::NoHome => &["set HOME or XDG_CONFIG_HOME"],
        };
        fixed.iter().map(|hint| (*hint).to_owned()).collect()
    }
}

/// How to sign in to an API.
pub(crate) fn login_hint(api_endpoint: &str) -> String {
    if api_endpoint == Config::default().api_endpoint {
        return "run `codecarbon login`".to_owned();
    }
    format!("run `codecarbon login --api-endpoint {}`", printable(api_endpoint))
}

impl From<SignInError> for CommandError {
    fn from(error: SignInError) -> Self {
        let code = match error {
            SignInError::NoRandomness => exit::INTERNAL,
            _ => exit::USER,
        };
        let mut hints = error.hints().into_iter();
        let first = hints.next().unwrap_or_else(|| "run `codecarbon login` again".to_owned());
        hints.fold(Self::with_code(code, &error).hint(first), Self::hint)
    }
}

/// What a server says, made fit for a terminal: one line, no control characters, not too long.
pub(crate) fn printable(text: &str) -> String {
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut clean: String = clean.take(200).collect();
    clean.truncate(clean.trim_end().len());
    clean
}

fn described(description: Option<&str>) -> String {
    description.map_or_else(String::new, |text| format!(" ({text})"))
}
