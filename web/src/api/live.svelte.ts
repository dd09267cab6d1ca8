// Runs that send now, as the server tells them, for as long as a page looks.

import type { LiveRun } from "./types";

/** Longest memory of a run's power, in samples. */
const SAMPLES = 120;

/** Runs that send now. */
export interface Live {
  readonly runs: readonly LiveRun[];
  /** Power in W of each run as it came in, oldest first, by run. */
  readonly history: ReadonlyMap<string, readonly number[]>;
  readonly state: "connecting" | "open" | "lost";
}

/** How long after a refusal it is tried again, in milliseconds: longer each time, up to a minute. */
export function pause(tries: number): number {
  return Math.min(2000 * 2 ** tries, 60_000);
}

/** Listens at an address; `null` does not listen. A page that nobody sees holds no connection: browsers
 * have six of them for a server, in all of their tabs together. */
export function live(url: () => string | null): Live {
  let runs = $state.raw<readonly LiveRun[]>([]);
  let history = $state.raw<ReadonlyMap<string, readonly number[]>>(new Map());
  let state = $state<Live["state"]>("connecting");
  // An address that is the same as before is no reason to begin anew.
  const at = $derived(url());

  $effect(() => {
    runs = [];
    history = new Map();
    state = "connecting";
    if (at === null) return;
    const from = at;
    let source: EventSource | null = null;
    let waiting: number | undefined;
    let tries = 0;

    function close(): void {
      window.clearTimeout(waiting);
      source?.close();
      source = null;
    }

    function open(): void {
      close();
      if (document.hidden) return;
      const opened = new EventSource(from);
      source = opened;
      opened.addEventListener("open", () => {
        state = "open";
        tries = 0;
      });
      opened.addEventListener("error", () => {
        state = "lost";
        // A browser goes on by itself after a break, but never after a refusal.
        if (opened.readyState !== EventSource.CLOSED) return;
        close();
        waiting = window.setTimeout(open, pause(tries));
        tries += 1;
      });
      opened.addEventListener("runs", (event) => {
        const told = JSON.parse((event as MessageEvent<string>).data) as LiveRun[];
        state = "open";
        runs = told;
        history = new Map(told.map((run) => [run.run_id, [...(history.get(run.run_id) ?? []), run.power_w ?? 0].slice(-SAMPLES)]));
      });
    }

    open();
    document.addEventListener("visibilitychange", open);
    return () => {
      document.removeEventListener("visibilitychange", open);
      close();
    };
  });

  return {
    get runs() {
      return runs;
    },
    get history() {
      return history;
    },
    get state() {
      return state;
    },
  };
}
