// Where the lines of an axis stand.

/** Round values from 0 (or below) to at least `max`, a few of them. */
export function niceTicks(max: number, wanted = 4): number[] {
  if (!(max > 0) || !Number.isFinite(max)) return [0, 1];
  const rough = max / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999) ?? 10 * power;
  const count = Math.ceil(max / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/** Powers of ten that span two positive values. */
export function logTicks(low: number, high: number): number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  return Array.from({ length: Math.max(last, first + 1) - first + 1 }, (_, index) => 10 ** (first + index));
}

/** A mark on an axis of time. */
export interface TimeTick {
  readonly at: number;
  readonly kind: "second" | "minute" | "day" | "month" | "year";
}

const SECOND = 1000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

const STEPS: readonly [number, TimeTick["kind"]][] = [
  ...[1, 2, 5, 10, 15, 30].map((n): [number, TimeTick["kind"]] => [n * SECOND, "second"]),
  ...[1, 2, 5, 10, 15, 30].map((n): [number, TimeTick["kind"]] => [n * MINUTE, "minute"]),
  ...[1, 2, 3, 6, 12].map((n): [number, TimeTick["kind"]] => [n * HOUR, "minute"]),
  ...[1, 2, 7, 14].map((n): [number, TimeTick["kind"]] => [n * DAY, "day"]),
];

/** Marks on an axis of time, on round values of the reader's clock and calendar. */
export function timeTicks(start: number, end: number, most: number): TimeTick[] {
  const length = end - start;
  if (!(length > 0) || most < 1) return [];
  const found = STEPS.find(([size]) => length / size <= most);
  if (!found) return monthTicks(start, end, most);
  const [size, kind] = found;
  const ticks: TimeTick[] = [];
  const date = new Date(start);
  if (size >= DAY) {
    // Days are counted in the calendar: one of them may have 23 hours.
    const days = Math.round(size / DAY);
    const cursor = new Date(date.getFullYear(), date.getMonth(), date.getDate());
    while (cursor.getTime() <= end) {
      if (cursor.getTime() >= start) ticks.push({ at: cursor.getTime(), kind });
      cursor.setDate(cursor.getDate() + days);
    }
    return ticks;
  }
  const midnight = new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  for (let at = midnight + Math.ceil((start - midnight) / size) * size; at <= end; at += size) {
    const isMidnight = size >= MINUTE && new Date(at).getHours() === 0 && new Date(at).getMinutes() === 0;
    ticks.push({ at, kind: isMidnight && length > HOUR * 6 ? "day" : kind });
  }
  return ticks;
}

function monthTicks(start: number, end: number, most: number): TimeTick[] {
  const months = (end - start) / (30.4 * DAY);
  const step = [1, 2, 3, 6, 12, 24, 60, 120].find((size) => months / size <= most) ?? 240;
  const ticks: TimeTick[] = [];
  const first = new Date(start);
  const cursor = new Date(first.getFullYear(), step >= 12 ? 0 : Math.floor(first.getMonth() / step) * step, 1);
  while (cursor.getTime() <= end) {
    const at = cursor.getTime();
    if (at >= start) ticks.push({ at, kind: step >= 12 || cursor.getMonth() === 0 ? "year" : "month" });
    cursor.setMonth(cursor.getMonth() + step);
  }
  return ticks;
}

/** Index of the item whose time is nearest; −1 where there are none. They are in order. */
export function nearest(times: readonly number[], wanted: number): number {
  if (times.length === 0) return -1;
  let low = 0;
  let high = times.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  const before = low > 0 ? low - 1 : low;
  return Math.abs((times[before] ?? 0) - wanted) <= Math.abs((times[low] ?? 0) - wanted) ? before : low;
}
