//! Who did what. A change and its entry in the log are one transaction: a handler changes things
//! through the store that [`App::noting`] gives, and what went wrong leaves no entry.
//!
//! Entries name accounts and things by their ids. They hold no address of a person or a machine, no
//! secret, and nothing that an admin of the organization may not see.

use std::collections::BTreeMap;
use std::fmt::Display;

use carbon_store::{Access, AuditEntry, OrganizationId, Store, UserId};

use crate::app::App;
use crate::fault::Fault;
use crate::sign_in::{Caller, Credential};

macro_rules! deeds {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        /// What can be done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Did {
            $($(#[$doc])* $name,)*
        }

        impl Did {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name in the log.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

deeds! {
    /// An organization was made.
    CreateOrganization = "organization.create",
    /// An organization was renamed or described.
    UpdateOrganization = "organization.update",
    /// An organization was deleted with all it has.
    DeleteOrganization = "organization.delete",
    /// Somebody with an account became a member.
    AddMember = "member.add",
    /// Somebody came by an invitation and is a member; the store notes it with the account.
    Join = "member.join",
    /// A member has another role.
    ChangeMember = "member.update",
    /// A member was removed.
    RemoveMember = "member.remove",
    /// A member went.
    Leave = "member.leave",
    /// An address was invited.
    Invite = "invitation.create",
    /// An invitation was taken back.
    WithdrawInvitation = "invitation.delete",
    /// A project was made.
    CreateProject = "project.create",
    /// A project was renamed, described, published or made private.
    UpdateProject = "project.update",
    /// A project was deleted with all it has.
    DeleteProject = "project.delete",
    /// A project has another budget.
    SetBudget = "budget.set",
    /// A project has no budget any more.
    DeleteBudget = "budget.delete",
    /// A webhook was told of a budget.
    TellBudget = "budget.alert",
    /// A webhook could not be told of a budget, and is not tried again.
    LoseBudgetAlert = "budget.alert_lost",
    /// A token of a project was made.
    CreateToken = "token.create",
    /// A token of a project has another secret.
    RotateToken = "token.rotate",
    /// A token of a project is of no use any more.
    RevokeToken = "token.revoke",
    /// A token of a project was deleted.
    DeleteToken = "token.delete",
    /// An experiment was made.
    CreateExperiment = "experiment.create",
    /// What is said of an experiment was changed.
    UpdateExperiment = "experiment.update",
    /// An experiment was deleted with its runs.
    DeleteExperiment = "experiment.delete",
    /// A run was deleted.
    DeleteRun = "run.delete",
    /// An account was made.
    CreateAccount = "account.create",
    /// An account was changed by an operator.
    UpdateAccount = "account.update",
    /// An operator made a link to choose a password.
    LinkAccount = "account.link",
    /// A person chose another password.
    ChangePassword = "account.password",
    /// A personal access token was made.
    CreatePersonalToken = "personal_token.create",
    /// A personal access token was deleted.
    DeletePersonalToken = "personal_token.delete",
    /// Somebody signed in.
    SignIn = "sign_in.success",
    /// Somebody tried to sign in.
    FailSignIn = "sign_in.failure",
    /// A person let a command or a device act for them.
    AdmitCommand = "sign_in.command",
    /// A person signed out.
    SignOut = "sign_out",
    /// A person ended sessions elsewhere.
    EndSessions = "session.end",
}

/// What was done to what, where.
#[derive(Debug, Clone)]
pub(crate) struct Deed {
    did: Did,
    organization: Option<OrganizationId>,
    subject: String,
    detail: BTreeMap<&'static str, String>,
}

impl Deed {
    /// A deed that concerns the server; [`within`](Self::within) says where else.
    pub(crate) fn of(did: Did, subject: impl Display) -> Self {
        Self { did, organization: None, subject: subject.to_string(), detail: BTreeMap::new() }
    }

    /// In an organization.
    #[must_use]
    pub(crate) fn within(self, organization: OrganizationId) -> Self {
        Self { organization: Some(organization), ..self }
    }

    /// Where the subject of a question about rights is.
    #[must_use]
    pub(crate) fn at(self, access: Option<Access>) -> Self {
        let organization = access.map(|access| access.organization_id);
        Self { organization: organization.or(self.organization), ..self }
    }

    /// Says more.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl Display) -> Self {
        self.detail.insert(name, value.to_string());
        self
    }

    /// Says more, if there is something to say.
    #[must_use]
    pub(crate) fn with_some(self, name: &'static str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The entry, for a change that is noted beside another.
    pub(crate) fn entry(self, app: &App, actor: Option<UserId>) -> AuditEntry {
        // Texts by name: there is nothing that could not be written.
        let detail = serde_json::to_string(&self.detail).unwrap_or_else(|_| "{}".to_owned());
        AuditEntry {
            at: app.now(),
            organization_id: self.organization,
            actor_id: actor,
            action: self.did.name().to_owned(),
            subject: self.subject,
            detail,
        }
    }
}

impl App {
    /// The store, whose next change is noted as what a caller did. A personal access token that was
    /// shown is named.
    pub(crate) fn noting(&self, caller: &Caller, deed: Deed) -> Store {
        let token = match caller {
            Caller::Person { by: Credential::Personal(id), .. } => Some(id),
            _ => None,
        };
        self.noting_by(caller.user_id(), deed.with_some("personal_token", token))
    }

    /// The same for somebody who is no caller yet, and for the server itself.
    pub(crate) fn noting_by(&self, actor: Option<UserId>, deed: Deed) -> Store {
        self.store().noting(deed.entry(self, actor))
    }

    /// Notes what left no other trace in the store.
    pub(crate) async fn note(&self, actor: Option<UserId>, deed: Deed) -> Result<(), Fault> {
        Ok(self.store().note(deed.entry(self, actor)).await?)
    }
}
