//! What the operator decides, as values. Who reads arguments and variables is the command.

/// How people sign in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Auth {
    /// Everybody is one local user; on loopback only, unless the operator says otherwise.
    #[default]
    None,
}

/// Every decision of the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How people sign in.
    pub auth: Auth,
    /// Whether points in time are answered with `Z`; the published API leaves it out.
    pub times_with_zone: bool,
    /// Longest body of a request on the published routes, in bytes.
    pub longest_body: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { auth: Auth::None, times_with_zone: false, longest_body: 1 << 20 }
    }
}
