// The stretch of time that a page shows, from its address.

import { type Chosen, USUAL, type Window, before, bucketWidth, label, query, windowOf } from "../units/range";
import { isCustom } from "../units/range";
import { changes } from "./changes.svelte";
import { router } from "./router.svelte";
import { session } from "./session.svelte";

/** The stretch of time that a page shows. */
export interface PageWindow {
  readonly window: Window;
  readonly query: { start?: string; end?: string };
  /** The stretch of the same length before; null where there is none. */
  readonly before: { start?: string; end?: string } | null;
  /** What was chosen, in words. */
  readonly words: string;
  readonly now: number;
  /** How finely a chart of it is asked for. Buckets begin with the window, so days are the reader's. */
  readonly series: { start?: string; end?: string; width_s?: number; buckets?: number };
  /** Takes the time anew. */
  refresh(): void;
}

/** The range that is shown where the address says nothing: of files, whose age nobody knows, all of it. */
export function usualRange(): string {
  return session.isBoard ? "all" : USUAL;
}

export function pageWindow(): PageWindow {
  let taken = $state(0);
  const now = $derived.by(() => {
    void taken;
    void changes.rounds;
    return Date.now();
  });
  const chosen = $derived<Chosen>({ range: router.query("range") ?? usualRange(), start: router.query("start"), end: router.query("end") });
  const window = $derived(windowOf(chosen, now));
  const width_s = $derived(window.start === null ? null : bucketWidth(((window.end ?? now) - window.start) / 1000, 53));
  const asked = $derived(query(window));
  return {
    get window() {
      return window;
    },
    get query() {
      return asked;
    },
    get before() {
      const found = before(window, now);
      return found === null ? null : query(found);
    },
    get words() {
      return isCustom(chosen) ? "These days" : label(chosen);
    },
    get now() {
      return now;
    },
    get series() {
      return { ...asked, ...(width_s === null ? { buckets: 120 } : { width_s }) };
    },
    refresh() {
      taken += 1;
    },
  };
}
