// What the server takes and answers, by the names that this app uses. Everything comes from the
// server's own description of itself; see `scripts/client.mjs`.

import type { components, paths } from "./generated";

type Schemas = components["schemas"];

export type Account = Schemas["Account"];
export type AuditEntry = Schemas["AuditItem"];
export type Board = Schemas["BoardInfo"];
export type Budget = Schemas["BudgetStatus"];
export type Cloud = Schemas["CloudRegion"];
export type Comparison = Schemas["Comparison"];
export type Difference = Schemas["Difference"];
export type Experiment = Schemas["Experiment"];
export type ExperimentWithFigures = Schemas["ExperimentRow"];
/** Figures of any stretch of rows. Energy in kWh, emissions in kg CO2e, power in W, time in s. */
export type Figures = Schemas["Figures"];
export type Grid = Schemas["Grid"];
export type Grids = Schemas["Grids"];
export type Group = Schemas["Group"];
export type Invitation = Schemas["InvitationItem"];
export type LiveRun = Schemas["LiveRun"];
export type Member = Schemas["MemberItem"];
export type Mix = Schemas["MixShares"];
export type Organization = Schemas["OwnOrganization"];
export type PersonalToken = Schemas["PersonalToken"];
export type Project = Schemas["Project"];
export type ProjectToken = Schemas["Token"];
export type ProjectWithFigures = Schemas["ProjectRow"];
export type Region = Schemas["Region"];
export type Regions = Schemas["Regions"];
export type Role = Schemas["RoleName"];
export type Row = Schemas["V1Emission"];
export type RunListed = Schemas["RunRow"];
export type RunRead = Schemas["RunDetail"];
export type Series = Schemas["Series"];
export type Server = Schemas["ServerInfo"];
export type Session = Schemas["SessionItem"];
export type Sums = Schemas["Sums"];
export type Task = Schemas["Task"];
export type TokenAccess = Schemas["AccessName"];

/** Where the figures of a component come from, as its client tells it. */
export interface SourceTold {
  readonly source?: unknown;
  readonly accuracy_percent?: unknown;
}

type Method = "get" | "post" | "put" | "patch" | "delete";

/** The addresses that know a method. */
export type PathsOf<M extends Method> = { [P in keyof paths]: paths[P][M] extends { responses: object } ? P : never }[keyof paths];

type Answers<O> = O extends { responses: infer R } ? R[keyof R & (200 | 201)] : never;

type Json<A> = A extends { content: { "application/json": infer Body } } ? Body : A extends { content: { "application/problem+json": unknown } } ? never : undefined;

/** What a method answers at an address: JSON, or nothing. */
export type AnswerOf<P extends keyof paths, M extends Method> = [Answers<paths[P][M]>] extends [never] ? undefined : Json<Answers<paths[P][M]>>;

/** What a method takes at an address. */
export type BodyOf<P extends keyof paths, M extends Method> = paths[P][M] extends { requestBody?: infer R } ? (NonNullable<R> extends { content: { "application/json": infer Body } } ? Body : undefined) : undefined;

type QueryOf<O> = O extends { parameters: { query?: infer Q } } ? ([NonNullable<Q>] extends [never] ? object : NonNullable<Q>) : object;

type JsonPaths = { [P in PathsOf<"get">]: AnswerOf<P, "get"> extends undefined ? never : P }[PathsOf<"get">];

/** What can be read: by address, what may be asked and what is answered. */
export type Gets = { [P in JsonPaths]: { query: QueryOf<paths[P]["get"]>; answer: AnswerOf<P, "get"> } };

type RunsQuery = NonNullable<QueryOf<paths["/v1/projects/{id}/runs"]["get"]>>;
export type By = NonNullable<QueryOf<paths["/v1/projects/{id}/sums"]["get"]> extends { by?: infer B } ? B : never>;
export type RunSort = NonNullable<RunsQuery extends { sort?: infer S } ? S : never>;
export type Order = NonNullable<RunsQuery extends { order?: infer O } ? O : never>;
