// Figures of the API as charts and files take them.

import type { Figures, Series } from "../api/types";
import type { Interval } from "./scale";
import { parseTime } from "./time";

/** A bucket of a series, with its start in milliseconds. */
export interface FigureBucket {
  readonly start: number;
  readonly key: string | null;
  readonly figures: Figures;
}

/** Energy with its bounds. */
export const energyOf = (figures: Figures): Interval => ({
  value: figures.energy_kwh,
  low: figures.energy_low_kwh,
  high: figures.energy_high_kwh,
});

/** Emissions with their bounds. */
export const emissionsOf = (figures: Figures): Interval => ({
  value: figures.emissions_kg,
  low: figures.emissions_low_kg,
  high: figures.emissions_high_kg,
});

/** Energy by component, and what is in none of them. */
export function components(figures: Figures): { name: string; color: string; value: number }[] {
  const { cpu_energy_kwh: cpu, gpu_energy_kwh: gpu, ram_energy_kwh: ram, energy_kwh: all } = figures;
  const rest = Math.max(all - cpu - gpu - ram, 0);
  // What rounding leaves is no component.
  const other = rest > all * 1e-6 ? rest : 0;
  return [
    { name: "CPU", color: "cpu", value: cpu },
    { name: "GPU", color: "gpu", value: gpu },
    { name: "RAM", color: "ram", value: ram },
    { name: "Other", color: "rest", value: other },
  ];
}

/** Names and colours of components, for the legend of a picture. */
export const COMPONENTS = [
  ["CPU", "cpu"],
  ["GPU", "gpu"],
  ["RAM", "ram"],
  ["Other", "rest"],
] as const;

/** The buckets of a series in order. */
export function bucketsOf(series: Series): FigureBucket[] {
  return series.points.map((point) => ({ start: parseTime(point.start), key: point.key ?? null, figures: point }));
}

/** A mean power of all components together, in W; null where none is told. */
export function totalPower(figures: Figures): number | null {
  const parts = [figures.cpu_power_w, figures.gpu_power_w, figures.ram_power_w].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.reduce((sum, part) => sum + part, 0);
}

/** The fields of figures in the order in which files have them. */
export const FIGURE_NAMES = [
  "rows",
  "duration_s",
  "energy_kwh",
  "energy_low_kwh",
  "energy_high_kwh",
  "cpu_energy_kwh",
  "gpu_energy_kwh",
  "ram_energy_kwh",
  "emissions_kg",
  "emissions_low_kg",
  "emissions_high_kg",
  "cpu_power_w",
  "gpu_power_w",
  "ram_power_w",
  "cpu_utilization_percent",
  "gpu_utilization_percent",
  "ram_utilization_percent",
] as const satisfies readonly (keyof Figures)[];

/** Figures as cells, in the order of their names. */
export const figureCells = (figures: Figures): (number | null)[] => FIGURE_NAMES.map((name) => figures[name]);
