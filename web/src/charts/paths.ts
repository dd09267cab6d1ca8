// Lines and areas of charts as SVG paths. Buckets are shown as steps: what is known of one is its
// mean or its sum, not a slope.

/** A bucket: its place in pixels, and its height above the base line. */
export interface Step {
  readonly x: number;
  readonly width: number;
  readonly y: number;
  readonly base: number;
}

const short = (value: number): string => String(Math.round(value * 10) / 10);

/** Columns, each from its base to its top. */
export function columns(steps: readonly Step[], gap: number): string {
  let path = "";
  for (const { x, width, y, base } of steps) {
    if (base - y < 0.05) continue;
    const wide = Math.max(width - gap, 0.75);
    path += `M${short(x + (width - wide) / 2)} ${short(base)}V${short(y)}h${short(wide)}V${short(base)}z`;
  }
  return path;
}

/** Areas with steps; buckets that do not touch are apart. */
export function areas(steps: readonly Step[]): string {
  let path = "";
  for (const run of touching(steps)) {
    const [first, last] = [run[0], run[run.length - 1]];
    if (!first || !last) continue;
    path += `M${short(first.x)} ${short(first.base)}`;
    for (const { x, width, y } of run) path += `L${short(x)} ${short(y)}H${short(x + width)}`;
    for (let index = run.length - 1; index >= 0; index -= 1) {
      const step = run[index];
      if (step) path += `L${short(step.x + step.width)} ${short(step.base)}H${short(step.x)}`;
    }
    path += "z";
  }
  return path;
}

/** Lines with steps; buckets that do not touch are apart. */
export function lines(steps: readonly Step[]): string {
  let path = "";
  for (const run of touching(steps)) {
    run.forEach(({ x, width, y }, index) => {
      path += `${index === 0 ? "M" : "L"}${short(x)} ${short(y)}H${short(x + width)}`;
    });
  }
  return path;
}

/** Discs of a radius around points. */
export function discs(places: readonly { readonly x: number; readonly y: number }[], radius: number): string {
  const arc = `a${radius} ${radius} 0 1 0 `;
  return places.map(({ x, y }) => `M${short(x - radius)} ${short(y)}${arc}${2 * radius} 0${arc}${-2 * radius} 0z`).join("");
}

function touching(steps: readonly Step[]): Step[][] {
  const runs: Step[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const step of steps) {
    if (step.x - end > Math.max(step.width * 0.5, 0.6)) runs.push([]);
    runs[runs.length - 1]?.push(step);
    end = step.x + step.width;
  }
  return runs;
}
