import { beforeEach, describe, expect, test } from "vitest";
import { address } from "../../src/api/client";
import { faultOf } from "../../src/api/fault";
import { areas, columns, lines } from "../../src/charts/paths";
import { equalEarth, project } from "../../src/charts/projection";
import { logTicks, nearest, niceTicks } from "../../src/charts/ticks";
import { cell, csv } from "../../src/export/csv";
import { fileName } from "../../src/export/save";
import { change, changePercent } from "../../src/units/change";
import { equivalents } from "../../src/units/equivalents";
import { components } from "../../src/units/figures";
import type { Figures } from "../../src/api/types";
import { counted, digits, padded, percent, setLocale, shortCount } from "../../src/units/number";

beforeEach(() => setLocale("en-GB"));

describe("numbers", () => {
  test("three digits count, and whole numbers keep all of theirs", () => {
    expect([0, 0.000123456, 0.5, 1.2345, 45.678, 999.9, 123456.7, -2.5].map((value) => digits(value))).toEqual(["0", "0.000123", "0.5", "1.23", "45.7", "1,000", "123,457", "-2.5"]);
    expect([7.6, 2, 9.996, 0.02, 99.96].map(padded)).toEqual(["7.60", "2", "10.0", "0.0200", "100"]);
  });

  test("percentages, counts and plurals", () => {
    expect([0, 0.123, 4.56, 45.6, null].map(percent)).toEqual(["0 %", "0.12 %", "4.6 %", "46 %", "–"]);
    expect([counted(1, "run"), counted(2, "run"), counted(1200, "try", "tries")]).toEqual(["1 run", "2 runs", "1,200 tries"]);
    expect(shortCount(1_234_567)).toBe("1.23 million");
  });

  test("a change has a sign, and a large one is a factor", () => {
    expect([changePercent(120, 100), changePercent(1, 0)]).toEqual([20, null]);
    expect([change(20), change(-3.42), change(0.01), change(1900), change(null)]).toEqual(["+20 %", "−3.4 %", "±0 %", "×20", "–"]);
  });
});

describe("equivalents", () => {
  test("they are those of the table that the other programs use", () => {
    const all = Object.fromEntries(equivalents(1.6058).map((one) => [one.name, one.amount]));
    expect(all).toEqual({ home: "1 %", car: "6.58 km", television: "16 h 33 min", phone: "130", tree: "0.0268" });
    expect(equivalents(1e-6).map((one) => one.amount)).toEqual(["< 0.001 %", "0.0041 m", "37.1 ms", "< 0.001", "< 0.001"]);
  });

  test("each says where it comes from", () => {
    expect(equivalents(1).every((one) => one.source.length > 5)).toBe(true);
  });
});

describe("components", () => {
  const figures = (energy: number, cpu: number, gpu: number, ram: number): Figures =>
    ({ energy_kwh: energy, cpu_energy_kwh: cpu, gpu_energy_kwh: gpu, ram_energy_kwh: ram }) as Figures;

  test("what no component tells is other, and rounding is none", () => {
    expect(components(figures(10, 4, 3, 1)).map((part) => part.value)).toEqual([4, 3, 1, 2]);
    expect(components(figures(0.3, 0.1, 0.2 - 1e-17, 0))[3]?.value).toBe(0);
  });
});

describe("files", () => {
  test("cells that a spreadsheet would run are text, and separators are quoted", () => {
    expect(["=1+1", "+1", "-2", "@x", "a,b", 'say "so"', "two\nlines"].map(cell)).toEqual(["'=1+1", "'+1", "'-2", "'@x", '"a,b"', '"say ""so"""', '"two\nlines"']);
    expect([-2, null, true, 1.5e-7].map(cell)).toEqual(["-2", "", "true", "1.5e-7"]);
    expect(csv(["a", "b"], [[1, "x"]])).toBe("a,b\r\n1,x\r\n");
  });

  test("names of files are plain", () => {
    expect(fileName("Ünicode / project: runs", "7 d")).toBe("U_nicode_project_runs_7_d");
    expect(fileName("../..")).toBe("codecarbon");
  });
});

describe("addresses and refusals", () => {
  test("what is not given is not asked, and ids cannot leave their place", () => {
    expect(address("/v1/runs/{id}/series", { id: "../x" }, { start: undefined, width_s: 60, by: null })).toBe("/v1/runs/..%2Fx/series?width_s=60");
    expect(address("/v1/runs/compare", {}, { run: ["a", "b"] })).toBe("/v1/runs/compare?run=a&run=b");
  });

  test("both kinds of refusals are understood, and gateways too", async () => {
    const refusal = (body: string, status: number) => faultOf(new Response(body, { status }));
    const problem = await refusal(JSON.stringify({ title: "x", detail: "the request is not what the route takes", errors: [{ loc: ["body", "name"], msg: "Value error, too short" }] }), 422);
    expect([problem.status, problem.fields, problem.message]).toEqual([422, { name: "Too short" }, "Too short"]);
    expect((await refusal('{"detail":"Wrong address or password"}', 401)).message).toBe("Wrong address or password");
    expect((await refusal("<html>", 502)).message).toBe("The server failed.");
  });
});

describe("charts", () => {
  test("axes end above the greatest value, at round ones", () => {
    expect(niceTicks(8.3)).toEqual([0, 2.5, 5, 7.5, 10]);
    expect(niceTicks(0)).toEqual([0, 1]);
    expect(logTicks(0.03, 20)).toEqual([0.01, 0.1, 1, 10, 100]);
  });

  test("the nearest of many is found", () => {
    expect([nearest([], 1), nearest([1, 5, 9], 0), nearest([1, 5, 9], 6.9), nearest([1, 5, 9], 7.1), nearest([1, 5, 9], 99)]).toEqual([-1, 0, 1, 2, 2]);
  });

  test("buckets that do not touch are drawn apart", () => {
    const step = (x: number) => ({ x, width: 10, y: 5, base: 20 });
    expect(lines([step(0), step(10), step(40)])).toBe("M0 5H10L10 5H20M40 5H50");
    expect(areas([step(0), step(40)]).split("M").length - 1).toBe(2);
    expect(columns([step(0), { ...step(10), y: 20 }], 2)).toBe("M1 20V5h8V20z");
  });

  test("the projection is that of the outlines", () => {
    expect(equalEarth(180, 0).x).toBeCloseTo(2.7066, 4);
    expect(project(0, 84, 2000).y).toBeCloseTo(0, 6);
    expect(project(0, 0, 2000).x).toBe(1000);
  });
});
