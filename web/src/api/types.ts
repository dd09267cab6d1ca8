// What the server answers, by the address that is asked. The server's own description of itself
// replaces this file's schemas where it is generated; pages only know the names below.

/** Figures of any stretch of rows. Energy in kWh, emissions in kg CO2e, power in W, time in s. */
export interface Figures {
  rows: number;
  duration_s: number;
  energy_kwh: number;
  energy_low_kwh: number | null;
  energy_high_kwh: number | null;
  cpu_energy_kwh: number;
  gpu_energy_kwh: number;
  ram_energy_kwh: number;
  emissions_kg: number;
  emissions_low_kg: number | null;
  emissions_high_kg: number | null;
  cpu_power_w: number | null;
  gpu_power_w: number | null;
  ram_power_w: number | null;
  cpu_utilization_percent: number | null;
  gpu_utilization_percent: number | null;
  ram_utilization_percent: number | null;
}

export interface Group extends Figures {
  key: string | null;
  name: string | null;
}

export interface Sums {
  start: string | null;
  end: string | null;
  total: Figures;
  groups?: Group[] | null;
  groups_left_out?: number | null;
}

export interface Point extends Figures {
  start: string;
  key?: string | null;
}

export interface Series {
  start: string | null;
  end: string | null;
  width_s: number;
  points: Point[];
}

export interface Page<Item> {
  items: Item[];
  next: string | null;
}

export type Role = "admin" | "member" | "viewer";

export interface Server {
  version: string;
  auth: "none" | "local" | "oidc";
  public_url: string;
  features: { passwords: boolean; command_sign_in: boolean; provider_sign_in: boolean; private_webhooks: boolean };
}

export interface Account {
  id: string;
  email: string;
  name: string;
  subject: string | null;
  is_active: boolean;
  is_operator: boolean;
  created: string;
}

export interface Organization {
  id: string;
  name: string;
  description: string;
  created: string;
  role: Role;
  projects: number;
  members: number;
}

export interface Project {
  id: string;
  name: string;
  description: string;
  organization_id: string;
  public: boolean | null;
}

export interface ProjectWithFigures extends Project {
  figures: Figures;
}

export interface Experiment {
  id: string;
  name: string;
  description: string;
  project_id: string;
  country_name: string | null;
  country_iso_code: string | null;
  region: string | null;
  on_cloud: boolean | null;
  cloud_provider: string | null;
  cloud_region: string | null;
  timestamp: string | null;
}

export interface ExperimentWithFigures extends Experiment {
  figures: Figures;
  runs: number;
}

export interface SourceTold {
  source?: string;
  accuracy_percent?: number;
  [key: string]: unknown;
}

export interface Run {
  id: string;
  timestamp: string;
  experiment_id: string;
  project_id: string;
  os: string | null;
  python_version: string | null;
  codecarbon_version: string | null;
  cpu_count: number | null;
  cpu_model: string | null;
  gpu_count: number | null;
  gpu_model: string | null;
  longitude: number | null;
  latitude: number | null;
  region: string | null;
  provider: string | null;
  ram_total_size: number | null;
  tracking_mode: string | null;
  host: string | null;
  member_id: string | null;
  sources: Record<string, SourceTold> | null;
}

export interface RunListed extends Run {
  experiment_name: string;
  figures: Figures;
  first?: string | null;
  last?: string | null;
}

export interface RunRead extends Run {
  project: { id: string; name: string; public: boolean | null; organization_id: string };
  experiment: Experiment;
  figures: Figures;
  first?: string | null;
  last?: string | null;
}

export interface Row {
  id: string;
  run_id: string;
  timestamp: string;
  duration_s: number;
  emissions_sum: number | null;
  emissions_low_kg: number | null;
  emissions_high_kg: number | null;
  energy_consumed: number | null;
  energy_low_kwh: number | null;
  energy_high_kwh: number | null;
  cpu_power: number | null;
  gpu_power: number | null;
  ram_power: number | null;
  cpu_energy: number | null;
  gpu_energy: number | null;
  ram_energy: number | null;
  cpu_utilization_percent: number | null;
  gpu_utilization_percent: number | null;
  ram_utilization_percent: number | null;
}

export interface Task {
  id: string;
  name: string;
  start: string;
  duration_s: number;
  energy_kwh: number;
  emissions_kg: number;
  cpu_energy_kwh?: number | null;
  gpu_energy_kwh?: number | null;
  ram_energy_kwh?: number | null;
}

export type Verdict = "more" | "less" | "same" | "unknown";

export interface Difference {
  value: number;
  low: number | null;
  high: number | null;
  ratio: number | null;
  verdict: Verdict;
}

export interface Comparison {
  runs: {
    run: Run;
    project: { id: string; name: string };
    experiment: { id: string; name: string };
    figures: Figures;
  }[];
  differences: { run_id: string; energy: Difference; emissions: Difference; duration: Difference }[];
}

export interface LiveRun {
  run_id: string;
  experiment_id: string;
  project_id: string;
  experiment_name: string;
  project_name: string;
  last: string;
  power_w: number | null;
  cpu_power_w: number | null;
  gpu_power_w: number | null;
  ram_power_w: number | null;
  energy_kwh: number;
  emissions_kg: number;
}

export interface Member {
  id: string;
  email: string;
  name: string;
  is_active: boolean;
  role: Role;
  since: string;
}

export interface Invitation {
  id: string;
  email: string;
  role: Role;
  invited_by: string | null;
  created: string;
  expires: string;
}

export type TokenAccess = "read" | "write" | "read_write" | "none";

