// Figures put into words, where a number alone says little.

/** What a grid intensity in g/kWh means. */
export function emissionsNote(intensity: number | null): string | undefined {
  if (intensity === null) return undefined;
  if (intensity < 100) return "a clean grid";
  if (intensity < 300) return "cleaner than the world";
  if (intensity < 550) return "about the world's average";
  return "a grid of coal and gas";
}

const SOURCES: Readonly<Record<string, string>> = {
  rapl_perf: "RAPL counter, by perf",
  rapl_powercap: "RAPL counter, by powercap",
  hwmon_energy: "hwmon energy counter",
  hwmon_power: "hwmon power sensor",
  battery: "discharge of the battery",
  windows_emi: "Windows energy meter",
  apple_io_report: "Apple's energy counters",
  powermetrics: "powermetrics",
  raspberry_pi_pmic: "supply chip of the Raspberry Pi",
  nvml_energy: "NVML energy counter",
  nvml_power: "NVML power",
  amd_smi_energy: "AMD SMI energy counter",
  amd_smi_power: "AMD SMI power",
  load_model_calibrated: "load model, calibrated on this machine",
  load_model: "load model from the processor's TDP",
  load_model_guessed: "load model, the TDP is guessed",
  load_model_virtual: "load model, share of a virtual machine",
  ram_model: "model by the size of the memory",
  user_constant: "a constant that the user gave",
  included: "included in another meter",
  unknown: "not known",
};

/** What a client calls the source of a figure, in words. */
export function sourceWords(source: unknown): string {
  if (typeof source !== "string" || source === "") return "not told";
  return SOURCES[source] ?? source.replaceAll("_", " ");
}

/** Names of the things that the audit log tells. */
export function actionWords(action: string): string {
  const [what = "", done = ""] = action.split(".");
  const thing = what.replaceAll("_", " ");
  return `${thing.charAt(0).toUpperCase()}${thing.slice(1)}: ${done.replaceAll("_", " ") || "changed"}`;
}
