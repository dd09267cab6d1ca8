import { beforeEach, describe, expect, test } from "vitest";
import { setLocale } from "../../src/units/number";
import { ENERGY, MASS, energy, energyBounds, intensityOf, mass, massBounds, meanPower, power } from "../../src/units/quantities";
import { halfWidthPercent, text, unitFor } from "../../src/units/scale";

beforeEach(() => setLocale("en-GB"));

describe("quantities", () => {
  test("energy takes the unit that makes a number of one to a thousand of it", () => {
    const shown = [0, 1.234e-9, 4.2e-7, 3.3e-6, 0.0012345, 0.5, 1, 12.345, 999.4, 1234, 5.6e6].map((kwh) => energy(kwh));
    expect(shown).toEqual(["0 kWh", "1.23 µWh", "420 µWh", "3.30 mWh", "1.23 Wh", "500 Wh", "1 kWh", "12.3 kWh", "999 kWh", "1.23 MWh", "5.60 GWh"]);
  });

  test("what rounds up to a thousand is told in the next unit", () => {
    expect(energy(0.99996)).toBe("1.00 kWh");
    expect(mass(999.96)).toBe("1.00 t");
    expect(power(999.6)).toBe("1.00 kW");
  });

  test("mass goes from micrograms to tonnes", () => {
    expect([5e-9, 2.5e-6, 0.0042, 1.5, 2500].map((kg) => mass(kg))).toEqual(["5 µg", "2.50 mg", "4.20 g", "1.50 kg", "2.50 t"]);
  });

  test("what is not known is a dash, never a zero", () => {
    expect([energy(null), mass(undefined), power(Number.NaN)]).toEqual(["–", "–", "–"]);
  });

  test("figures are written as the reader writes them", () => {
    setLocale("de-DE");
    expect(energy(1.2345)).toBe("1,23 kWh");
    expect(energy(12_345_600)).toBe("12,3 GWh");
  });

  test("bounds share the unit of their value and have digits that tell them apart", () => {
    expect(energyBounds({ value: 1.2, low: 1.102, high: 1.4243 })).toBe("1.10 to 1.42 kWh");
    expect(energyBounds({ value: 0.9, low: 0.7, high: 1.3 })).toBe("700 to 1,300 Wh");
    expect(massBounds({ value: 0.0532, low: 0.0529, high: 0.0535 })).toBe("52.90 to 53.50 g");
    expect(energyBounds({ value: 1.2, low: null, high: 2 })).toBe("");
    expect(energyBounds({ value: 1.2 })).toBe("");
  });

  test("half the width of an interval is told in percent of its value", () => {
    expect(halfWidthPercent({ value: 10, low: 8, high: 12 })).toBe(20);
    expect(halfWidthPercent({ value: 0, low: 0, high: 0 })).toBeNull();
  });

  test("a chart's values share one unit", () => {
    const unit = unitFor(ENERGY, 1500);
    expect([text(ENERGY, 1500, unit), text(ENERGY, 20, unit)]).toEqual(["1.50 MWh", "0.0200 MWh"]);
    expect(unitFor(MASS, 0).name).toBe("g");
  });

  test("intensity and mean power need something to divide by", () => {
    expect(intensityOf(0.5, 10)).toBe(50);
    expect(intensityOf(0, 0)).toBeNull();
    expect(meanPower(1, 3600)).toBe(1000);
    expect(meanPower(1, 0)).toBeNull();
  });
});
