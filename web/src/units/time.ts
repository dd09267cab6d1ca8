// Points in time: stored and sent in UTC, shown in the reader's zone.

import { currentLocale } from "./number";

const formats = new Map<string, Intl.DateTimeFormat>();

/** Zone of what is shown; none takes the reader's. Tests set it. */
let zone: string | undefined;

/** Sets the zone that times are shown in. */
export function setZone(wanted: string | undefined): void {
  zone = wanted;
  formats.clear();
}

function format(key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${currentLocale() ?? ""}${key}`;
  let known = formats.get(name);
  if (!known) {
    known = new Intl.DateTimeFormat(currentLocale(), { timeZone: zone, ...options });
    formats.set(name, known);
  }
  return known;
}

/** Milliseconds since 1970 of a time of the API. Where a zone is missing it is UTC, as the published
 * routes tell it. */
export function parseTime(text: string): number {
  const hasZone = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text);
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  return Date.parse(hasZone || isDay ? text : `${text.replace(" ", "T")}Z`);
}

type Time = string | number | null | undefined;

function millis(time: Time): number | null {
  if (time === null || time === undefined) return null;
  const found = typeof time === "number" ? time : parseTime(time);
  return Number.isFinite(found) ? found : null;
}

function as(key: string, options: Intl.DateTimeFormatOptions): (time: Time) => string {
  return (time) => {
    const found = millis(time);
    return found === null ? "–" : format(key, options).format(found);
  };
}

/** "22 Nov 2026". */
export const day = as("day", { day: "numeric", month: "short", year: "numeric" });

/** "22 Nov". */
export const shortDay = as("shortDay", { day: "numeric", month: "short" });

/** "Nov 2026". */
export const month = as("month", { month: "short", year: "numeric" });

/** "November 2026". */
export const longMonth = as("longMonth", { month: "long", year: "numeric" });

/** "22 Nov 2026, 08:15". */
export const dayTime = as("dayTime", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

/** "22 Nov 2026, 08:15:30". */
export const exact = as("exact", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/** "08:15". */
export const clock = as("clock", { hour: "2-digit", minute: "2-digit" });

/** "08:15:30". */
export const clockSeconds = as("clockSeconds", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

const AGO_WORDS = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

const AGO: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/** How long ago or ahead: "3 minutes ago", "in 2 days". */
export function ago(time: Time, now: number): string {
  const found = millis(time);
  if (found === null) return "never";
  const seconds = Math.round((found - now) / 1000);
  for (const [unit, size] of AGO) {
    if (Math.abs(seconds) >= size) return AGO_WORDS.format(Math.trunc(seconds / size), unit);
  }
  return "now";
}

/** A span in as few words as tell it: one day once, one year once. */
export function span(start: number, end: number): string {
  const [first, last] = [day(start), day(end)];
  return first === last ? first : `${first} – ${last}`;
}
