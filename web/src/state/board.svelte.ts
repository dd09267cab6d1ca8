// What a board shows of its files. While somebody looks, the server is asked every other second whether
// there is something else, and open pages follow.

import { read } from "../api/client";
import type { Board } from "../api/types";
import { changes } from "./changes.svelte";
import { session } from "./session.svelte";

/** How often it is asked, in milliseconds; before the files are read, more often. */
const EVERY = 2000;
const SOON = 400;

let told = $state.raw<Board | null>(null);
let isLost = $state(false);

async function look(): Promise<void> {
  try {
    const now = (await read("/v1/server")).board;
    const before = told ?? session.server?.board ?? null;
    told = now;
    isLost = false;
    if (now === null || now.revision === before?.revision) return;
    await session.reloadOrganizations();
    changes.happened();
  } catch {
    isLost = true;
  }
}

export const board = {
  /** What the server told last; none where it is no board. */
  get told(): Board | null {
    return told ?? session.server?.board ?? null;
  },
  /** Whether the board does not answer any more. */
  get isLost(): boolean {
    return isLost;
  },
  /** Asks for as long as it is not called off. A page that nobody sees asks nothing. */
  follow(): () => void {
    let waiting: number | undefined;
    let isOver = false;
    let isAsking = false;
    async function next(): Promise<void> {
      window.clearTimeout(waiting);
      if (document.hidden || isOver || isAsking) return;
      isAsking = true;
      await look();
      isAsking = false;
      if (!isOver) waiting = window.setTimeout(() => void next(), board.told?.is_ready === false ? SOON : EVERY);
    }
    const seen = (): void => void next();
    document.addEventListener("visibilitychange", seen);
    waiting = window.setTimeout(seen, board.told?.is_ready === false ? SOON : EVERY);
    return () => {
      isOver = true;
      window.clearTimeout(waiting);
      document.removeEventListener("visibilitychange", seen);
    };
  },
};
