// One quantity in the unit that fits it. A scale is a list of units from small to large; the unit is
// chosen by what is shown, so that the bounds of an interval and the bars of a chart share one.

import { digits, fixed, padded } from "./number";

/** A unit, and how many of the quantity's base unit it is. */
export interface Unit {
  readonly name: string;
  readonly size: number;
}

/** Units of a quantity, from small to large. */
export interface Scale {
  readonly units: readonly Unit[];
  /** The unit that nothing is shown in. */
  readonly usual: Unit;
}

/** A number and its unit, apart, so that a page can set them differently. */
export interface Shown {
  readonly value: string;
  readonly unit: string;
}

/** The largest unit that makes of the value a number of 1 or more. */
export function unitFor(scale: Scale, value: number): Unit {
  const size = Math.abs(value);
  if (!(size > 0) || !Number.isFinite(size)) return scale.usual;
  let fit = scale.units[0] ?? scale.usual;
  for (const unit of scale.units) {
    // What rounds up to 1000 belongs to the next unit.
    if (size >= unit.size * 0.9995) fit = unit;
  }
  return fit;
}

/** A value in its own unit. */
export function shown(scale: Scale, value: number | null | undefined, unit?: Unit): Shown {
  if (value === null || value === undefined || !Number.isFinite(value)) return { value: "–", unit: "" };
  const chosen = unit ?? unitFor(scale, value);
  return { value: padded(value / chosen.size), unit: chosen.name };
}

/** A value in its own unit, as text. */
export function text(scale: Scale, value: number | null | undefined, unit?: Unit): string {
  const { value: number, unit: name } = shown(scale, value, unit);
  return name === "" ? number : `${number} ${name}`;
}

/** A value, and between which bounds the truth lies with 95 %. */
export interface Interval {
  readonly value: number;
  readonly low?: number | null | undefined;
  readonly high?: number | null | undefined;
}

/** Whether an interval says something. */
export function isBounded(interval: Interval): interval is { value: number; low: number; high: number } {
  const { low, high } = interval;
  return typeof low === "number" && typeof high === "number" && Number.isFinite(low) && Number.isFinite(high);
}

/** The bounds in one unit, "1.10 to 1.42 kWh"; empty where there are none. */
export function bounds(scale: Scale, interval: Interval, unit?: Unit): string {
  if (!isBounded(interval)) return "";
  const { value, low, high } = interval;
  const chosen = unit ?? unitFor(scale, value !== 0 ? value : high);
  // As many digits as it takes to tell the two apart, and no more than make sense.
  const [a, b] = [low / chosen.size, high / chosen.size];
  const spread = Math.abs(b - a);
  const fraction = spread > 0 ? Math.min(Math.max(1 - Math.floor(Math.log10(spread)), 0), 4) : 2;
  if (Math.abs(b) >= 1000) return `${digits(a)} to ${digits(b)} ${chosen.name}`;
  return `${fixed(a, fraction)} to ${fixed(b, fraction)} ${chosen.name}`;
}

/** Half the width of an interval as a share of its value, in percent; none where it has no bounds. */
export function halfWidthPercent(interval: Interval): number | null {
  if (!isBounded(interval) || !(interval.value > 0)) return null;
  return ((interval.high - interval.low) / 2 / interval.value) * 100;
}
