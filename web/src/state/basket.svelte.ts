// Runs that were picked to be compared, also from several projects.

import { keep, kept } from "./keep";

/** Most runs of a comparison. */
export const MOST = 20;

let picked = $state<string[]>((kept("compare") ?? "").split(",").filter((id) => id !== "").slice(0, MOST));

export const basket = {
  get runs(): readonly string[] {
    return picked;
  },
  has(run: string): boolean {
    return picked.includes(run);
  },
  toggle(run: string): void {
    picked = picked.includes(run) ? picked.filter((id) => id !== run) : [...picked, run].slice(-MOST);
    keep("compare", picked.join(","));
  },
  clear(): void {
    picked = [];
    keep("compare", null);
  },
};
