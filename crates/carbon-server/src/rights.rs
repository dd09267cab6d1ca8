//! Who may do what, in one table.
//!
//! Rights follow from the role in the organization that a thing belongs to. Reading a public project
//! needs no role. Writing runs and their rows is done with the token of a project (see
//! [`token`](crate::token)), not by a person.

use carbon_store::{Access, Role, Subject};

use crate::app::App;
use crate::fault::Fault;
use crate::sign_in::Caller;

/// Something that a person may want to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "they say what they are")]
pub enum Action {
    ReadOrganization,
    ReadOrganizationSums,
    UpdateOrganization,
    ListMembers,
    ChangeMembers,
    CreateProject,
    ReadProject,
    UpdateProject,
    PublishProject,
    DeleteProject,
    ListTokens,
    CreateToken,
    ChangeToken,
    ReadExperiment,
    CreateExperiment,
    ReadRun,
    ReadEmission,
    DeleteOrganization,
    Leave,
    ReadAudit,
    ReadConfiguration,
    ReadBudget,
    ChangeBudget,
    UpdateExperiment,
    DeleteExperiment,
    DeleteRun,
}

/// What an action needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// At least this role in the organization.
    Role(Role),
    /// A public project, or at least this role in its organization.
    PublicOr(Role),
}

/// An action, what it needs, and what is told to those who may not.
pub struct Rule {
    /// The action.
    pub action: Action,
    /// What it needs.
    pub need: Need,
    /// What is told, in the published words.
    pub refusal: &'static str,
}

const fn rule(action: Action, need: Need, refusal: &'static str) -> Rule {
    Rule { action, need, refusal }
}

/// The table.
pub const RULES: &[Rule] = {
    use Action as A;
    use Need::{PublicOr, Role as Of};
    use Role::{Admin, Member, Viewer};
    const ORGANIZATION: &str = "Operation not authorized on organization";
    const PLAIN: &str = "Operation not authorized";
    const READ_PROJECT: &str = "Cannot read project from this organization.";
    const TOKENS: &str = "Create project token is not authorized for your user in this project";
    &[
        rule(A::ReadOrganization, Of(Viewer), ORGANIZATION),
        rule(A::ReadOrganizationSums, Of(Viewer), PLAIN),
        rule(A::UpdateOrganization, Of(Admin), ORGANIZATION),
        rule(A::ListMembers, Of(Viewer), PLAIN),
        rule(A::ChangeMembers, Of(Admin), PLAIN),
        rule(A::CreateProject, Of(Member), "Cannot add project to this organization."),
        rule(A::ReadProject, PublicOr(Viewer), READ_PROJECT),
        rule(A::UpdateProject, Of(Admin), "Cannot update project from this organization."),
        rule(A::PublishProject, Of(Admin), "Cannot update project from this organization."),
        rule(A::DeleteProject, Of(Admin), "Cannot remove project from this organization."),
        rule(A::ListTokens, Of(Member), TOKENS),
        rule(A::CreateToken, Of(Admin), TOKENS),
        rule(A::ChangeToken, Of(Admin), TOKENS),
        rule(A::ReadExperiment, PublicOr(Viewer), PLAIN),
        rule(A::CreateExperiment, Of(Member), ORGANIZATION),
        rule(A::ReadRun, PublicOr(Viewer), PLAIN),
        rule(A::ReadEmission, PublicOr(Viewer), PLAIN),
        rule(A::DeleteOrganization, Of(Admin), ORGANIZATION),
        rule(A::Leave, Of(Viewer), ORGANIZATION),
        rule(A::ReadAudit, Of(Admin), ORGANIZATION),
        rule(A::ReadConfiguration, Of(Viewer), READ_PROJECT),
        rule(A::ReadBudget, Of(Viewer), READ_PROJECT),
        rule(A::ChangeBudget, Of(Admin), "Cannot update project from this organization."),
        rule(A::UpdateExperiment, Of(Member), PLAIN),
        rule(A::DeleteExperiment, Of(Member), PLAIN),
        rule(A::DeleteRun, Of(Member), PLAIN),
    ]
};

/// The rule of an action.
pub fn rule_of(action: Action) -> &'static Rule {
    RULES.iter().find(|rule| rule.action == action).expect("a test sees that every action has one")
}

impl App {
    /// Whether a caller may do something to a subject; what the subject belongs to.
    ///
    /// Where only members may, a subject that does not exist is refused like one of others, so that
    /// nobody learns what there is. Where the public may, it is `None`: the caller says what was not
    /// found.
    ///
    /// # Errors
    /// Nobody is signed in, or the caller may not.
    pub async fn allow(
        &self,
        caller: &Caller,
        action: Action,
        subject: Subject,
    ) -> Result<Option<Access>, Fault> {
        let Rule { need, refusal, .. } = rule_of(action);
        if let Need::Role(_) = need {
            caller.signed_in()?;
        }
        let refused = || Fault::Forbidden((*refusal).to_owned());
        let Some(access) = self.store().access(subject, caller.user_id()).await? else {
            return match need {
                Need::Role(_) => Err(refused()),
                Need::PublicOr(_) => Ok(None),
            };
        };
        if is_allowed(*need, &access) || is_read_by(*need, &access, caller) {
            return Ok(Some(access));
        }
        if *caller == Caller::Nobody {
            return Err(Fault::Unauthorized { detail: "Not authenticated", challenge: true });
        }
        Err(refused())
    }
}

/// A token that reads stands for a viewer of its project.
fn is_read_by(need: Need, access: &Access, caller: &Caller) -> bool {
    let Caller::Reader(token) = caller else { return false };
    need == Need::PublicOr(Role::Viewer) && access.project_id == Some(token.project_id)
}

fn is_allowed(need: Need, access: &Access) -> bool {
    let has = |role: Role| access.role.is_some_and(|own| own >= role);
    match need {
        Need::Role(role) => has(role),
        Need::PublicOr(role) => access.is_public || has(role),
    }
}
