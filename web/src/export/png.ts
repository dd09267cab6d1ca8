// A chart as a picture. Its SVG is drawn on a canvas shape by shape, because the security policy lets
// no picture be loaded from anything but an address of this server.

const SCALE = 2;
const MARGIN = 20;
const TITLE = 34;

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
  const legendHeight = legend.length > 1 ? 22 : 0;
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil((width + 2 * MARGIN) * SCALE);
  canvas.height = Math.ceil((height + 2 * MARGIN + TITLE + legendHeight) * SCALE);
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  const color = (name: string): string => resolved(`var(--${name})`, near);
  const family = getComputedStyle(near).fontFamily;
  const font = (size: number, weight = 400): string => `${weight} ${size}px ${family}`;
  pen.scale(SCALE, SCALE);
  pen.fillStyle = color("sheet");
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = color("ink");
  pen.font = font(16, 600);
  pen.fillText(fitted(pen, title, width), MARGIN, MARGIN + 14);
  let at = MARGIN;
  for (const [name, of] of legendHeight > 0 ? legend : []) {
    pen.fillStyle = color(of);
    pen.fillRect(at, MARGIN + TITLE - 4, 10, 10);
    pen.fillStyle = color("ink");
    pen.font = font(12);
    pen.fillText(name, at + 16, MARGIN + TITLE + 5);
    at += 16 + pen.measureText(name).width + 18;
  }
  pen.translate(MARGIN, MARGIN + TITLE + legendHeight);
  const done = (): Promise<Blob> =>
    new Promise((made, failed) => {
      canvas.toBlob((blob) => (blob ? made(blob) : failed(new Error("no picture"))), "image/png");
    });
  return { pen, color, font, done };
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
  const { width, height } = svg.getBoundingClientRect();
  const { pen, done } = sheet(svg, width, height, title, legend);
  const box = svg.getScreenCTM()?.inverse();
  for (const shape of svg.querySelectorAll<SVGGraphicsElement>("path,rect,line,circle,text")) {
    if (shape.closest("[data-passing]")) continue;
    const matrix = shape.getScreenCTM();
    if (!matrix || !box) continue;
    pen.save();
    const place = svg.viewBox.baseVal?.width ? svg.getScreenCTM()?.inverse().multiply(matrix) : box.multiply(matrix);
    const zoom = svg.viewBox.baseVal?.width ? width / svg.viewBox.baseVal.width : 1;
    pen.scale(zoom, zoom);
    if (place) pen.transform(place.a, place.b, place.c, place.d, place.e, place.f);
    draw(pen, shape, zoom);
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
