// The quantities of this app with their units: energy, mass of CO2e, power, intensity.

import { type Interval, type Scale, type Shown, type Unit, bounds, shown, text, unitFor } from "./scale";

function scale(usual: string, units: readonly (readonly [string, number])[]): Scale {
  const list = units.map(([name, size]): Unit => ({ name, size }));
  return { units: list, usual: list.find((unit) => unit.name === usual) ?? { name: usual, size: 1 } };
}

/** Energy; base unit kWh. */
export const ENERGY = scale("kWh", [
  ["µWh", 1e-9],
  ["mWh", 1e-6],
  ["Wh", 1e-3],
  ["kWh", 1],
  ["MWh", 1e3],
  ["GWh", 1e6],
]);

/** Mass of CO2e; base unit kg. */
export const MASS = scale("g", [
  ["µg", 1e-9],
  ["mg", 1e-6],
  ["g", 1e-3],
  ["kg", 1],
  ["t", 1e3],
  ["kt", 1e6],
]);

/** Power; base unit W. */
export const POWER = scale("W", [
  ["µW", 1e-6],
  ["mW", 1e-3],
  ["W", 1],
  ["kW", 1e3],
  ["MW", 1e6],
]);

/** Energy in kWh as text. */
export const energy = (kwh: number | null | undefined, unit?: Unit): string => text(ENERGY, kwh, unit);

/** Mass of CO2e in kg as text. */
export const mass = (kg: number | null | undefined, unit?: Unit): string => text(MASS, kg, unit);

/** Power in W as text. */
export const power = (watts: number | null | undefined, unit?: Unit): string => text(POWER, watts, unit);

/** Energy in kWh, number and unit apart. */
export const energyParts = (kwh: number | null | undefined): Shown => shown(ENERGY, kwh);

/** Mass of CO2e in kg, number and unit apart. */
export const massParts = (kg: number | null | undefined): Shown => shown(MASS, kg);

/** Power in W, number and unit apart. */
export const powerParts = (watts: number | null | undefined): Shown => shown(POWER, watts);

/** Bounds of an energy in kWh. */
export const energyBounds = (interval: Interval): string => bounds(ENERGY, interval);

/** Bounds of a mass in kg. */
export const massBounds = (interval: Interval): string => bounds(MASS, interval);

/** Grams of CO2e per kWh as text. */
export function intensity(gramsPerKwh: number | null | undefined): string {
  return text({ units: [{ name: "g/kWh", size: 1 }], usual: { name: "g/kWh", size: 1 } }, gramsPerKwh);
}

/** Intensity that emissions were counted with, in g/kWh; none without energy. */
export function intensityOf(kg: number, kwh: number): number | null {
  return kwh > 0 ? (kg / kwh) * 1000 : null;
}

/** Energy per time as mean power, in W; none without time. */
export function meanPower(kwh: number, seconds: number): number | null {
  return seconds > 0 ? (kwh * 3.6e6) / seconds : null;
}

export { unitFor };
