// A chart as a picture. Its SVG is drawn on a canvas shape by shape, because the security policy lets
// no picture be loaded from anything but an address of this server.

const SCALE = 2;
const MARGIN = 20;
const TITLE = 34;

/** Draws a chart with its title; shapes that only belong to the pointer are left out. */
export async function picture(svg: SVGSVGElement, title: string, legend: readonly [string, string][] = []): Promise<Blob> {
  const { width, height } = svg.getBoundingClientRect();
  const legendHeight = legend.length > 1 ? 22 : 0;
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil((width + 2 * MARGIN) * SCALE);
  canvas.height = Math.ceil((height + 2 * MARGIN + TITLE + legendHeight) * SCALE);
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  const style = getComputedStyle(document.documentElement);
  const root = getComputedStyle(svg);
  pen.scale(SCALE, SCALE);
  pen.fillStyle = resolved(style.getPropertyValue("--sheet"), svg);
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = root.color;
  pen.font = `600 16px ${root.fontFamily}`;
  pen.fillText(title, MARGIN, MARGIN + 14);
  let at = MARGIN;
  for (const [name, color] of legendHeight > 0 ? legend : []) {
    pen.fillStyle = color;
    pen.fillRect(at, MARGIN + TITLE - 4, 10, 10);
    pen.fillStyle = root.color;
    pen.font = `12px ${root.fontFamily}`;
    pen.fillText(name, at + 16, MARGIN + TITLE + 5);
    at += 16 + pen.measureText(name).width + 18;
  }
  pen.translate(MARGIN, MARGIN + TITLE + legendHeight);
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
    draw(pen, shape);
    pen.restore();
  }
  return new Promise((done, failed) => {
    canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("no picture"))), "image/png");
  });
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

function draw(pen: CanvasRenderingContext2D, shape: SVGGraphicsElement): void {
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
    pen.lineWidth = Number.parseFloat(style.strokeWidth);
    pen.lineJoin = "round";
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
