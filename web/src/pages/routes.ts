// Which page is at which address.

import type { Component } from "svelte";
import Account from "./Account.svelte";
import Accounts from "./Accounts.svelte";
import Audit from "./Audit.svelte";
import Budget from "./Budget.svelte";
import Compare from "./Compare.svelte";
import Experiment from "./Experiment.svelte";
import Home from "./Home.svelte";
import LivePage from "./LivePage.svelte";
import MapPage from "./MapPage.svelte";
import Members from "./Members.svelte";
import Organization from "./Organization.svelte";
import OrganizationSettings from "./OrganizationSettings.svelte";
import Organizations from "./Organizations.svelte";
import Password from "./Password.svelte";
import Project from "./Project.svelte";
import ProjectSettings from "./ProjectSettings.svelte";
import Projects from "./Projects.svelte";
import PublicProject from "./PublicProject.svelte";
import Run from "./Run.svelte";
import ServerAudit from "./ServerAudit.svelte";
import Setup from "./Setup.svelte";
import SignIn from "./SignIn.svelte";
import Tokens from "./Tokens.svelte";

interface Route {
  readonly path: string;
  // Pages take what their address names.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly page: Component<any>;
  /** Whether it is shown to people who are not signed in; "always" is for them alone. */
  readonly isOpen?: boolean | "always";
  /** Whether it stands without the navigation where nobody is signed in. */
  readonly isBare?: boolean;
}

const ROUTES: readonly Route[] = [
  { path: "/", page: Home },
  { path: "/home", page: Home },
  { path: "/app", page: Home },
  { path: "/app/sign-in", page: SignIn, isOpen: "always", isBare: true },
  { path: "/app/setup", page: Setup, isOpen: "always", isBare: true },
  { path: "/app/password", page: Password, isOpen: "always", isBare: true },
  { path: "/app/organizations", page: Organizations },
  { path: "/app/organizations/{organization}", page: Organization },
  { path: "/app/organizations/{organization}/projects", page: Projects },
  { path: "/app/organizations/{organization}/members", page: Members },
  { path: "/app/organizations/{organization}/audit", page: Audit },
  { path: "/app/organizations/{organization}/settings", page: OrganizationSettings },
  { path: "/app/organizations/{organization}/live", page: LivePage },
  { path: "/app/projects/{project}", page: Project },
  { path: "/app/projects/{project}/tokens", page: Tokens },
  { path: "/app/projects/{project}/settings", page: ProjectSettings },
  { path: "/app/projects/{project}/budget", page: Budget },
  { path: "/app/projects/{project}/live", page: LivePage },
  { path: "/public/projects/{project}", page: PublicProject, isOpen: true, isBare: true },
  { path: "/app/experiments/{experiment}", page: Experiment, isOpen: true, isBare: true },
  { path: "/app/runs/{run}", page: Run, isOpen: true, isBare: true },
  { path: "/app/compare", page: Compare, isOpen: true, isBare: true },
  { path: "/app/map", page: MapPage, isOpen: true, isBare: true },
  { path: "/app/account", page: Account },
  { path: "/app/accounts", page: Accounts },
  { path: "/app/audit", page: ServerAudit },
];

/** A page, and what its address names. */
export interface Found {
  readonly name: string;
  readonly page: Route["page"];
  readonly params: Readonly<Record<string, string>>;
  readonly isOpen: boolean | "always";
  readonly isBare: boolean;
}

/** The page of an address; none where there is none. */
export function find(path: string): Found | null {
  const steps = path.replace(/\/+$/, "").split("/");
  for (const route of ROUTES) {
    const wanted = route.path.replace(/\/+$/, "").split("/");
    if (wanted.length !== steps.length) continue;
    const params: Record<string, string> = {};
    const fits = wanted.every((step, index) => {
      const given = steps[index] ?? "";
      if (!step.startsWith("{")) return step === given;
      const named = decoded(given);
      params[step.slice(1, -1)] = named ?? "";
      return given !== "" && named !== null;
    });
    if (fits) {
      return { name: route.path, page: route.page, params, isOpen: route.isOpen ?? false, isBare: route.isBare ?? false };
    }
  }
  return null;
}

/** A step of an address as it is meant; none where its escapes are broken. */
function decoded(step: string): string | null {
  try {
    return decodeURIComponent(step);
  } catch {
    return null;
  }
}
