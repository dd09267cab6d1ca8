//! One's own account, what operators do with accounts, and invitations.

use carbon_api::v1::admin::{
    Account, AccountInvite, AccountLink, AccountPatch, InvitationAnswer, InvitationIn,
    InvitationItem, NewPassword, NewPersonalToken, PersonalToken, SessionItem,
};
use serde_json::json;

use super::Group;
use crate::operation::{Asker, Parameter, Place, delete, get, patch, post, put};
use crate::world::{EMAIL, GRACE, INVITATION, ORGANIZATION, PASSWORD, PERSONAL_TOKEN};

pub(super) fn group() -> Group {
    let mut operations = own();
    operations.extend(operators());
    operations.extend(invitations());
    Group {
        name: "Accounts",
        words: "One's own account, what operators do with accounts, and invitations.",
        operations,
    }
}

fn own() -> Vec<crate::operation::Operation> {
    vec![
        get("getAccount", "/v1/account")
            .says("The account of the caller", "")
            .by(Asker::Person)
            .gives::<Account>(200, "The account."),
        get("listSessions", "/v1/account/sessions")
            .says("Where the caller is signed in", "")
            .by(Asker::Person)
            .gives::<Vec<SessionItem>>(200, "The sessions."),
        delete("endOtherSessions", "/v1/account/sessions")
            .says("Signs the caller out everywhere else", "")
            .by(Asker::InPerson)
            .ends(204, "It is done."),
        delete("endSession", "/v1/account/sessions/{id}")
            .says("Signs the caller out in one place", "")
            .by(Asker::InPerson)
            .parameter(Parameter {
                name: "id",
                place: Place::Path,
                is_required: true,
                words: "What the list of sessions calls it.",
                schema: json!({ "type": "string", "maxLength": 64 }),
                example: Some(json!("00000000000000000000000000000000")),
            })
            .gives_problem(404, "There is no such session.")
            .ends(204, "It is done."),
        put("changePassword", "/v1/account/password")
            .says(
                "Changes the password of the caller",
                "Only where people sign in at this server. Ends all other sessions; the answer has the \
                 cookie of a new one.",
            )
            .by(Asker::InPerson)
            .sends::<NewPassword>(json!({ "current": PASSWORD, "password": PASSWORD }))
            .ends(204, "It is changed.")
            .refuses(&[429]),
        get("listPersonalTokens", "/v1/account/tokens")
            .says("Personal access tokens of the caller", "Without their secrets.")
            .by(Asker::Person)
            .gives::<Vec<PersonalToken>>(200, "The tokens."),
        post("createPersonalToken", "/v1/account/tokens")
            .says(
                "Makes a personal access token",
                "It stands for the caller in commands, but makes no other tokens. It ends after 90 days \
                 unless `expires` says otherwise.",
            )
            .by(Asker::InPerson)
            .sends::<NewPersonalToken>(json!({ "name": "laptop", "expires": "2027-01-31T00:00:00Z" }))
            .gives::<PersonalToken>(201, "The token, with its secret, which is told this once."),
        delete("deletePersonalToken", "/v1/account/tokens/{id}")
            .says("Deletes a personal access token", "")
            .by(Asker::Person)
            .id("id", "UUID of the token.", PERSONAL_TOKEN)
            .ends(204, "It is deleted.")
            .refuses(&[404]),
    ]
}

fn operators() -> Vec<crate::operation::Operation> {
    vec![
        get("findAccount", "/v1/accounts")
            .says("The account of an address", "For operators.")
            .by(Asker::InPerson)
            .query("email", "The address.", json!({ "type": "string", "maxLength": 254 }), json!(EMAIL))
            .required()
            .gives::<Account>(200, "The account.")
            .refuses(&[404]),
        post("inviteAccount", "/v1/accounts")
            .says(
                "Makes a link to choose a password",
                "For a new account, or in place of a password that was forgotten. For operators, who hand \
                 it on: this server sends no mail.",
            )
            .by(Asker::InPerson)
            .sends::<AccountInvite>(json!({ "email": "alan@example.org", "name": "Alan" }))
            .gives::<AccountLink>(201, "The link."),
        patch("updateAccount", "/v1/accounts/{id}")
            .says("Changes an account", "For operators. What is absent or null stays.")
            .by(Asker::InPerson)
            .id("id", "UUID of the account.", GRACE)
            .sends::<AccountPatch>(json!({ "name": "Grace H." }))
            .gives::<Account>(200, "The account as it is now.")
            .refuses(&[404]),
    ]
}

fn invitations() -> Vec<crate::operation::Operation> {
    let id = "UUID of the organization.";
    vec![
        post("invite", "/v1/organizations/{id}/invitations")
            .says(
                "Invites an address into an organization",
                "Whoever has an account is a member at once; others become one when they sign up with that \
                 address. It stands for 14 days. Needs an admin.",
            )
            .by(Asker::Person)
            .id("id", id, ORGANIZATION)
            .sends::<InvitationIn>(json!({ "email": "alan@example.org", "role": "viewer" }))
            .gives::<InvitationAnswer>(201, "The address is invited.")
            .gives::<InvitationAnswer>(200, "The person had an account, and is a member now.")
            .refuses(&[404]),
        get("listInvitations", "/v1/organizations/{id}/invitations")
            .says("Open invitations of an organization", "Needs an admin.")
            .by(Asker::Person)
            .id("id", id, ORGANIZATION)
            .gives::<Vec<InvitationItem>>(200, "The invitations."),
        delete("withdrawInvitation", "/v1/organizations/{id}/invitations/{invitation}")
            .says("Withdraws an invitation", "Needs an admin.")
            .by(Asker::Person)
            .id("id", id, ORGANIZATION)
            .id("invitation", "UUID of the invitation.", INVITATION)
            .ends(204, "It is withdrawn.")
            .refuses(&[404]),
    ]
}
