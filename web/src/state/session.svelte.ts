// Who is here, and what they may do. Rights come from the role in an organization; the server
// decides in the end, this only hides what it would refuse.

import { read } from "../api/client";
import { type Fault, asFault } from "../api/fault";
import type { Account, Organization, Role, Server } from "../api/types";
import { keep, kept } from "./keep";

const RANK: Readonly<Record<Role, number>> = { viewer: 1, member: 2, admin: 3 };

let state = $state<"unknown" | "in" | "out" | "failed">("unknown");
let fault = $state.raw<Fault>();
let server = $state.raw<Server>();
let account = $state.raw<Account>();
let organizations = $state.raw<readonly Organization[]>([]);
let place = $state<string | null>(kept("organization"));

async function allOrganizations(): Promise<Organization[]> {
  const found: Organization[] = [];
  let after: string | undefined;
  do {
    const page = await read("/v1/organizations", {}, { limit: 1000, after });
    found.push(...page.items);
    after = page.next ?? undefined;
  } while (after !== undefined && found.length < 10_000);
  return found.sort((a, b) => a.name.localeCompare(b.name));
}

export const session = {
  get state() {
    return state;
  },
  get fault() {
    return fault;
  },
  get server() {
    return server;
  },
  get account() {
    return account;
  },
  get organizations() {
    return organizations;
  },
  /** The organization that the person is looking at, or was last. */
  get organization(): Organization | undefined {
    return organizations.find((one) => one.id === place) ?? organizations[0];
  },
  /** Whether the person has at least a role in an organization. */
  may(role: Role, organization: string | null | undefined): boolean {
    const own = organizations.find((one) => one.id === organization)?.role;
    return own !== null && own !== undefined && RANK[own] >= RANK[role];
  },
  /** Whether passwords are kept by this server. */
  get isLocal(): boolean {
    return server?.auth === "local";
  },
  /** Whether anybody signs in at all. */
  get hasSignIn(): boolean {
    return server !== undefined && server.auth !== "none";
  },
  /** Whether the server shows files and only reads. */
  get isBoard(): boolean {
    return server?.features.board === true;
  },
  enter(organization: string): void {
    if (place === organization) return;
    place = organization;
    keep("organization", organization);
  },
  /** Asks the server who is here. */
  async load(): Promise<void> {
    try {
      const [told, check] = await Promise.all([read("/v1/server"), read("/auth/check")]);
      server = told;
      if (check.user === null) {
        state = "out";
        return;
      }
      const [who, all] = await Promise.all([read("/v1/account"), allOrganizations()]);
      account = who;
      organizations = all;
      fault = undefined;
      state = "in";
    } catch (thrown) {
      fault = asFault(thrown);
      state = fault.status === 401 || fault.status === 403 ? "out" : "failed";
    }
  },
  async reloadOrganizations(): Promise<void> {
    organizations = await allOrganizations();
  },
  signedOut(): void {
    state = "out";
    account = undefined;
    organizations = [];
  },
};
