import { beforeEach, describe, expect, test } from "vitest";
import regionMap from "../../../data/region-map.tsv?raw";
import { pause } from "../../src/api/live.svelte";
import { type Place, colorOf, legendOf, measure, measured, outlines, yearOf } from "../../src/charts/measure";
import { discs } from "../../src/charts/paths";
import { longest, stretches } from "../../src/export/bars";
import { flowed } from "../../src/export/png";
import { cell } from "../../src/export/csv";
import { ownAddress } from "../../src/state/router.svelte";
import { durationParts } from "../../src/units/duration";
import { amountOf, percent, setLocale } from "../../src/units/number";
import { byIntensity, shares } from "../../src/units/places";
import { before } from "../../src/units/range";

beforeEach(() => setLocale("en-GB"));

const mix = { year: 2023, coal_percent: 10, oil_percent: 2, gas_percent: 3, nuclear_percent: 60, hydro_percent: 15, wind_percent: 9.7, solar_percent: 0.3, bio_percent: 0, other_percent: 0, source: "x" };
const place: Place = { name: "Somewhere", intensity_g_per_kwh: 350, year: 2024, mix };

describe("places on a map", () => {
  test("a measure is an intensity or a share, with its own year, and not known without a mix", () => {
    expect([measure(place, "intensity"), measure(place, "fossil"), measure(place, "wind"), measure({ ...place, mix: null }, "wind")]).toEqual([350, 15, 9.7, null]);
    expect([yearOf(place, "intensity"), yearOf(place, "hydro")]).toEqual([2024, 2023]);
    expect([measured(350, "intensity"), measured(15, "fossil"), measured(null, "wind")]).toEqual(["350 g/kWh", "15 %", "not known"]);
  });

  test("a class begins with its bound, and what is not known has a colour of its own", () => {
    expect([99.9, 100, 350, 699, 700].map((grams) => colorOf({ ...place, intensity_g_per_kwh: grams }, "intensity"))).toEqual(["map-1", "map-2", "map-4", "map-5", "map-6"]);
    expect([colorOf(place, "nuclear"), colorOf(undefined, "intensity"), colorOf({ ...place, mix: null }, "solar")]).toEqual(["cool-5", "map-none", "map-none"]);
  });

  test("a legend names the classes of a map from their bounds", () => {
    expect(legendOf("intensity").map(([name]) => name)).toEqual(["< 100 g/kWh", "100 to 200", "200 to 350", "350 to 500", "500 to 700", "≥ 700"]);
    expect(legendOf("wind")[5]).toEqual(["≥ 75", "cool-6"]);
  });

  test("every state and province has an outline inside its frame", () => {
    const rows = outlines(regionMap);
    expect(rows.filter(([country]) => country === "USA").length).toBe(51);
    expect(rows.filter(([country]) => country === "CAN").length).toBe(13);
    for (const [country, code, path = ""] of rows) {
      for (const ring of path.matchAll(/M(-?\d+),(-?\d+)l([^z]*)z/g)) {
        let [x, y] = [Number(ring[1]), Number(ring[2])];
        const steps = (ring[3]?.match(/-?\d+/g) ?? []).map(Number);
        for (let index = 0; index < steps.length; index += 2) {
          x += steps[index] ?? 0;
          y += steps[index + 1] ?? 0;
          expect(x >= 0 && x <= 800 && y >= 0 && y <= (country === "USA" ? 504 : 668), `${code} ${x},${y}`).toBe(true);
        }
      }
    }
  });

  test("the cleanest comes first, equals by name, and shares that round to nothing are left out", () => {
    expect(byIntensity([{ name: "b", intensity_g_per_kwh: 2 }, { name: "c", intensity_g_per_kwh: 1 }, { name: "a", intensity_g_per_kwh: 2 }]).map((one) => one.name)).toEqual(["c", "a", "b"]);
    expect(shares(mix).map((share) => share.name)).toEqual(["nuclear", "hydro", "coal", "wind", "gas", "oil"]);
  });
});

describe("shapes", () => {
  test("a disc is two arcs around its middle", () => {
    expect(discs([{ x: 10, y: 20 }], 4)).toBe("M6 20a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z");
    expect(discs([], 4)).toBe("");
  });
});

describe("pictures of bars", () => {
  test("a legend goes on in the next line where a line is full", () => {
    expect(flowed([50, 40, 30, 200, 10], 100)).toEqual([
      { x: 0, line: 0 },
      { x: 50, line: 0 },
      { x: 0, line: 1 },
      { x: 0, line: 2 },
      { x: 0, line: 3 },
    ]);
  });

  test("the longest that is seen has the whole width, and parts follow each other", () => {
    expect([longest([{ value: 2 }, { value: 8 }]), longest([]), longest([{ value: 0 }])]).toEqual([8, 1, 1]);
    const parts = stretches({ name: "a", value: 4, parts: [{ color: "cpu", value: 1 }, { color: "gpu", value: 0 }, { color: "ram", value: 3 }] }, 8);
    expect(parts).toEqual([
      { color: "cpu", from: 0, to: 0.125 },
      { color: "ram", from: 0.125, to: 0.5 },
    ]);
    expect(stretches({ name: "a", value: 4 }, 8)).toEqual([{ color: "mark", from: 0, to: 0.5 }]);
  });
});

describe("what people and others type", () => {
  test("an amount is more than nothing, with a point or a comma", () => {
    expect(["1.5", " 2,5 ", "1e3", "0", "-1", "", "x", "1,000.5", "Infinity"].map(amountOf)).toEqual([1.5, 2.5, 1000, null, null, null, null, null, null]);
  });

  test("only an address of this server is one to come back to", () => {
    const back = (wanted: string | null): string | null => ownAddress(wanted, "http://carbon.example");
    expect([back("/app/map?kwh=1#x"), back("/auth/device?code=a")]).toEqual(["/app/map?kwh=1#x", "/auth/device?code=a"]);
    expect(["//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example", "javascript:alert(1)", "", null].map(back)).toEqual([null, null, null, null, null, null, null]);
  });

  test("no cell is a formula, however it begins", () => {
    expect(["\n=1+1", "\uFF1D1+1", "\uFF201", "a=1"].map(cell)).toEqual(['"\'\n=1+1"', "'\uFF1D1+1", "'\uFF201", "a=1"]);
  });
});

describe("figures", () => {
  test("a duration has its units apart, and none is invented", () => {
    expect(durationParts(1199)).toEqual([{ value: "19", unit: "min" }, { value: "59", unit: "s" }]);
    expect([durationParts(7200), durationParts(null)]).toEqual([[{ value: "2", unit: "h" }], [{ value: "–", unit: "" }]]);
  });

  test("a share of almost nothing is not nothing", () => {
    expect([0.0003, 0.004, 0.005, 0.2].map(percent)).toEqual(["< 0.01 %", "< 0.01 %", "0.01 %", "0.20 %"]);
  });

  test("a stretch that is not over is compared with as much time before", () => {
    const hour = 3_600_000;
    expect(before({ start: 100 * hour, end: 148 * hour }, 112 * hour)).toEqual({ start: 88 * hour, end: 100 * hour - 1 });
    expect(before({ start: 100 * hour, end: 148 * hour }, 200 * hour)).toEqual({ start: 52 * hour, end: 100 * hour - 1 });
    expect(before({ start: 100 * hour, end: null }, 90 * hour)).toBeNull();
  });

  test("a refused connection is tried again less and less often, and at least each minute", () => {
    expect([0, 1, 2, 10].map(pause)).toEqual([2000, 4000, 8000, 60_000]);
  });
});
