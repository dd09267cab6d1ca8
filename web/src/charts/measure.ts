// What maps of electricity tell of a place: how much CO2e it carries, or what it is made from.

import type { Mix } from "../api/types";
import { percent } from "../units/number";
import { intensity } from "../units/quantities";

/** A country or a part of one, with its electricity. */
export interface Place {
  readonly name: string;
  readonly intensity_g_per_kwh: number;
  readonly year: number;
  readonly mix: Mix | null;
}

/** What a map can show. */
export const MEASURES = ["intensity", "fossil", "nuclear", "hydro", "wind", "solar"] as const;
export type Measure = (typeof MEASURES)[number];

/** A measure of a place: gCO2e/kWh, or percent of its electricity; null where it is not known. */
export function measure(place: Place, what: Measure): number | null {
  if (what === "intensity") return place.intensity_g_per_kwh;
  if (place.mix === null) return null;
  if (what === "fossil") return place.mix.coal_percent + place.mix.oil_percent + place.mix.gas_percent;
  return place.mix[`${what}_percent`];
}

/** A measure in words. */
export const measured = (value: number | null, what: Measure): string => (value === null ? "not known" : what === "intensity" ? intensity(value) : percent(value));

/** The year that a measure of a place is of; none where it is not known. */
export const yearOf = (place: Place, what: Measure): number | null => (what === "intensity" ? place.year : (place.mix?.year ?? null));

/** Upper bounds of the classes of a map, in g/kWh or percent; the last class has none. */
export const classesOf = (what: Measure): readonly number[] => (what === "intensity" ? [100, 200, 350, 500, 700] : [5, 15, 30, 50, 75]);

/** The colours of a measure: warm for what emits, cool for what does not. */
export const paletteOf = (what: Measure): "map" | "cool" => (what === "intensity" || what === "fossil" ? "map" : "cool");

/** Names of the classes, each with its colour. */
export function legendOf(what: Measure): (readonly [string, string])[] {
  const classes = classesOf(what);
  const unit = what === "intensity" ? "g/kWh" : "%";
  return [`< ${classes[0]} ${unit}`, ...classes.slice(0, -1).map((low, index) => `${low} to ${classes[index + 1]}`), `≥ ${classes.at(-1)}`].map((name, index) => [name, `${paletteOf(what)}-${index + 1}`]);
}

/** The colour of a place, by the name of its custom property. */
export function colorOf(place: Place | undefined, what: Measure): string {
  const value = place ? measure(place, what) : null;
  if (value === null) return "map-none";
  const classes = classesOf(what);
  const index = classes.findIndex((bound) => value < bound);
  return `${paletteOf(what)}-${index < 0 ? classes.length + 1 : index + 1}`;
}

/** The rows of a table of outlines: what its lines begin with as comments, then names, then one a row. */
export function outlines(table: string): string[][] {
  return table
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .slice(1)
    .map((line) => line.split("\t"));
}
