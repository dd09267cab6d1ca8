// How often what the server tells has changed since the page was opened: what was asked for before is
// asked for again.

let rounds = $state(0);

export const changes = {
  /** Read it where something is to be asked for again. */
  get rounds(): number {
    return rounds;
  },
  happened(): void {
    rounds += 1;
  },
};
