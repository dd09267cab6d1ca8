// Figures put into words, where a number alone says little.

/** What a grid intensity in g/kWh means. */
export function emissionsNote(intensity: number | null): string | undefined {
  if (intensity === null) return undefined;
  if (intensity < 100) return "a clean grid";
  if (intensity < 300) return "cleaner than the world";
  if (intensity < 550) return "about the world's average";
  return "a grid of coal and gas";
}

/** Names of the things that the audit log tells. */
export function actionWords(action: string): string {
  const [what = "", done = ""] = action.split(".");
  const thing = what.replaceAll("_", " ");
  return `${thing.charAt(0).toUpperCase()}${thing.slice(1)}: ${done.replaceAll("_", " ") || "changed"}`;
}
