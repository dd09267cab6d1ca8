// A chart as a picture. Its SVG is drawn on a canvas shape by shape, because the security policy lets
// no picture be loaded from anything but an address of this server.

const SCALE = 2;
const MARGIN = 20;
const TITLE = 34;
/** Height of a line of a legend. */
const LINE = 22;

/** A sheet with a title to draw on, its corner below the title. */
export interface Sheet {
  readonly pen: CanvasRenderingContext2D;
  /** A colour of the palette, by the name of its custom property. */
  readonly color: (name: string) => string;
  readonly font: (size: number, weight?: number) => string;
  readonly done: () => Promise<Blob>;
}

/** A sheet of a size, in the colours that an element of the page has. */
export function sheet(near: Element, width: number, height: number, title: string, legend: readonly (readonly [string, string])[] = []): Sheet {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  const color = (name: string): string => resolved(`var(--${name})`, near);
  const family = getComputedStyle(near).fontFamily;
  const font = (size: number, weight = 400): string => `${weight} ${size}px ${family}`;
  pen.font = font(12);
  const entries = flowed(
    (legend.length > 1 ? legend : []).map(([name]) => 34 + pen.measureText(name).width),
    width,
  );
  const legendHeight = (entries.at(-1)?.line ?? -1) * LINE + (entries.length > 0 ? LINE : 0);
  // A canvas of another size begins anew.
  canvas.width = Math.ceil((width + 2 * MARGIN) * SCALE);
  canvas.height = Math.ceil((height + 2 * MARGIN + TITLE + legendHeight) * SCALE);
  pen.scale(SCALE, SCALE);
  pen.fillStyle = color("sheet");
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = color("ink");
  pen.font = font(16, 600);
  pen.fillText(fitted(pen, title, width), MARGIN, MARGIN + 14);
  pen.font = font(12);
  entries.forEach(({ x, line }, index) => {
    const [name, of] = legend[index] ?? ["", "rest"];
    const [left, top] = [MARGIN + x, MARGIN + TITLE + line * LINE];
    pen.fillStyle = color(of);
    pen.fillRect(left, top - 4, 10, 10);
    pen.fillStyle = color("ink");
    pen.fillText(fitted(pen, name, width - 16), left + 16, top + 5);
  });
  pen.translate(MARGIN, MARGIN + TITLE + legendHeight);
  const done = (): Promise<Blob> =>
    new Promise((made, failed) => {
      canvas.toBlob((blob) => (blob ? made(blob) : failed(new Error("no picture"))), "image/png");
    });
  return { pen, color, font, done };
}

/** Where things of some widths stand that follow each other in lines. */
export function flowed(widths: readonly number[], width: number): { readonly x: number; readonly line: number }[] {
  let [x, line] = [0, 0];
  return widths.map((wide) => {
    if (x > 0 && x + wide > width) [x, line] = [0, line + 1];
    const place = { x, line };
    x += wide;
    return place;
  });
}

/** A text that is not wider than it may be; what is cut off is marked. */
export function fitted(pen: CanvasRenderingContext2D, text: string, width: number): string {
  if (pen.measureText(text).width <= width) return text;
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (pen.measureText(`${text.slice(0, middle)}…`).width <= width) low = middle;
    else high = middle - 1;
  }
  return `${text.slice(0, low)}…`;
}

/** Draws a chart with its title; shapes that only belong to the pointer are left out. */
export async function picture(svg: SVGSVGElement, title: string, legend: readonly (readonly [string, string])[] = []): Promise<Blob> {
  const { left, top, width, height } = svg.getBoundingClientRect();
  const { pen, done } = sheet(svg, width, height, title, legend);
  for (const shape of svg.querySelectorAll<SVGGraphicsElement>("path,rect,line,circle,text")) {
    if (shape.closest("[data-passing]")) continue;
    // Where the browser has put it, however the drawing is fitted into its box.
    const place = shape.getScreenCTM();
    if (!place) continue;
    pen.save();
    pen.transform(place.a, place.b, place.c, place.d, place.e - left, place.f - top);
    draw(pen, shape, place.a);
    pen.restore();
  }
  return done();
}

/** A colour that may be written as a function of light and dark. */
function resolved(color: string, near: Element): string {
  const probe = document.createElement("span");
  probe.style.color = color;
  near.parentElement?.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function draw(pen: CanvasRenderingContext2D, shape: SVGGraphicsElement, zoom: number): void {
  const style = getComputedStyle(shape);
  pen.globalAlpha = Number(style.opacity);
  if (shape instanceof SVGTextElement) {
    pen.font = style.font;
    pen.textAlign = ({ middle: "center", end: "right" } as const)[style.textAnchor as "middle" | "end"] ?? "left";
    pen.fillStyle = style.fill;
    const shift = shape.getAttribute("dy") === "0.32em" ? 0.32 * Number.parseFloat(style.fontSize) : 0;
    pen.fillText(shape.textContent?.trim() ?? "", Number(shape.getAttribute("x") ?? 0), Number(shape.getAttribute("y") ?? 0) + shift);
    return;
  }
  const path = outline(shape);
  if (style.fill !== "none") {
    pen.fillStyle = style.fill;
    const alpha = pen.globalAlpha;
    pen.globalAlpha = alpha * Number(style.fillOpacity);
    pen.fill(path);
    pen.globalAlpha = alpha;
  }
  if (style.stroke !== "none") {
    pen.strokeStyle = style.stroke;
    // Some lines keep their width however a drawing is scaled.
    pen.lineWidth = Number.parseFloat(style.strokeWidth) / (style.vectorEffect === "non-scaling-stroke" ? zoom : 1);
    pen.lineJoin = "round";
    pen.globalAlpha *= Number(style.strokeOpacity);
    pen.stroke(path);
  }
}

function outline(shape: SVGGraphicsElement): Path2D {
  const of = (name: string): number => Number(shape.getAttribute(name) ?? 0);
  if (shape instanceof SVGPathElement) return new Path2D(shape.getAttribute("d") ?? "");
  const path = new Path2D();
  if (shape instanceof SVGRectElement) path.roundRect(of("x"), of("y"), of("width"), of("height"), of("rx"));
  else if (shape instanceof SVGCircleElement) path.arc(of("cx"), of("cy"), of("r"), 0, 2 * Math.PI);
  else if (shape instanceof SVGLineElement) {
    path.moveTo(of("x1"), of("y1"));
    path.lineTo(of("x2"), of("y2"));
  }
  return path;
}
