// Light or dark, by the system or by choice.

import { keep, kept } from "./keep";

export type Theme = "auto" | "light" | "dark";

function known(name: string | null): Theme {
  return name === "light" || name === "dark" ? name : "auto";
}

let chosen = $state<Theme>("auto");

export const theme = {
  get chosen(): Theme {
    return chosen;
  },
  choose(wanted: Theme): void {
    chosen = wanted;
    keep("theme", wanted === "auto" ? null : wanted);
    show();
  },
};

function show(): void {
  const root = document.documentElement;
  if (chosen === "auto") root.removeAttribute("data-theme");
  else root.setAttribute("data-theme", chosen);
}

/** Shows what was chosen before. */
export function restoreTheme(): void {
  chosen = known(kept("theme"));
  show();
}
