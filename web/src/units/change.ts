// How two figures differ.

import { fixed } from "./number";

/** A change in percent of what was before; none where there was nothing. */
export function changePercent(now: number, before: number): number | null {
  return before > 0 ? ((now - before) / before) * 100 : null;
}

/** A change as text: "+12 %", "−3.4 %", "×14"; "±0 %" where none can be seen. */
export function change(percent: number | null): string {
  if (percent === null || !Number.isFinite(percent)) return "–";
  const size = Math.abs(percent);
  if (percent >= 900) return `×${fixed(percent / 100 + 1, 0)}`;
  const shown = fixed(size, size >= 9.95 ? 0 : 1);
  if (Number(size.toFixed(1)) === 0) return "±0 %";
  return `${percent > 0 ? "+" : "−"}${shown} %`;
}

/** A ratio as words: "1.4 times as much", "0.62 of it". */
export function ratio(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return `× ${fixed(value, value >= 10 ? 0 : value >= 1 ? 2 : 3)}`;
}
