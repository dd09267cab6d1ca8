// Countries, parts of them and regions of clouds by their electricity.

import type { Mix } from "../api/types";

/** Shares of a mix, in the order in which files have them. */
export const MIX_NAMES = ["coal_percent", "oil_percent", "gas_percent", "nuclear_percent", "hydro_percent", "wind_percent", "solar_percent", "bio_percent", "other_percent"] as const satisfies readonly (keyof Mix)[];

/** Shares of a mix that are worth a word, in percent, the largest first. */
export function shares(mix: Mix): { readonly name: string; readonly percent: number }[] {
  return MIX_NAMES.map((name) => ({ name: name.replace("_percent", ""), percent: mix[name] }))
    .filter((share) => share.percent >= 0.5)
    .sort((a, b) => b.percent - a.percent);
}

/** Places with the cleanest electricity first; those of the same by name. */
export function byIntensity<Place extends { readonly name: string; readonly intensity_g_per_kwh: number }>(places: readonly Place[]): Place[] {
  return [...places].sort((a, b) => a.intensity_g_per_kwh - b.intensity_g_per_kwh || a.name.localeCompare(b.name));
}
