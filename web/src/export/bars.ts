// A list of bars as a picture: its rows are drawn anew, because text of a page cannot be put on a canvas.

import { type Scale, text } from "../units/scale";
import { fitted, sheet } from "./png";

/** A bar as it is drawn. */
export interface DrawnBar {
  readonly name: string;
  readonly value: number;
  readonly parts?: readonly { readonly color: string; readonly value: number }[] | undefined;
}

const WIDTH = 720;
const ROW = 38;
const THICK = 8;
/** As many as make a picture; files of figures have all. */
const MOST = 60;

/** The value that has the whole width; never nothing. */
export function longest(bars: readonly { readonly value: number }[]): number {
  return bars.reduce((high, bar) => Math.max(high, bar.value), 0) || 1;
}

/** Where the parts of a bar begin and end, in shares of the whole width. */
export function stretches(bar: DrawnBar, most: number): { readonly color: string; readonly from: number; readonly to: number }[] {
  const parts = (bar.parts ?? [{ color: "mark", value: bar.value }]).filter((part) => part.value > 0);
  let at = 0;
  return parts.map(({ color, value }) => {
    const from = at;
    at += value / most;
    return { color, from, to: at };
  });
}

/** Draws bars in the colours that an element of the page has. */
export function barsPicture(near: Element, title: string, bars: readonly DrawnBar[], scale: Scale, legend: readonly (readonly [string, string])[] = []): Promise<Blob> {
  const shown = bars.slice(0, MOST);
  const most = longest(shown);
  const { pen, color, font, done } = sheet(near, WIDTH, shown.length * ROW, title, legend);
  shown.forEach((bar, index) => {
    const top = index * ROW;
    const value = text(scale, bar.value);
    pen.font = font(13);
    pen.fillStyle = color("ink");
    pen.fillText(fitted(pen, bar.name, WIDTH - pen.measureText(value).width - 24), 0, top + 14);
    pen.fillText(value, WIDTH - pen.measureText(value).width, top + 14);
    pen.fillStyle = color("line");
    pen.fillRect(0, top + 21, WIDTH, THICK);
    for (const { color: of, from, to } of stretches(bar, most)) {
      pen.fillStyle = color(of);
      pen.fillRect(from * WIDTH, top + 21, Math.max((to - from) * WIDTH, 1), THICK);
    }
  });
  return done();
}
