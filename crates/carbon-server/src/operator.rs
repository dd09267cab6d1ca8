//! What whoever has the machine does to accounts without signing in, by the command: links to choose a
//! password, and somebody who runs the server. The audit log has it without an account.

use std::fmt;
use std::time::Duration;

use carbon_store::{NewUser, PendingKind, User, UserChange, UserId};
use serde_json::json;

use crate::app::App;
use crate::audit::{Deed, Did};
use crate::fault::Fault;
use crate::sign_in::accounts;
use crate::sign_in::secret::mint;

/// How long the link to choose a password is good.
const LINK_FOR: Duration = Duration::from_hours(24);

/// Where a browser chooses the password of an account: path and query of an address of this server.
/// Whoever has it can sign in as that person.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordLink(pub String);

impl fmt::Debug for PasswordLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordLink(…)")
    }
}

impl App {
    /// A link for an account that is there, good once and for a day. The password that it has counts
    /// until another one is chosen. None where nobody has that address.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn password_link(&self, email: &str) -> Result<Option<PasswordLink>, Fault> {
        let Some(user) = self.store().user_by_email(email).await? else { return Ok(None) };
        let (secret, digest) = mint("")?;
        let stamp = accounts::password_stamp(self, &user.email).await?;
        let kept = json!({ "email": user.email, "stamp": stamp }).to_string();
        let end = self.now().plus(LINK_FOR);
        let store = self.noting_by(None, Deed::of(Did::LinkAccount, user.id));
        store.keep_pending(PendingKind::PasswordReset, digest, kept, end).await?;
        Ok(Some(PasswordLink(format!("/auth/password?token={secret}"))))
    }

    /// Lets the account of an address run the server; an account that is turned off is turned on. None
    /// where nobody has that address.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn make_operator(&self, email: &str) -> Result<Option<User>, Fault> {
        let Some(user) = self.store().user_by_email(email).await? else { return Ok(None) };
        let change =
            UserChange { is_operator: Some(true), is_active: Some(true), ..UserChange::default() };
        let store = self.noting_by(None, Deed::of(Did::UpdateAccount, user.id));
        Ok(store.update_user(user.id, change).await?)
    }

    /// Makes an account that runs the server, without a password yet. On a fresh server it takes over
    /// what that begins with.
    ///
    /// # Errors
    /// The address is taken.
    pub async fn create_operator(&self, email: String, name: String) -> Result<User, Fault> {
        let user = NewUser {
            id: UserId::new(),
            subject: None,
            email,
            is_email_verified: true,
            name,
            is_operator: true,
            password_hash: None,
            created: self.now(),
        };
        accounts::first(self, user).await
    }
}
