// Addresses of the pages, in one place.

import { ROOT } from "./router.svelte";

const to = (path: string): string => `${ROOT}${path}`;

export const paths = {
  home: to(""),
  signIn: (next?: string): string => (next ? `${to("/sign-in")}?next=${encodeURIComponent(next)}` : to("/sign-in")),
  organizations: to("/organizations"),
  organization: (id: string): string => to(`/organizations/${id}`),
  projects: (id: string): string => to(`/organizations/${id}/projects`),
  members: (id: string): string => to(`/organizations/${id}/members`),
  audit: (id: string): string => to(`/organizations/${id}/audit`),
  organizationSettings: (id: string): string => to(`/organizations/${id}/settings`),
  live: (id: string): string => to(`/organizations/${id}/live`),
  project: (id: string): string => to(`/projects/${id}`),
  projectTokens: (id: string): string => to(`/projects/${id}/tokens`),
  projectSettings: (id: string): string => to(`/projects/${id}/settings`),
  projectBudget: (id: string): string => to(`/projects/${id}/budget`),
  projectLive: (id: string): string => to(`/projects/${id}/live`),
  publicProject: (id: string): string => `/public/projects/${id}`,
  experiment: (id: string): string => to(`/experiments/${id}`),
  run: (id: string): string => to(`/runs/${id}`),
  compare: (runs: readonly string[] = []): string =>
    to(`/compare${runs.length > 0 ? `?${runs.map((run) => `run=${run}`).join("&")}` : ""}`),
  map: (run?: string): string => (run ? `${to("/map")}?run=${run}` : to("/map")),
  account: to("/account"),
  accounts: to("/accounts"),
  serverAudit: to("/audit"),
};
