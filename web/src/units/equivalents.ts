// Emissions in everyday amounts, by the table that the other programs use too.

import table from "../../../data/hand/equivalents.tsv?raw";
import { digits } from "./number";
import { duration } from "./duration";

/** An everyday amount that emissions equal. */
export interface Equivalent {
  readonly name: "home" | "car" | "television" | "phone" | "tree";
  readonly amount: string;
  readonly what: string;
  readonly source: string;
}

const SOURCES: Readonly<Record<string, string>> = {
  "epa-equivalencies": "US EPA, Greenhouse Gas Equivalencies Calculator, 2022",
  "codecarbon-equivalents": "CodeCarbon, carbonboard",
};

interface Row {
  readonly kg: number;
  readonly source: string;
}

const rows: ReadonlyMap<string, Row> = new Map(
  table
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .slice(1)
    .map((line) => line.split("\t"))
    .map(([name = "", , kg = "", , source = ""]) => [name, { kg: Number(kg), source: SOURCES[source] ?? source }]),
);

/** Everyday amounts that a mass of CO2e (in kg) equals. */
export function equivalents(kg: number): Equivalent[] {
  const of = (
    name: Equivalent["name"],
    row: string,
    what: string,
    show: (amount: number) => string,
  ): Equivalent[] => {
    const found = rows.get(row);
    return found ? [{ name, what, source: found.source, amount: show(kg / found.kg) }] : [];
  };
  return [
    ...of("home", "codecarbon_us_household_week", "of the weekly emissions of a US household", (weeks) => `${some(weeks * 100)} %`),
    ...of("car", "car_km", "by an average US petrol car", distance),
    ...of("television", "tv_hour", "of a 32-inch television", (hours) => duration(hours * 3600)),
    ...of("phone", "smartphone_charge", "smartphones charged", some),
    ...of("tree", "tree_decade", "tree seedlings, grown for ten years", some),
  ];
}

function distance(km: number): string {
  if (km === 0) return "0 km";
  return km < 1 ? `${some(km * 1000)} m` : `${digits(km)} km`;
}

/** What is too little for three digits is not shown as nothing. */
function some(amount: number): string {
  return amount > 0 && amount < 0.001 ? "< 0.001" : digits(amount);
}
