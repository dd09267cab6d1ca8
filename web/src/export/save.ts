// Puts a file into the person's hands.

/** A name that every system takes as the name of a file. */
export function fileName(...parts: readonly string[]): string {
  const words = parts.join("_").normalize("NFKD").replace(/[^\w.-]+/g, "_");
  return words.replace(/_+/g, "_").replace(/^[_.]+|_+$/g, "").slice(0, 100) || "codecarbon";
}

/** Saves what was made here. */
export function save(name: string, content: Blob | string, mediaType = "text/plain;charset=utf-8"): void {
  const blob = typeof content === "string" ? new Blob([content], { type: mediaType }) : content;
  const url = URL.createObjectURL(blob);
  saveFrom(url, name);
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Saves what an address answers; the browser loads it by itself. */
export function saveFrom(url: string, name = ""): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}