export interface ProjectToken {
  id: string;
  project_id: string;
  name: string | null;
  access: TokenAccess;
  state: "active" | "expired" | "revoked";
  created: string;
  created_by: string | null;
  created_by_name: string | null;
  expires: string | null;
  last_used: string | null;
  /** The secret; told once. */
  token?: string;
}

export interface PersonalToken {
  id: string;
  name: string;
  created: string;
  expires: string | null;
  last_used: string | null;
  token?: string;
}

export interface Session {
  id: string;
  created: string;
  last_seen: string;
  expires: string;
  is_this: boolean;
}

export interface AuditEntry {
  at: string;
  actor: { id: string; name: string | null } | null;
  action: string;
  subject: string;
  detail: Record<string, string>;
}

export interface Amounts {
  energy_kwh: number;
  emissions_kg: number;
}

export interface Budget {
  energy_kwh: number | null;
  emissions_kg: number | null;
  webhook: string | null;
  webhook_host: string | null;
  month: string;
  used: Amounts;
  forecast: Amounts | null;
  state: "ok" | "forecast" | "passed";
  alerts: { measure: "energy" | "emissions"; state: "ok" | "forecast" | "passed"; attempts: number; delivered: string | null }[];
  /** What calls are signed with; told once. */
  webhook_key?: string;
}

export interface Source {
  id: string;
  title: string;
  licence: string;
  address: string;
}

export interface Grid {
  iso3: string;
  name: string;
  intensity_g_per_kwh: number;
  low_g_per_kwh: number;
  high_g_per_kwh: number;
  year: number;
  source: string;
  taken_from: string | null;
  mix: Mix | null;
}

export interface Mix {
  year: number;
  coal_percent: number;
  oil_percent: number;
  gas_percent: number;
  nuclear_percent: number;
  hydro_percent: number;
  wind_percent: number;
  solar_percent: number;
  bio_percent: number;
  other_percent: number;
  source: string;
}

export interface Cloud {
  provider: string;
  provider_name: string;
  region: string;
  iso3: string;
  state: string | null;
  city: string;
  pue: number;
  intensity_g_per_kwh: number | null;
  low_g_per_kwh: number | null;
  high_g_per_kwh: number | null;
  year: number | null;
  source: string | null;
}

type Range = { start?: string; end?: string };
type Paging = { limit?: number; after?: string };
export type By = "project" | "experiment" | "run" | "member" | "host";
type SumsQuery = Range & { by?: By; limit?: number };
type SeriesQuery = Range & { by?: By; width_s?: number; buckets?: number };
export type RunSort = "timestamp" | "energy" | "emissions" | "duration";
export type Order = "asc" | "desc";
type RunsQuery = Range & Paging & { search?: string; host?: string; sort?: RunSort; order?: Order };

/** What can be read: by address, what may be asked and what is answered. */
export interface Gets {
  "/auth/check": { query: object; answer: { user: { name?: string; email?: string } | null } };
  "/v1/server": { query: object; answer: Server };
  "/v1/account": { query: object; answer: Account };
  "/v1/account/sessions": { query: object; answer: Session[] };
  "/v1/account/tokens": { query: object; answer: PersonalToken[] };
  "/v1/accounts": { query: { email: string }; answer: Account };
  "/v1/organizations": { query: Paging; answer: Page<Organization> };
  "/v1/organizations/{id}": { query: object; answer: Organization };
  "/v1/organizations/{id}/projects": { query: Range & Paging & { search?: string }; answer: Page<ProjectWithFigures> };
  "/v1/organizations/{id}/members": { query: Paging; answer: Page<Member> };
  "/v1/organizations/{id}/invitations": { query: object; answer: Invitation[] };
  "/v1/audit": { query: Paging; answer: Page<AuditEntry> };
  "/v1/organizations/{id}/audit": { query: Paging; answer: Page<AuditEntry> };
  "/v1/organizations/{id}/usage": { query: SumsQuery; answer: Sums };
  "/v1/organizations/{id}/sums": { query: SumsQuery; answer: Sums };
  "/v1/organizations/{id}/series": { query: SeriesQuery; answer: Series };
  "/projects/{id}": { query: object; answer: Project };
  "/v1/projects/{id}/sums": { query: SumsQuery; answer: Sums };
  "/v1/projects/{id}/series": { query: SeriesQuery; answer: Series };
  "/v1/projects/{id}/experiments": { query: Range & Paging; answer: Page<ExperimentWithFigures> };
  "/v1/projects/{id}/runs": { query: RunsQuery; answer: Page<RunListed> };
  "/v1/projects/{id}/tokens": { query: Paging; answer: Page<ProjectToken> };
  "/v1/projects/{id}/budget": { query: object; answer: Budget };
  "/experiments/{id}": { query: object; answer: Experiment };
  "/v1/experiments/{id}/sums": { query: SumsQuery; answer: Sums };
  "/v1/experiments/{id}/series": { query: SeriesQuery; answer: Series };
  "/v1/experiments/{id}/runs": { query: RunsQuery; answer: Page<RunListed> };
  "/v1/runs/{id}": { query: object; answer: RunRead };
  "/v1/runs/{id}/series": { query: SeriesQuery; answer: Series };
  "/v1/runs/{id}/tasks": { query: Paging; answer: Page<Task> };
  "/v1/runs/{id}/emissions": { query: Paging & { order?: Order }; answer: Page<Row> };
  "/v1/runs/compare": { query: { run: string[] }; answer: Comparison };
  "/v1/reference/grids": { query: object; answer: { grids: Grid[]; sources: Source[] } };
  "/v1/reference/clouds": { query: object; answer: { regions: Cloud[]; sources: Source[] } };
}
