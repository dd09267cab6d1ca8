import { beforeEach, describe, expect, test } from "vitest";
import { duration, step } from "../../src/units/duration";
import { setLocale } from "../../src/units/number";
import { ago, dayTime, exact, parseTime, setZone, span } from "../../src/units/time";
import { before, bucketWidth, dayName, dayStart, isCustom, query, windowOf } from "../../src/units/range";
import { timeTicks } from "../../src/charts/ticks";

beforeEach(() => {
  setLocale("en-GB");
  setZone("UTC");
});

describe("durations", () => {
  test("two units at most", () => {
    const shown = [0, 0.0000123, 0.0456, 0.9999, 12.34, 59.99, 60, 243, 3599.8, 7500, 86_399, 273_600, 1e7].map((seconds) => duration(seconds));
    expect(shown).toEqual(["0 s", "12.3 µs", "45.6 ms", "1 s", "12.3 s", "1 min", "1 min", "4 min 3 s", "1 h", "2 h 5 min", "1 d", "3 d 4 h", "116 d"]);
    expect(duration(null)).toBe("–");
  });

  test("steps of charts have names", () => {
    expect([1, 15, 60, 300, 3600, 21_600, 86_400, 172_800].map(step)).toEqual(["1 s", "15 s", "minute", "5 min", "hour", "6 h", "day", "2 days"]);
  });
});

describe("points in time", () => {
  test("a time without a zone is UTC, as the published routes tell it", () => {
    const utc = Date.UTC(2026, 10, 22, 8, 0, 0);
    for (const text of ["2026-11-22T08:00:00", "2026-11-22 08:00:00", "2026-11-22T08:00:00Z", "2026-11-22T09:00:00+01:00"]) {
      expect(parseTime(text), text).toBe(utc);
    }
  });

  test("what is stored in UTC is shown where the reader is", () => {
    setZone("Asia/Tokyo");
    expect(dayTime("2026-11-22T20:15:00Z")).toBe("23 Nov 2026, 05:15");
    setZone("America/New_York");
    expect(exact("2026-11-22T20:15:30Z")).toBe("22 Nov 2026, 15:15:30");
    expect(dayTime(null)).toBe("–");
  });

  test("how long ago is told in one unit", () => {
    const now = Date.UTC(2026, 10, 22);
    expect([0, 40_000, 200_000, 7.3e6, 9e7, 1e9].map((millis) => ago(now - millis, now))).toEqual([
      "now",
      "40 seconds ago",
      "3 minutes ago",
      "2 hours ago",
      "yesterday",
      "last week",
    ]);
    expect(ago(null, now)).toBe("never");
  });

  test("a span of one day is that day", () => {
    const start = Date.UTC(2026, 10, 22, 3);
    expect(span(start, start + 1000)).toBe("22 Nov 2026");
    expect(span(start, start + 864e5)).toBe("22 Nov 2026 – 23 Nov 2026");
  });
});

describe("ranges", () => {
  const now = new Date(2026, 10, 22, 14, 30, 20).getTime();

  test("a preset begins at the reader's midnight and is open at its end", () => {
    const window = windowOf({ range: "7d" }, now);
    expect(window.end).toBeNull();
    expect(new Date(window.start ?? 0)).toEqual(new Date(2026, 10, 16));
    expect(windowOf({ range: "all" }, now)).toEqual({ start: null, end: null });
    expect(windowOf({ range: "nonsense" }, now)).toEqual(windowOf({}, now));
  });

  test("the last day of a calendar range is whole", () => {
    const window = windowOf({ start: "2026-11-01", end: "2026-11-02" }, now);
    expect(new Date(window.start ?? 0)).toEqual(new Date(2026, 10, 1));
    expect(window.end).toBe(new Date(2026, 10, 3).getTime() - 1);
    expect(isCustom({ start: "2026-11-01" })).toBe(true);
    expect(isCustom({ start: "2026-13-01" })).toBe(false);
  });

  test("days go into the address and come back", () => {
    expect(dayStart(dayName(now))).toBe(new Date(2026, 10, 22).getTime());
    expect(dayStart("2026-02-30")).toBeNull();
    expect(dayStart(null)).toBeNull();
  });

  test("the stretch before has the same length and ends where this one begins", () => {
    const window = { start: now - 1000, end: now };
    expect(before(window, now)).toEqual({ start: now - 2000, end: now - 1001 });
    expect(before({ start: null, end: now }, now)).toBeNull();
  });

  test("the API is asked in UTC", () => {
    expect(query({ start: 0, end: null })).toEqual({ start: "1970-01-01T00:00:00.000Z" });
  });

  test("buckets are as many as wanted at most, and of a width that clocks know", () => {
    expect([60, 3600, 86_400, 7 * 86_400, 30 * 86_400, 365 * 86_400].map((length) => bucketWidth(length, 53))).toEqual([2, 120, 1800, 21_600, 86_400, 604_800]);
  });
});

describe("axes of time", () => {
  test("marks stand on round values of the clock, and midnight is a day", () => {
    const start = new Date(2026, 10, 22, 20, 10).getTime();
    const ticks = timeTicks(start, start + 8 * 3_600_000, 5);
    expect(ticks.map((tick) => [new Date(tick.at).getHours(), tick.kind])).toEqual([
      [22, "minute"],
      [0, "day"],
      [2, "minute"],
      [4, "minute"],
    ]);
  });

  test("years of marks are months and years", () => {
    const ticks = timeTicks(new Date(2025, 6, 15).getTime(), new Date(2026, 6, 15).getTime(), 6);
    expect(ticks.map((tick) => tick.kind)).toContain("year");
    expect(ticks.length).toBeLessThanOrEqual(6);
  });
});
