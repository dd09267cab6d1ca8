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

/** Listens at an address; `null` does not listen. */
export function live(url: () => string | null): Live {
  let runs = $state.raw<readonly LiveRun[]>([]);
  let history = $state.raw<ReadonlyMap<string, readonly number[]>>(new Map());
  let state = $state<Live["state"]>("connecting");

  $effect(() => {
    const at = url();
    runs = [];
    history = new Map();
    state = "connecting";
    if (at === null) return;
    const source = new EventSource(at);
    source.addEventListener("open", () => (state = "open"));
    source.addEventListener("error", () => (state = "lost"));
    source.addEventListener("runs", (event) => {
      state = "open";
      runs = JSON.parse((event as MessageEvent<string>).data) as LiveRun[];
      history = new Map(
        runs.map((run) => [run.run_id, [...(history.get(run.run_id) ?? []), run.power_w ?? 0].slice(-SAMPLES)]),
      );
    });
    return () => source.close();
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
