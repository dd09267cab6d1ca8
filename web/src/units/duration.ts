// How long something took.

import { digits, fixed } from "./number";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** Seconds in two units at most: "45 ms", "12.3 s", "4 min 3 s", "2 h 5 min", "3 d 4 h". */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "–";
  const size = Math.abs(seconds);
  if (size === 0) return "0 s";
  if (size < 1e-3) return `${digits(seconds * 1e6)} µs`;
  if (size < 0.9995) return `${digits(seconds * 1e3)} ms`;
  if (size < 59.95) return `${digits(seconds)} s`;
  if (size < HOUR - 0.5) return pair(seconds, MINUTE, "min", 1, "s");
  if (size < DAY - 30) return pair(seconds, HOUR, "h", MINUTE, "min");
  if (size < 100 * DAY) return pair(seconds, DAY, "d", HOUR, "h");
  return `${fixed(seconds / DAY, 0)} d`;
}

function pair(seconds: number, large: number, largeName: string, small: number, smallName: string): string {
  const parts = Math.round(seconds / small);
  const perLarge = large / small;
  const whole = Math.trunc(parts / perLarge);
  const rest = parts - whole * perLarge;
  const first = `${fixed(whole, 0)} ${largeName}`;
  return rest === 0 ? first : `${first} ${rest} ${smallName}`;
}

/** The width of a step of a chart in words: "1 min", "1 h", "1 day". */
export function step(seconds: number): string {
  if (seconds % DAY === 0) return seconds === DAY ? "day" : `${seconds / DAY} days`;
  if (seconds % HOUR === 0) return seconds === HOUR ? "hour" : `${seconds / HOUR} h`;
  if (seconds % MINUTE === 0) return seconds === MINUTE ? "minute" : `${seconds / MINUTE} min`;
  return `${digits(seconds)} s`;
}
