// Which stretch of time a page shows: a preset, or two days of a calendar. It lives in the address.

/** A stretch of time; a missing bound is open. Milliseconds since 1970. */
export interface Window {
  readonly start: number | null;
  readonly end: number | null;
}

/** Presets, by the name they have in the address. */
export const PRESETS = [
  { name: "24h", label: "24 hours", short: "24 h", days: 1 },
  { name: "7d", label: "7 days", short: "7 d", days: 7 },
  { name: "30d", label: "30 days", short: "30 d", days: 30 },
  { name: "90d", label: "90 days", short: "90 d", days: 90 },
  { name: "1y", label: "12 months", short: "1 y", days: 365 },
  { name: "all", label: "All time", short: "All", days: null },
] as const;

/** What is shown where the address says nothing. */
export const USUAL = "30d";

/** What the address says of time. */
export interface Chosen {
  readonly range?: string | null;
  readonly start?: string | null;
  readonly end?: string | null;
}

const DAY = 86_400_000;

/** Midnight of the reader's day that a point in time falls on, some days later. */
export function midnight(time: number, daysLater = 0): number {
  const date = new Date(time);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + daysLater).getTime();
}

/** "2026-11-22", the reader's day. */
export function dayName(time: number): string {
  const date = new Date(time);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Midnight at the start of a day by its name; none for what is no day. */
export function dayStart(name: string | null | undefined): number | null {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(name ?? "");
  if (!found) return null;
  const [year, month, date] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const time = new Date(year, month - 1, date);
  return time.getMonth() === month - 1 ? time.getTime() : null;
}

/** Whether two days were chosen by hand. */
export function isCustom(chosen: Chosen): boolean {
  return dayStart(chosen.start) !== null || dayStart(chosen.end) !== null;
}

/** The stretch of time that was chosen. Days begin at the reader's midnight and the last one is whole. */
export function windowOf(chosen: Chosen, now: number): Window {
  const [start, end] = [dayStart(chosen.start), dayStart(chosen.end)];
  if (start !== null || end !== null) {
    return { start, end: end === null ? null : midnight(end, 1) - 1 };
  }
  const preset = PRESETS.find((known) => known.name === (chosen.range ?? USUAL)) ?? PRESETS[2];
  if (preset.days === null) return { start: null, end: null };
  // A day back is to the minute, so that asking again within it is the same question.
  if (preset.days === 1) return { start: Math.floor((now - DAY) / 60_000) * 60_000, end: null };
  return { start: midnight(now, 1 - preset.days), end: null };
}

/** The stretch of the same length before; none where there is no start. */
export function before(window: Window, now: number): Window | null {
  if (window.start === null) return null;
  // Of a stretch that is not over, what was in as much time before.
  const length = Math.min(window.end ?? now, now) - window.start;
  if (length <= 0) return null;
  return { start: window.start - length, end: window.start - 1 };
}

/** A window as the API takes it. */
export function query(window: Window): { start?: string; end?: string } {
  const time = (millis: number) => new Date(millis).toISOString();
  return {
    ...(window.start === null ? {} : { start: time(window.start) }),
    ...(window.end === null ? {} : { end: time(window.end) }),
  };
}

/** What was chosen, in words. */
export function label(chosen: Chosen): string {
  const preset = PRESETS.find((known) => known.name === (chosen.range ?? USUAL)) ?? PRESETS[2];
  return preset.days === null ? preset.label : `Last ${preset.label}`;
}

const WIDTHS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200];
const DAYS = [1, 2, 7, 14, 28, 91];

/** A width of buckets, in seconds, that cuts a stretch into so many at most. */
export function bucketWidth(length_s: number, most: number): number {
  const wanted = length_s / most;
  const found = WIDTHS_S.find((width) => width >= wanted);
  if (found !== undefined) return found;
  return (DAYS.find((days) => days * 86_400 >= wanted) ?? 364) * 86_400;
}
