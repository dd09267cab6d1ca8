// How long something took.

import { digits, fixed } from "./number";
import type { Shown } from "./scale";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** Seconds in two units at most: "45 ms", "12.3 s", "4 min 3 s", "2 h 5 min", "3 d 4 h". */
export function duration(seconds: number | null | undefined): string {
  return durationParts(seconds)
    .map(({ value, unit }) => (unit === "" ? value : `${value} ${unit}`))
    .join(" ");
}

/** The same, numbers and units apart. */
export function durationParts(seconds: number | null | undefined): Shown[] {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return [{ value: "–", unit: "" }];
  const one = (value: string, unit: string): Shown[] => [{ value, unit }];
  const size = Math.abs(seconds);
  if (size === 0) return one("0", "s");
  if (size < 1e-3) return one(digits(seconds * 1e6), "µs");
  if (size < 0.9995) return one(digits(seconds * 1e3), "ms");
  if (size < 59.95) return one(digits(seconds), "s");
  if (size < HOUR - 0.5) return pair(seconds, MINUTE, "min", 1, "s");
  if (size < DAY - 30) return pair(seconds, HOUR, "h", MINUTE, "min");
  if (size < 100 * DAY) return pair(seconds, DAY, "d", HOUR, "h");
  return one(fixed(seconds / DAY, 0), "d");
}

function pair(seconds: number, large: number, largeName: string, small: number, smallName: string): Shown[] {
  const parts = Math.round(seconds / small);
  const perLarge = large / small;
  const whole = Math.trunc(parts / perLarge);
  const rest = parts - whole * perLarge;
  const first = { value: fixed(whole, 0), unit: largeName };
  return rest === 0 ? [first] : [first, { value: fixed(rest, 0), unit: smallName }];
}

/** The width of a step of a chart in words: "1 min", "1 h", "1 day". */
export function step(seconds: number): string {
  if (seconds % DAY === 0) return seconds === DAY ? "day" : `${seconds / DAY} days`;
  if (seconds % HOUR === 0) return seconds === HOUR ? "hour" : `${seconds / HOUR} h`;
  if (seconds % MINUTE === 0) return seconds === MINUTE ? "minute" : `${seconds / MINUTE} min`;
  return `${digits(seconds)} s`;
}
