// The time, for "3 minutes ago": it moves by itself, but no faster than anybody reads.

let now = $state(Date.now());

if (typeof window !== "undefined") window.setInterval(() => (now = Date.now()), 30_000);

export const clock = {
  get now(): number {
    return now;
  },
};
