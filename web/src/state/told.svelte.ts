// Short news of what was done, which go away by themselves and are read out.

export interface News {
  readonly id: number;
  readonly kind: "good" | "bad";
  readonly text: string;
}

let list = $state.raw<readonly News[]>([]);
let last = 0;

/** How long news stay, in milliseconds; bad ones longer. */
const STAY = { good: 5000, bad: 10_000 };

export const told = {
  get list(): readonly News[] {
    return list;
  },
  say(text: string, kind: News["kind"] = "good"): void {
    last += 1;
    const id = last;
    list = [...list, { id, kind, text }].slice(-3);
    window.setTimeout(() => told.drop(id), STAY[kind]);
  },
  drop(id: number): void {
    list = list.filter((one) => one.id !== id);
  },
};
