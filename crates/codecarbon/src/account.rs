//! What the commands share that speak with the CodeCarbon API on behalf of a person: which API, with
//! which token, and what to say when it fails.

use carbon_client::{ApiClient, ApiError, CallLimits, Credentials};
use carbon_http::Client;
use carbon_tracker::config::{Config, Layers, Origin, Secret};
use clap::{Arg, ArgMatches};

use crate::config::without_password;
use crate::console::Console;
use crate::exit::CommandError;
use crate::sign_in::store::{SignInStore, normal};
use crate::sign_in::{login_hint, session};
use crate::surroundings::Surroundings;

/// Variable with a personal token, for machines without a person.
pub(crate) const TOKEN_VARIABLE: &str = "CODECARBON_ACCESS_TOKEN";

/// An API and the ways to it.
#[derive(Debug)]
pub(crate) struct Account {
    /// Base address of the API, without a slash at its end.
    pub(crate) api_endpoint: String,
    /// Where that address was set.
    pub(crate) origin: Origin,
    /// Connections, also to the sign-in service.
    pub(crate) connections: Client,
    /// A token that goes before any sign-in.
    pub(crate) token: Option<Secret>,
}

impl Account {
    /// Reads configuration and flags; nothing is connected yet.
    pub(crate) fn open(
        matches: &ArgMatches,
        start: &Surroundings,
        console: Console,
    ) -> Result<Self, CommandError> {
        let flag = matches.get_one::<String>("api-endpoint");
        let resolved = Layers {
            home: start.home(),
            cwd: Some(&start.directory),
            environment: start.variables.clone(),
            arguments: flag
                .map(|url| ("api_endpoint".to_owned(), url.clone()))
                .into_iter()
                .collect(),
            ..Layers::default()
        }
        .resolve()
        .map_err(CommandError::setting)?;
        let token = token_given(matches, start)?;
        let origin = resolved.origin("api_endpoint").clone();
        Self::at(&resolved.config, origin, token, console)
    }

    /// An account at the API that a configuration names.
    pub(crate) fn at(
        config: &Config,
        origin: Origin,
        token: Option<Secret>,
        console: Console,
    ) -> Result<Self, CommandError> {
        let api_endpoint = normal(&config.api_endpoint).to_owned();
        warn_if_open(&api_endpoint, console);
        let connections =
            CallLimits::from_config(config).connections().map_err(CommandError::setting)?;
        Ok(Self { api_endpoint, origin, connections, token })
    }

    /// A client of the API as the person: with the token that was given, else with the sign-in.
    pub(crate) fn api(&self, start: &Surroundings) -> Result<ApiClient, CommandError> {
        let token = match &self.token {
            Some(token) => token.clone(),
            None => {
                let store = SignInStore::of(start)?;
                session::access_token(&store, &self.connections, &self.api_endpoint)?
            }
        };
        Ok(self.api_with(token))
    }

    /// A client of the API with a token.
    pub(crate) fn api_with(&self, token: Secret) -> ApiClient {
        ApiClient::new(self.connections.clone(), &self.api_endpoint, Credentials::Bearer(token))
    }

    /// What to say of a call that failed.
    pub(crate) fn failed(&self, error: &ApiError) -> CommandError {
        self.explained("API request failed", error)
    }

    /// The same with other first words.
    pub(crate) fn explained(&self, what: &str, error: &ApiError) -> CommandError {
        let told = CommandError::user(format!("{what}: {error}")).hint(format!(
            "the API is {} ({})",
            without_password(&self.api_endpoint),
            self.origin
        ));
        match error {
            ApiError::Refused { .. } if self.token.is_some() => {
                told.hint(format!("the token of --token or {TOKEN_VARIABLE} was used"))
            }
            ApiError::Refused { status: 401, .. } => told.hint(login_hint(&self.api_endpoint)),
            ApiError::NotFound { .. } | ApiError::Moved { .. } | ApiError::Strange { .. } => {
                told.hint("another address is named by --api-endpoint or api_endpoint")
            }
            _ => told,
        }
    }
}

/// A personal token by flag, else by variable.
///
/// # Errors
/// It has characters that cannot be sent.
pub(crate) fn token_given(
    matches: &ArgMatches,
    start: &Surroundings,
) -> Result<Option<Secret>, CommandError> {
    let flag = matches.try_get_one::<String>("token").ok().flatten().map(String::as_str);
    let given = flag.or_else(|| start.variable(TOKEN_VARIABLE)).map(str::trim);
    let Some(token) = given.filter(|token| !token.is_empty()) else { return Ok(None) };
    if token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(Some(Secret::new(token)));
    }
    let where_from = if flag.is_some() { "--token" } else { TOKEN_VARIABLE };
    Err(CommandError::user(format!("the token of {where_from} has characters that no token has"))
        .hint("copy it anew, without spaces or line ends; `codecarbon get-token` makes another"))
}

/// `--api-endpoint`.
pub(crate) fn endpoint_argument() -> Arg {
    Arg::new("api-endpoint").long("api-endpoint").value_name("URL").help(
        "Address of the API (default: api_endpoint of the configuration, else \
         https://api.codecarbon.io)",
    )
}

/// `--token`.
pub(crate) fn token_argument() -> Arg {
    Arg::new("token").long("token").value_name("TOKEN").help(
        "Personal token to use instead of a sign-in; better given by CODECARBON_ACCESS_TOKEN, as \
         others can see arguments",
    )
}

/// Says when what goes to an address can be read on its way.
pub(crate) fn warn_if_open(url: &str, console: Console) {
    let Some(rest) = url.strip_prefix("http://") else { return };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if !matches!(name, "localhost" | "127.0.0.1" | "[::1]") {
        console
            .warn(format!("{host} is spoken to without encryption: tokens can be read on the way"));
    }
}
