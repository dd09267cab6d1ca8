// Written by `npm run client` from the server's OpenAPI document; do not edit.

export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/openid-configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["describeProvider"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/authorize": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["askForCode"];
        put?: never;
        post: operations["answerForCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["checkSignIn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/device": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["showDevice"];
        put?: never;
        post: operations["beginDevice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/device/answer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["answerDevice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/jwks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getSigningKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["showSignIn"];
        put?: never;
        post: operations["signIn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["signOutByLink"];
        put?: never;
        post: operations["signOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["showPassword"];
        put?: never;
        post: operations["choosePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["revokeRenewal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["showSetUp"];
        put?: never;
        post: operations["setUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["exchangeForTokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getDocumentPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/emissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["addEmission"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/emissions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getEmission"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/experiments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["createExperiment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/experiments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getExperiment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/experiments/{id}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listExperimentRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/experiments/{id}/runs/sums": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getRunReports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getLife"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/lastrun/project/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getLastRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organizations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listOrganizations"];
        put?: never;
        post: operations["createOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organizations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getOrganization"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["updateOrganization"];
        trace?: never;
    };
    "/organizations/{id}/add-user": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["addUserToOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organizations/{id}/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listProjects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organizations/{id}/sums": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getOrganizationReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/organizations/{id}/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listOrganizationUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["findProjects"];
        put?: never;
        post: operations["createProject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getProject"];
        put?: never;
        post?: never;
        delete: operations["deleteProject"];
        options?: never;
        head?: never;
        patch: operations["updateProject"];
        trace?: never;
    };
    "/projects/{id}/api-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listProjectTokens"];
        put?: never;
        post: operations["createProjectToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{id}/api-tokens/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["deleteProjectToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{id}/experiments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listExperiments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{id}/experiments/sums": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getExperimentReports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{id}/sums": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getProjectReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/redoc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getDocumentPageByOldName"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listRuns"];
        put?: never;
        post: operations["createRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/emissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listRunEmissions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/telemetry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["sendTelemetry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getAccount"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/account/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put: operations["changePassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/account/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete: operations["endOtherSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/account/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/account/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listPersonalTokens"];
        put?: never;
        post: operations["createPersonalToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/account/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["deletePersonalToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["findAccount"];
        put?: never;
        post: operations["inviteAccount"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/accounts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["updateAccount"];
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["pageServerAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/emissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["addEmissions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/experiments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["deleteExperiment"];
        options?: never;
        head?: never;
        patch: operations["updateExperiment"];
        trace?: never;
    };
    "/v1/experiments/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getExperimentExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/experiments/{id}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["pageExperimentRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/experiments/{id}/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getExperimentSeries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/experiments/{id}/sums": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getExperimentSums"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["pageOrganizations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getOwnOrganization"];
        put?: never;
        post?: never;
        delete: operations["deleteOrganization"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{id}/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["pageAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getOrganizationExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{id}/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["listInvitations"];
        put?: never;
        post: operations["invite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{id}/invitations/{invitation}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["withdrawInvitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{id}/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getOrganizationLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["pageMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{id}/members/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["removeMember"];
        options?: never;
        head?: never;
        patch: operations["changeRole"];
        trace?: never;
    };
    "/v1/organizations/{id}/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["pageProjects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{id}/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getOrganizationSeries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{id}/sums": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getOrganizationSums"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations/{id}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getOrganizationUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{id}/budget": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getBudget"];
        put: operations["setBudget"];
        post?: never;
        delete: operations["deleteBudget"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{id}/configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getConfiguration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{id}/experiments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["pageExperiments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getProjectExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{id}/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getProjectLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{id}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["pageProjectRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{id}/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getProjectSeries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{id}/sums": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getProjectSums"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{id}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["pageProjectTokens"];
        put?: never;
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{id}/tokens/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: operations["deleteToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{id}/tokens/{token}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["revokeToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/projects/{id}/tokens/{token}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["rotateToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reference/clouds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getClouds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reference/grids": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getGrids"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reference/regions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getRegions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getRunDetail"];
        put?: never;
        post?: never;
        delete: operations["deleteRun"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/emissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["pageEmissions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getRunExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getRunLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getRunSeries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/sums": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getRunSums"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/{id}/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["pageTasks"];
        put?: never;
        post: operations["addTasks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/runs/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["compareRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["getServer"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AccessName: "read" | "write" | "read_write" | "none";
        Account: {
            created: string;
            email: string;
            id: string;
            is_active: boolean;
            is_operator: boolean;
            name: string;
            subject: string | null;
        };
        AccountInvite: {
            email: string;
            /** @default null */
            name?: string | null;
        };
        AccountLink: {
            expires: string;
            link: string;
        };
        AccountPatch: {
            /** @default null */
            is_active?: boolean | null;
            /** @default null */
            is_operator?: boolean | null;
            /** @default null */
            name?: string | null;
            /** @default null */
            subject?: string | null;
        };
        Actor: {
            id: string;
            name: string | null;
        };
        AddUser: {
            email: string;
        };
        Amounts: {
            emissions_kg: number;
            energy_kwh: number;
        };
        AuditItem: {
            action: string;
            actor: components["schemas"]["Actor"] | null;
            at: string;
            detail: {
                [key: string]: string;
            };
            subject: string;
        };
        AuthName: "none" | "local" | "oidc";
        BoardInfo: {
            fault_count: number;
            faults: string[];
            is_ready: boolean;
            revision: string;
            runs: number;
        };
        BudgetAlert: {
            attempts: number;
            delivered: string | null;
            measure: components["schemas"]["Measure"];
            state: components["schemas"]["BudgetState"];
        };
        BudgetIn: {
            /** @default null */
            emissions_kg?: number | null;
            /** @default null */
            energy_kwh?: number | null;
            /** @default false */
            new_key?: boolean;
            /** @default null */
            webhook?: string | null;
        };
        BudgetSet: {
            alerts: components["schemas"]["BudgetAlert"][];
            emissions_kg: number | null;
            energy_kwh: number | null;
            forecast: components["schemas"]["Amounts"] | null;
            month: string;
            state: components["schemas"]["BudgetState"];
            used: components["schemas"]["Amounts"];
            webhook: string | null;
            webhook_host: string | null;
            webhook_key?: string | null;
        };
        BudgetState: "ok" | "forecast" | "passed";
        BudgetStatus: {
            alerts: components["schemas"]["BudgetAlert"][];
            emissions_kg: number | null;
            energy_kwh: number | null;
            forecast: components["schemas"]["Amounts"] | null;
            month: string;
            state: components["schemas"]["BudgetState"];
            used: components["schemas"]["Amounts"];
            webhook: string | null;
            webhook_host: string | null;
        };
        BulkStored: {
            ids?: string[] | null;
            repeated: number;
            stored: number;
        };
        CloudRegion: {
            city: string;
            high_g_per_kwh: number | null;
            intensity_g_per_kwh: number | null;
            iso3: string;
            low_g_per_kwh: number | null;
            place_source: string;
            provider: string;
            provider_intensity_g_per_kwh: number | null;
            provider_name: string;
            provider_source: string | null;
            pue: number;
            pue_year: number;
            region: string;
            source: string | null;
            state: string | null;
            year: number | null;
        };
        Clouds: {
            regions: components["schemas"]["CloudRegion"][];
            sources: components["schemas"]["Source"][];
        };
        Compared: {
            experiment: components["schemas"]["ExperimentName"];
            figures: components["schemas"]["Figures"];
            project: components["schemas"]["ProjectName"];
            run: components["schemas"]["V1Run"];
        };
        Comparison: {
            differences: components["schemas"]["RunDifference"][];
            runs: components["schemas"]["Compared"][];
        };
        CursorPageOfAuditItem: {
            items: components["schemas"]["AuditItem"][];
            next: string | null;
        };
        CursorPageOfExperimentRow: {
            items: components["schemas"]["ExperimentRow"][];
            next: string | null;
        };
        CursorPageOfMemberItem: {
            items: components["schemas"]["MemberItem"][];
            next: string | null;
        };
        CursorPageOfOwnOrganization: {
            items: components["schemas"]["OwnOrganization"][];
            next: string | null;
        };
        CursorPageOfProjectRow: {
            items: components["schemas"]["ProjectRow"][];
            next: string | null;
        };
        CursorPageOfRunRow: {
            items: components["schemas"]["RunRow"][];
            next: string | null;
        };
        CursorPageOfTask: {
            items: components["schemas"]["Task"][];
            next: string | null;
        };
        CursorPageOfToken: {
            items: components["schemas"]["Token"][];
            next: string | null;
        };
        CursorPageOfV1Emission: {
            items: components["schemas"]["V1Emission"][];
            next: string | null;
        };
        Difference: {
            high: number | null;
            low: number | null;
            ratio: number | null;
            value: number;
            verdict: components["schemas"]["Verdict"];
        };
        Emission: {
            cpu_energy: number | null;
            cpu_power: number | null;
            cpu_utilization_percent: number | null;
            duration: number;
            emissions_rate: number | null;
            emissions_sum: number | null;
            energy_consumed: number | null;
            gpu_energy: number | null;
            gpu_power: number | null;
            gpu_utilization_percent: number | null;
            id: string;
            ram_energy: number | null;
            ram_power: number | null;
            ram_utilization_percent: number | null;
            run_id: string;
            timestamp: string;
            wue: number | null;
        };
        EmissionIn: {
            cpu_energy: number | null;
            cpu_power: number | null;
            /** @default null */
            cpu_utilization_percent?: number | null;
            duration: number;
            duration_s?: number | null;
            emissions_high_kg?: number | null;
            emissions_low_kg?: number | null;
            emissions_rate: number | null;
            emissions_sum: number | null;
            energy_consumed: number | null;
            energy_high_kwh?: number | null;
            energy_low_kwh?: number | null;
            gpu_energy: number | null;
            gpu_power: number | null;
            /** @default null */
            gpu_utilization_percent?: number | null;
            id?: string | null;
            ram_energy: number | null;
            ram_power: number | null;
            /** @default null */
            ram_utilization_percent?: number | null;
            run_id: string;
            tasks?: components["schemas"]["TaskIn"][];
            timestamp: string;
            /** @default null */
            wue?: number | null;
        };
        Experiment: {
            cloud_provider: string | null;
            cloud_region: string | null;
            country_iso_code: string | null;
            country_name: string | null;
            description: string;
            id: string;
            name: string;
            on_cloud: boolean | null;
            project_id: string;
            region: string | null;
            timestamp: string | null;
        };
        ExperimentIn: {
            /** @default null */
            cloud_provider?: string | null;
            /** @default null */
            cloud_region?: string | null;
            /** @default null */
            country_iso_code?: string | null;
            /** @default null */
            country_name?: string | null;
            description: string;
            name: string;
            /** @default null */
            on_cloud?: boolean | null;
            project_id: string;
            /** @default null */
            region?: string | null;
            /** @default null */
            timestamp?: string | null;
        };
        ExperimentName: {
            id: string;
            name: string;
        };
        ExperimentPatch: {
            /** @default null */
            cloud_provider?: string | null;
            /** @default null */
            cloud_region?: string | null;
            /** @default null */
            country_iso_code?: string | null;
            /** @default null */
            country_name?: string | null;
            /** @default null */
            description?: string | null;
            /** @default null */
            name?: string | null;
            /** @default null */
            on_cloud?: boolean | null;
            /** @default null */
            region?: string | null;
        };
        ExperimentReport: {
            cloud_provider: string | null;
            cloud_region: string | null;
            country_iso_code: string | null;
            country_name: string | null;
            cpu_energy: number;
            cpu_power: number;
            cpu_utilization_percent: number | null;
            description: string;
            duration: number;
            emissions: number;
            emissions_count: number;
            emissions_rate: number;
            energy_consumed: number;
            experiment_id: string;
            gpu_energy: number;
            gpu_power: number;
            gpu_utilization_percent: number | null;
            name: string;
            on_cloud: boolean;
            project_id: string;
            ram_energy: number;
            ram_power: number;
            ram_utilization_percent: number | null;
            region: string | null;
            timestamp: string;
        };
        ExperimentRow: {
            cloud_provider: string | null;
            cloud_region: string | null;
            country_iso_code: string | null;
            country_name: string | null;
            description: string;
            figures: components["schemas"]["Figures"];
            id: string;
            name: string;
            on_cloud: boolean | null;
            project_id: string;
            region: string | null;
            runs: number;
            timestamp: string | null;
        };
        Features: {
            board: boolean;
            command_sign_in: boolean;
            passwords: boolean;
            private_webhooks: boolean;
            provider_sign_in: boolean;
        };
        Figures: {
            cpu_energy_kwh: number;
            cpu_power_w: number | null;
            cpu_utilization_percent: number | null;
            duration_s: number;
            emissions_high_kg: number | null;
            emissions_kg: number;
            emissions_low_kg: number | null;
            energy_high_kwh: number | null;
            energy_kwh: number;
            energy_low_kwh: number | null;
            gpu_energy_kwh: number;
            gpu_power_w: number | null;
            gpu_utilization_percent: number | null;
            ram_energy_kwh: number;
            ram_power_w: number | null;
            ram_utilization_percent: number | null;
            rows: number;
        };
        Flaw: {
            ctx?: {
                [key: string]: unknown;
            };
            input: unknown;
            loc: (string | number)[];
            msg: string;
            type: string;
        };
        FlawsRefusal: {
            detail: components["schemas"]["Flaw"][];
        };
        Grid: {
            high_g_per_kwh: number;
            intensity_g_per_kwh: number;
            iso3: string;
            low_g_per_kwh: number;
            mix: components["schemas"]["MixShares"] | null;
            name: string;
            source: string;
            taken_from: string | null;
            year: number;
        };
        Grids: {
            grids: components["schemas"]["Grid"][];
            sources: components["schemas"]["Source"][];
        };
        Group: {
            cpu_energy_kwh: number;
            cpu_power_w: number | null;
            cpu_utilization_percent: number | null;
            duration_s: number;
            emissions_high_kg: number | null;
            emissions_kg: number;
            emissions_low_kg: number | null;
            energy_high_kwh: number | null;
            energy_kwh: number;
            energy_low_kwh: number | null;
            gpu_energy_kwh: number;
            gpu_power_w: number | null;
            gpu_utilization_percent: number | null;
            key: string | null;
            name: string | null;
            ram_energy_kwh: number;
            ram_power_w: number | null;
            ram_utilization_percent: number | null;
            rows: number;
        };
        InvitationAnswer: {
            created?: string;
            email?: string;
            expires?: string;
            id?: string;
            invited_by?: string | null;
            role?: components["schemas"]["RoleName"];
            status: components["schemas"]["InvitationStatus"];
        };
        InvitationIn: {
            email: string;
            /** @default null */
            role?: components["schemas"]["RoleName"] | null;
        };
        InvitationItem: {
            created: string;
            email: string;
            expires: string;
            id: string;
            invited_by: string | null;
            role: components["schemas"]["RoleName"];
        };
        InvitationStatus: "member" | "invited";
        LiveRun: {
            cpu_power_w: number | null;
            emissions_kg: number;
            energy_kwh: number;
            experiment_id: string;
            experiment_name: string;
            gpu_power_w: number | null;
            last: string;
            power_w: number | null;
            project_id: string;
            project_name: string;
            ram_power_w: number | null;
            run_id: string;
        };
        Measure: "energy" | "emissions";
        MemberItem: {
            email: string;
            id: string;
            is_active: boolean;
            name: string;
            role: components["schemas"]["RoleName"];
            since: string;
        };
        MixShares: {
            bio_percent: number;
            coal_percent: number;
            gas_percent: number;
            hydro_percent: number;
            nuclear_percent: number;
            oil_percent: number;
            other_percent: number;
            solar_percent: number;
            source: string;
            wind_percent: number;
            year: number;
        };
        NewPassword: {
            current: string;
            password: string;
        };
        NewPersonalToken: {
            expires?: string | null;
            name: string;
        };
        NewToken: {
            access?: components["schemas"]["AccessName"] | null;
            /** @default null */
            expires?: string | null;
            name: string;
        };
        Organization: {
            description: string;
            id: string;
            name: string;
        };
        OrganizationIn: {
            description: string;
            name: string;
        };
        OrganizationPatch: {
            /** @default null */
            description?: string | null;
            /** @default null */
            name?: string | null;
        };
        OrganizationReport: {
            cpu_energy: number;
            cpu_power: number;
            cpu_utilization_percent: number | null;
            description: string;
            duration: number;
            emissions: number;
            emissions_count: number;
            emissions_rate: number;
            energy_consumed: number;
            gpu_energy: number;
            gpu_power: number;
            gpu_utilization_percent: number | null;
            name: string;
            organization_id: string;
            ram_energy: number;
            ram_power: number;
            ram_utilization_percent: number | null;
        };
        OrganizationUser: {
            email: string;
            id: string;
            is_active: boolean;
            is_admin: boolean;
            name: string;
            organization_id: string;
            organizations: string[] | null;
            role: string;
        };
        OwnOrganization: {
            created: string;
            description: string;
            id: string;
            members: number;
            name: string;
            projects: number;
            role: components["schemas"]["RoleName"];
        };
        PageOfEmission: {
            items: components["schemas"]["Emission"][];
            page: number;
            pages: number;
            size: number;
            total: number;
        };
        PersonalToken: {
            created: string;
            expires: string | null;
            id: string;
            last_used: string | null;
            name: string;
            token?: string | null;
        };
        Problem: {
            detail: string;
            errors?: components["schemas"]["Flaw"][];
            instance?: string;
            status: number;
            title: string;
            type: string;
        };
        Project: {
            description: string;
            /** @default [] */
            experiments: string[];
            id: string;
            name: string;
            organization_id: string;
            /** @default null */
            public: boolean | null;
        };
        ProjectIn: {
            description: string;
            name: string;
            organization_id: string;
        };
        ProjectName: {
            id: string;
            name: string;
        };
        ProjectOfRun: {
            id: string;
            name: string;
            organization_id: string;
            public: boolean;
        };
        ProjectPatch: {
            /** @default null */
            description?: string | null;
            /** @default null */
            name?: string | null;
            /** @default null */
            public?: boolean | null;
        };
        ProjectReport: {
            cpu_energy: number;
            cpu_power: number;
            cpu_utilization_percent: number | null;
            description: string;
            duration: number;
            emissions: number;
            emissions_count: number;
            emissions_rate: number;
            energy_consumed: number;
            gpu_energy: number;
            gpu_power: number;
            gpu_utilization_percent: number | null;
            name: string;
            organization_id: string;
            project_id: string;
            ram_energy: number;
            ram_power: number;
            ram_utilization_percent: number | null;
        };
        ProjectRow: {
            created: string;
            description: string;
            figures: components["schemas"]["Figures"];
            id: string;
            name: string;
            organization_id: string;
            public: boolean;
        };
        ProjectToken: {
            /** @default 2 */
            access: number;
            id: string;
            /** @default null */
            last_used: string | null;
            name: string | null;
            project_id: string;
            /** @default false */
            revoked: boolean;
            token: string | null;
        };
        ProjectTokenIn: {
            /** @default 2 */
            access?: number;
            /** @default null */
            name?: string | null;
        };
        Refusal: {
            detail: string;
        };
        Region: {
            code: string;
            high_g_per_kwh: number;
            intensity_g_per_kwh: number;
            is_shared: boolean;
            iso3: string;
            low_g_per_kwh: number;
            mix: components["schemas"]["MixShares"] | null;
            name: string;
            source: string;
            year: number;
            zone: string;
        };
        Regions: {
            regions: components["schemas"]["Region"][];
            sources: components["schemas"]["Source"][];
        };
        RoleIn: {
            role: components["schemas"]["RoleName"];
        };
        RoleName: "admin" | "member" | "viewer";
        RotateToken: {
            expires?: string | null;
        };
        Run: {
            codecarbon_version: string | null;
            cpu_count: number | null;
            cpu_model: string | null;
            experiment_id: string;
            gpu_count: number | null;
            gpu_model: string | null;
            id: string;
            latitude: number | null;
            longitude: number | null;
            os: string | null;
            provider: string | null;
            python_version: string | null;
            ram_total_size: number | null;
            region: string | null;
            timestamp: string;
            tracking_mode: string | null;
        };
        RunDetail: {
            codecarbon_version: string | null;
            cpu_count: number | null;
            cpu_model: string | null;
            experiment: components["schemas"]["Experiment"];
            experiment_id: string;
            figures: components["schemas"]["Figures"];
            first: string | null;
            gpu_count: number | null;
            gpu_model: string | null;
            host: string | null;
            id: string;
            last: string | null;
            latitude: number | null;
            longitude: number | null;
            member_id: string | null;
            os: string | null;
            project: components["schemas"]["ProjectOfRun"];
            project_id: string;
            provider: string | null;
            python_version: string | null;
            ram_total_size: number | null;
            region: string | null;
            sources: unknown;
            timestamp: string;
            tracking_mode: string | null;
        };
        RunDifference: {
            duration: components["schemas"]["Difference"];
            emissions: components["schemas"]["Difference"];
            energy: components["schemas"]["Difference"];
            run_id: string;
        };
        RunIn: {
            /** @default null */
            codecarbon_version?: string | null;
            /** @default null */
            cpu_count?: number | null;
            /** @default null */
            cpu_model?: string | null;
            experiment_id: string;
            /** @default null */
            gpu_count?: number | null;
            /** @default null */
            gpu_model?: string | null;
            host?: string | null;
            id?: string | null;
            /** @default null */
            latitude?: number | null;
            /** @default null */
            longitude?: number | null;
            /** @default null */
            os?: string | null;
            /** @default null */
            provider?: string | null;
            /** @default null */
            python_version?: string | null;
            /** @default null */
            ram_total_size?: number | null;
            /** @default null */
            region?: string | null;
            sources?: unknown;
            timestamp: string;
            /** @default null */
            tracking_mode?: string | null;
        };
        RunReport: {
            codecarbon_version: string | null;
            cpu_count: number | null;
            cpu_energy: number;
            cpu_model: string | null;
            cpu_power: number;
            cpu_utilization_percent: number | null;
            duration: number;
            emissions: number;
            emissions_count: number;
            emissions_rate: number;
            energy_consumed: number;
            experiment_id: string;
            gpu_count: number | null;
            gpu_energy: number;
            gpu_model: string | null;
            gpu_power: number;
            gpu_utilization_percent: number | null;
            latitude: number | null;
            longitude: number | null;
            os: string | null;
            provider: string | null;
            python_version: string | null;
            ram_energy: number;
            ram_power: number;
            ram_total_size: number | null;
            ram_utilization_percent: number | null;
            region: string | null;
            run_id: string;
            timestamp: string;
            tracking_mode: string | null;
        };
        RunRow: {
            codecarbon_version: string | null;
            cpu_count: number | null;
            cpu_model: string | null;
            experiment_id: string;
            experiment_name: string;
            figures: components["schemas"]["Figures"];
            first: string | null;
            gpu_count: number | null;
            gpu_model: string | null;
            host: string | null;
            id: string;
            last: string | null;
            latitude: number | null;
            longitude: number | null;
            member_id: string | null;
            os: string | null;
            project_id: string;
            provider: string | null;
            python_version: string | null;
            ram_total_size: number | null;
            region: string | null;
            sources: unknown;
            timestamp: string;
            tracking_mode: string | null;
        };
        Series: {
            end: string | null;
            points: components["schemas"]["SeriesPoint"][];
            start: string | null;
            width_s: number;
        };
        SeriesPoint: {
            cpu_energy_kwh: number;
            cpu_power_w: number | null;
            cpu_utilization_percent: number | null;
            duration_s: number;
            emissions_high_kg: number | null;
            emissions_kg: number;
            emissions_low_kg: number | null;
            energy_high_kwh: number | null;
            energy_kwh: number;
            energy_low_kwh: number | null;
            gpu_energy_kwh: number;
            gpu_power_w: number | null;
            gpu_utilization_percent: number | null;
            key?: string | null;
            ram_energy_kwh: number;
            ram_power_w: number | null;
            ram_utilization_percent: number | null;
            rows: number;
            start: string;
        };
        ServerInfo: {
            auth: components["schemas"]["AuthName"];
            board: components["schemas"]["BoardInfo"] | null;
            features: components["schemas"]["Features"];
            limits: components["schemas"]["ServerLimits"];
            public_url: string;
            version: string;
        };
        ServerLimits: {
            bulk_bytes: number;
            bulk_rows: number;
            page_items: number;
        };
        SessionItem: {
            created: string;
            expires: string;
            id: string;
            is_this: boolean;
            last_seen: string;
        };
        Source: {
            address: string;
            id: string;
            licence: string;
            title: string;
        };
        Sums: {
            end: string | null;
            groups?: components["schemas"]["Group"][] | null;
            groups_left_out?: number | null;
            start: string | null;
            total: components["schemas"]["Figures"];
        };
        Task: {
            cpu_energy_kwh: number | null;
            duration_s: number;
            emissions_kg: number;
            energy_kwh: number;
            gpu_energy_kwh: number | null;
            id: string;
            name: string;
            ram_energy_kwh: number | null;
            start: string;
        };
        TaskIn: {
            /** @default null */
            cpu_energy_kwh?: number | null;
            duration_s: number;
            emissions_kg: number;
            energy_kwh: number;
            /** @default null */
            gpu_energy_kwh?: number | null;
            id?: string | null;
            name: string;
            /** @default null */
            ram_energy_kwh?: number | null;
            start: string;
        };
        TasksIn: {
            tasks: components["schemas"]["TaskIn"][];
        };
        TasksStored: {
            stored: number;
        };
        Token: {
            access: components["schemas"]["AccessName"];
            created: string;
            created_by: string | null;
            created_by_name: string | null;
            expires: string | null;
            id: string;
            last_used: string | null;
            name: string | null;
            project_id: string;
            state: components["schemas"]["TokenState"];
            token?: string | null;
        };
        TokenState: "active" | "expired" | "revoked";
        V1Emission: {
            cpu_energy: number | null;
            cpu_power: number | null;
            cpu_utilization_percent: number | null;
            duration_s: number;
            emissions_high_kg: number | null;
            emissions_low_kg: number | null;
            emissions_rate: number | null;
            emissions_sum: number | null;
            energy_consumed: number | null;
            energy_high_kwh: number | null;
            energy_low_kwh: number | null;
            gpu_energy: number | null;
            gpu_power: number | null;
            gpu_utilization_percent: number | null;
            id: string;
            ram_energy: number | null;
            ram_power: number | null;
            ram_utilization_percent: number | null;
            run_id: string;
            timestamp: string;
            wue: number;
        };
        V1Run: {
            codecarbon_version: string | null;
            cpu_count: number | null;
            cpu_model: string | null;
            experiment_id: string;
            gpu_count: number | null;
            gpu_model: string | null;
            host: string | null;
            id: string;
            latitude: number | null;
            longitude: number | null;
            member_id: string | null;
            os: string | null;
            project_id: string;
            provider: string | null;
            python_version: string | null;
            ram_total_size: number | null;
            region: string | null;
            sources: unknown;
            timestamp: string;
            tracking_mode: string | null;
        };
        Verdict: "more" | "less" | "same" | "unknown";
    };
    responses: {
        AddressTooLong: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        AddressTooLongProblem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        ConflictProblem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        Flawed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["FlawsRefusal"];
            };
        };
        FlawedProblem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        ForbiddenProblem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        Full: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        FullProblem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        HeadTooLong: {
            headers: {
                [name: string]: unknown;
            };
            content?: never;
        };
        HeadTooLongProblem: {
            headers: {
                [name: string]: unknown;
            };
            content?: never;
        };
        Invalid: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        InvalidProblem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        NotFoundProblem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        NotSignedIn: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        NotSignedInProblem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        TooLong: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        TooLongProblem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        TooMany: {
            headers: {
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        TooManyProblem: {
            headers: {
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        TooSlow: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        TooSlowProblem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        Unavailable: {
            headers: {
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Refusal"];
            };
        };
        UnavailableProblem: {
            headers: {
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        WrongMediaProblem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        status: "OK";
                    };
                };
            };
        };
    };
    describeProvider: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    askForCode: {
        parameters: {
            query?: {
                client_id?: string;
                code_challenge?: string;
                code_challenge_method?: string;
                nonce?: string;
                redirect_uri?: string;
                response_type?: string;
                scope?: string;
                state?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    answerForCode: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    answer?: string;
                    client_id?: string;
                    code_challenge?: string;
                    code_challenge_method?: string;
                    nonce?: string;
                    redirect_uri?: string;
                    response_type?: string;
                    scope?: string;
                    state?: string;
                };
                "application/x-www-form-urlencoded": {
                    answer?: string;
                    client_id?: string;
                    code_challenge?: string;
                    code_challenge_method?: string;
                    nonce?: string;
                    redirect_uri?: string;
                    response_type?: string;
                    scope?: string;
                    state?: string;
                };
            };
        };
        responses: never;
    };
    checkSignIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        user: {
                            [key: string]: unknown;
                        } | null;
                    };
                };
            };
        };
    };
    showDevice: {
        parameters: {
            query?: {
                user_code?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    beginDevice: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    client_id: string;
                    scope?: string;
                };
                "application/x-www-form-urlencoded": {
                    client_id: string;
                    scope?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        device_code: string;
                        expires_in: number;
                        interval: number;
                        user_code: string;
                        verification_uri: string;
                        verification_uri_complete?: string;
                    };
                };
            };
        };
    };
    answerDevice: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    answer?: string;
                    user_code: string;
                };
                "application/x-www-form-urlencoded": {
                    answer?: string;
                    user_code: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    getSigningKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    showSignIn: {
        parameters: {
            query?: {
                code?: string;
                error?: string;
                next?: string;
                state?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email: string;
                    next?: string;
                    password: string;
                };
                "application/x-www-form-urlencoded": {
                    email: string;
                    next?: string;
                    password: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        user: {
                            [key: string]: unknown;
                        } | null;
                    };
                };
            };
        };
    };
    signOutByLink: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: never;
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    showPassword: {
        parameters: {
            query?: {
                token?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    choosePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    password: string;
                    token: string;
                };
                "application/x-www-form-urlencoded": {
                    password: string;
                    token: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        user: {
                            [key: string]: unknown;
                        } | null;
                    };
                };
            };
        };
    };
    revokeRenewal: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    token?: string;
                };
                "application/x-www-form-urlencoded": {
                    token?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    showSetUp: {
        parameters: {
            query?: {
                token?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    setUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email: string;
                    name?: string;
                    password: string;
                    token: string;
                };
                "application/x-www-form-urlencoded": {
                    email: string;
                    name?: string;
                    password: string;
                    token: string;
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        user: {
                            [key: string]: unknown;
                        } | null;
                    };
                };
            };
        };
    };
    exchangeForTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    client_id: string;
                    code?: string;
                    code_verifier?: string;
                    device_code?: string;
                    grant_type: string;
                    redirect_uri?: string;
                    refresh_token?: string;
                };
                "application/x-www-form-urlencoded": {
                    client_id: string;
                    code?: string;
                    code_verifier?: string;
                    device_code?: string;
                    grant_type: string;
                    redirect_uri?: string;
                    refresh_token?: string;
                };
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    getDocumentPage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    addEmission: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmissionIn"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
        };
    };
    getEmission: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Emission"];
                };
            };
        };
    };
    createExperiment: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExperimentIn"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Experiment"];
                };
            };
        };
    };
    getExperiment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Experiment"];
                };
            };
        };
    };
    listExperimentRuns: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"][];
                };
            };
        };
    };
    getRunReports: {
        parameters: {
            query?: {
                end_date?: string;
                start_date?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunReport"][];
                };
            };
        };
    };
    getLife: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        status: "alive";
                    };
                };
            };
        };
    };
    getLastRun: {
        parameters: {
            query?: {
                end_date?: string;
                start_date?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"] | Record<string, never>;
                };
            };
        };
    };
    getDocument: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
        };
    };
    listOrganizations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"][];
                };
            };
        };
    };
    createOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrganizationIn"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                };
            };
        };
    };
    getOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                };
            };
        };
    };
    updateOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrganizationPatch"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                };
            };
        };
    };
    addUserToOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddUser"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        status: "ok";
                    };
                };
            };
        };
    };
    listProjects: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"][];
                };
            };
        };
    };
    getOrganizationReport: {
        parameters: {
            query?: {
                end_date?: string;
                start_date?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationReport"];
                };
            };
        };
    };
    listOrganizationUsers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationUser"][];
                };
            };
        };
    };
    findProjects: {
        parameters: {
            query: {
                organization: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"][];
                };
            };
        };
    };
    createProject: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProjectIn"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
        };
    };
    getProject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
        };
    };
    deleteProject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    updateProject: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProjectPatch"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
        };
    };
    listProjectTokens: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectToken"][];
                };
            };
        };
    };
    createProjectToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProjectTokenIn"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectToken"];
                };
            };
        };
    };
    deleteProjectToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listExperiments: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Experiment"][];
                };
            };
        };
    };
    getExperimentReports: {
        parameters: {
            query?: {
                end_date?: string;
                start_date?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExperimentReport"][];
                };
            };
        };
    };
    getProjectReport: {
        parameters: {
            query?: {
                end_date?: string;
                start_date?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectReport"];
                };
            };
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        status: "ready";
                    };
                };
            };
        };
    };
    getDocumentPageByOldName: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: never;
    };
    listRuns: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"][];
                };
            };
        };
    };
    createRun: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RunIn"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
        };
    };
    getRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
        };
    };
    listRunEmissions: {
        parameters: {
            query?: {
                page?: number;
                size?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageOfEmission"];
                };
            };
        };
    };
    sendTelemetry: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    api_mode?: string | null;
                    ci_environment?: string | null;
                    cloud_provider?: string | null;
                    cloud_region?: string | null;
                    codecarbon_install_method?: string | null;
                    codecarbon_version?: string | null;
                    container_runtime?: string | null;
                    country_iso_code?: string | null;
                    country_name?: string | null;
                    cpu_architecture?: string | null;
                    cpu_count?: number | null;
                    cpu_energy_kwh?: number | null;
                    cpu_model?: string | null;
                    cpu_physical_count?: number | null;
                    cpu_utilization_avg?: number | null;
                    cuda_version?: string | null;
                    cudnn_version?: string | null;
                    decorator_vs_context?: string | null;
                    diffusers_version?: string | null;
                    duration_seconds?: number | null;
                    emissions_rate_kg_per_sec?: number | null;
                    energy_consumed_kwh?: number | null;
                    errors_encountered?: string[] | null;
                    fastai_version?: string | null;
                    first_measurement_time_ms?: number | null;
                    framework_detected?: string | null;
                    gpu_count?: number | null;
                    gpu_detection_method?: string | null;
                    gpu_driver_version?: string | null;
                    gpu_energy_kwh?: number | null;
                    gpu_memory_total_gb?: number | null;
                    gpu_model?: string | null;
                    gpu_utilization_avg?: number | null;
                    hardware_detection_success?: boolean | null;
                    hardware_tracked?: string[] | null;
                    has_diffusers?: boolean | null;
                    has_fastai?: boolean | null;
                    has_keras?: boolean | null;
                    has_pytorch_lightning?: boolean | null;
                    has_tensorflow?: boolean | null;
                    has_torch?: boolean | null;
                    has_transformers?: boolean | null;
                    host_machine_hash?: string | null;
                    ide_used?: string | null;
                    in_container?: boolean | null;
                    keras_version?: string | null;
                    latitude?: number | null;
                    longitude?: number | null;
                    measure_power_interval_secs?: number | null;
                    ml_framework_primary?: string | null;
                    notebook_environment?: string | null;
                    os?: string | null;
                    output_methods?: string[] | null;
                    python_env_type?: string | null;
                    python_executable_hash?: string | null;
                    python_implementation?: string | null;
                    python_package_manager?: string | null;
                    python_version?: string | null;
                    pytorch_lightning_version?: string | null;
                    ram_energy_kwh?: number | null;
                    ram_total_size_gb?: number | null;
                    ram_utilization_avg?: number | null;
                    rapl_available?: boolean | null;
                    region?: string | null;
                    task_tracking_used?: boolean | null;
                    /** @enum {string} */
                    telemetry_level: "minimal" | "extensive";
                    tensorflow_version?: string | null;
                    timestamp: string;
                    torch_version?: string | null;
                    total_emissions_kg?: number | null;
                    tracking_mode?: string | null;
                    tracking_overhead_percent?: number | null;
                    transformers_version?: string | null;
                    warning_count?: number | null;
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
        };
    };
    getAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPassword"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionItem"][];
                };
            };
        };
    };
    endOtherSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    listPersonalTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonalToken"][];
                };
            };
        };
    };
    createPersonalToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPersonalToken"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonalToken"];
                };
            };
        };
    };
    deletePersonalToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    findAccount: {
        parameters: {
            query: {
                email: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
        };
    };
    inviteAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountInvite"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountLink"];
                };
            };
        };
    };
    updateAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AccountPatch"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
        };
    };
    pageServerAudit: {
        parameters: {
            query?: {
                after?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CursorPageOfAuditItem"];
                };
            };
        };
    };
    addEmissions: {
        parameters: {
            query?: {
                ids?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmissionIn"][] | {
                    emissions: components["schemas"]["EmissionIn"][];
                };
                "application/x-ndjson": components["schemas"]["EmissionIn"][] | {
                    emissions: components["schemas"]["EmissionIn"][];
                };
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkStored"];
                };
            };
        };
    };
    deleteExperiment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    updateExperiment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExperimentPatch"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Experiment"];
                };
            };
        };
    };
    getExperimentExport: {
        parameters: {
            query?: {
                end?: string;
                format?: "csv" | "json" | "ndjson" | "parquet";
                level?: "rows" | "runs" | "experiments";
                start?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    }[];
                    "application/vnd.apache.parquet": string;
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
        };
    };
    pageExperimentRuns: {
        parameters: {
            query?: {
                after?: string;
                end?: string;
                host?: string;
                limit?: number;
                order?: "asc" | "desc";
                search?: string;
                sort?: "timestamp" | "energy" | "emissions" | "duration";
                start?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CursorPageOfRunRow"];
                };
            };
        };
    };
    getExperimentSeries: {
        parameters: {
            query?: {
                buckets?: number;
                by?: "project" | "experiment" | "run" | "member" | "host";
                end?: string;
                start?: string;
                width_s?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Series"];
                };
            };
        };
    };
    getExperimentSums: {
        parameters: {
            query?: {
                by?: "project" | "experiment" | "run" | "member" | "host";
                end?: string;
                limit?: number;
                start?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sums"];
                };
            };
        };
    };
    pageOrganizations: {
        parameters: {
            query?: {
                after?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CursorPageOfOwnOrganization"];
                };
            };
        };
    };
    getOwnOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OwnOrganization"];
                };
            };
        };
    };
    deleteOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    pageAudit: {
        parameters: {
            query?: {
                after?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CursorPageOfAuditItem"];
                };
            };
        };
    };
    getOrganizationExport: {
        parameters: {
            query?: {
                end?: string;
                format?: "csv" | "json" | "ndjson" | "parquet";
                level?: "rows" | "runs" | "experiments";
                start?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    }[];
                    "application/vnd.apache.parquet": string;
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
        };
    };
    listInvitations: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationItem"][];
                };
            };
        };
    };
    invite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InvitationIn"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationAnswer"];
                };
            };
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationAnswer"];
                };
            };
        };
    };
    withdrawInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                invitation: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getOrganizationLive: {
        parameters: {
            query?: {
                duration_s?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    pageMembers: {
        parameters: {
            query?: {
                after?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CursorPageOfMemberItem"];
                };
            };
        };
    };
    removeMember: {
        parameters: {
            query?: {
                tokens?: "revoke" | "keep";
            };
            header?: never;
            path: {
                id: string;
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    changeRole: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                user: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoleIn"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    pageProjects: {
        parameters: {
            query?: {
                after?: string;
                end?: string;
                limit?: number;
                search?: string;
                start?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CursorPageOfProjectRow"];
                };
            };
        };
    };
    getOrganizationSeries: {
        parameters: {
            query?: {
                buckets?: number;
                by?: "project" | "experiment" | "run" | "member" | "host";
                end?: string;
                start?: string;
                width_s?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Series"];
                };
            };
        };
    };
    getOrganizationSums: {
        parameters: {
            query?: {
                by?: "project" | "experiment" | "run" | "member" | "host";
                end?: string;
                limit?: number;
                start?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sums"];
                };
            };
        };
    };
    getOrganizationUsage: {
        parameters: {
            query?: {
                by?: "member" | "host" | "project";
                end?: string;
                limit?: number;
                start?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sums"];
                };
            };
        };
    };
    getBudget: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BudgetStatus"];
                };
            };
        };
    };
    setBudget: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BudgetIn"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BudgetSet"];
                };
            };
        };
    };
    deleteBudget: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    getConfiguration: {
        parameters: {
            query?: {
                experiment?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    pageExperiments: {
        parameters: {
            query?: {
                after?: string;
                end?: string;
                limit?: number;
                start?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CursorPageOfExperimentRow"];
                };
            };
        };
    };
    getProjectExport: {
        parameters: {
            query?: {
                end?: string;
                format?: "csv" | "json" | "ndjson" | "parquet";
                level?: "rows" | "runs" | "experiments";
                start?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    }[];
                    "application/vnd.apache.parquet": string;
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
        };
    };
    getProjectLive: {
        parameters: {
            query?: {
                duration_s?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    pageProjectRuns: {
        parameters: {
            query?: {
                after?: string;
                end?: string;
                host?: string;
                limit?: number;
                order?: "asc" | "desc";
                search?: string;
                sort?: "timestamp" | "energy" | "emissions" | "duration";
                start?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CursorPageOfRunRow"];
                };
            };
        };
    };
    getProjectSeries: {
        parameters: {
            query?: {
                buckets?: number;
                by?: "project" | "experiment" | "run" | "member" | "host";
                end?: string;
                start?: string;
                width_s?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Series"];
                };
            };
        };
    };
    getProjectSums: {
        parameters: {
            query?: {
                by?: "project" | "experiment" | "run" | "member" | "host";
                end?: string;
                limit?: number;
                start?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sums"];
                };
            };
        };
    };
    pageProjectTokens: {
        parameters: {
            query?: {
                after?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CursorPageOfToken"];
                };
            };
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewToken"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
        };
    };
    deleteToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    revokeToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    rotateToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                token: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RotateToken"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
        };
    };
    getClouds: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Clouds"];
                };
            };
        };
    };
    getGrids: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Grids"];
                };
            };
        };
    };
    getRegions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Regions"];
                };
            };
        };
    };
    getRunDetail: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunDetail"];
                };
            };
        };
    };
    deleteRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    pageEmissions: {
        parameters: {
            query?: {
                after?: string;
                limit?: number;
                order?: "asc" | "desc";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CursorPageOfV1Emission"];
                };
            };
        };
    };
    getRunExport: {
        parameters: {
            query?: {
                end?: string;
                format?: "csv" | "json" | "ndjson" | "parquet";
                level?: "rows" | "runs" | "experiments";
                start?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    }[];
                    "application/vnd.apache.parquet": string;
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
        };
    };
    getRunLive: {
        parameters: {
            query?: {
                duration_s?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
        };
    };
    getRunSeries: {
        parameters: {
            query?: {
                buckets?: number;
                by?: "project" | "experiment" | "run" | "member" | "host";
                end?: string;
                start?: string;
                width_s?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Series"];
                };
            };
        };
    };
    getRunSums: {
        parameters: {
            query?: {
                by?: "project" | "experiment" | "run" | "member" | "host";
                end?: string;
                limit?: number;
                start?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sums"];
                };
            };
        };
    };
    pageTasks: {
        parameters: {
            query?: {
                after?: string;
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CursorPageOfTask"];
                };
            };
        };
    };
    addTasks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TasksIn"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TasksStored"];
                };
            };
        };
    };
    compareRuns: {
        parameters: {
            query: {
                run: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comparison"];
                };
            };
        };
    };
    getServer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServerInfo"];
                };
            };
        };
    };
}
