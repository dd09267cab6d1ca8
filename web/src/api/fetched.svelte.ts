// What a panel shows of the server: loading, an answer, or a fault. The last answer stays while the
// next one is on its way, so that nothing jumps.

import { untrack } from "svelte";
import { changes } from "../state/changes.svelte";
import { address, readFrom } from "./client";
import { type Fault, asFault } from "./fault";
import type { Gets } from "./types";

/** An answer that is or will be there. */
export interface Fetched<Answer> {
  readonly value: Answer | undefined;
  readonly fault: Fault | undefined;
  /** Whether a request is on its way. */
  readonly isLoading: boolean;
  /** Whether what is there was told of what was asked for before. */
  readonly isStale: boolean;
  /** Asks again. */
  again(): void;
  /** Puts an answer in place of what was told, until the next one. */
  set(value: Answer): void;
}

type Ask<P extends keyof Gets> = { ids?: Record<string, string>; query?: Gets[P]["query"] } | null;

/** Asks an address whenever what it is made of changes; `null` asks nothing. */
export function fetched<P extends keyof Gets>(path: P, ask: () => Ask<P>): Fetched<Gets[P]["answer"]> {
  type Answer = Gets[P]["answer"];
  let value = $state.raw<Answer>();
  let fault = $state.raw<Fault>();
  let isLoading = $state(true);
  let round = $state(0);
  /** The address that the value was told at. */
  let toldAt = $state.raw<string>();
  const url = $derived.by(() => {
    const wanted = ask();
    return wanted === null ? null : address(path, wanted.ids ?? {}, wanted.query ?? {});
  });

  $effect(() => {
    void round;
    void changes.rounds;
    if (url === null) {
      // What nobody asks for any more is not there either.
      value = undefined;
      fault = undefined;
      isLoading = false;
      return;
    }
    const from = url;
    const controller = new AbortController();
    untrack(() => {
      isLoading = true;
      // What was told of another thing must not be taken for this one.
      if (toldAt?.split("?")[0] !== from.split("?")[0]) value = undefined;
    });
    readFrom<Answer>(from, controller.signal).then(
      (answer) => {
        if (controller.signal.aborted) return;
        value = answer;
        toldAt = from;
        fault = undefined;
        isLoading = false;
      },
      (thrown: unknown) => {
        if (controller.signal.aborted) return;
        fault = asFault(thrown);
        // Figures of another stretch of time under the name of this one would be wrong.
        if (toldAt !== from) value = undefined;
        isLoading = false;
      },
    );
    return () => controller.abort();
  });

  return {
    get value() {
      return value;
    },
    get fault() {
      return fault;
    },
    get isLoading() {
      return isLoading;
    },
    get isStale() {
      return value !== undefined && toldAt !== url;
    },
    again() {
      round += 1;
    },
    set(answer) {
      value = answer;
      toldAt = url ?? undefined;
      fault = undefined;
    },
  };
}
