// Numbers as people read them: three significant digits, grouped, in the reader's own notation.

/** Locale of figures; none takes the reader's. Tests set it. */
let locale: string | undefined;

const formats = new Map<string, Intl.NumberFormat>();

/** Sets the locale of all figures; `undefined` takes the browser's. */
export function setLocale(wanted: string | undefined): void {
  locale = wanted;
  formats.clear();
}

/** The locale that figures and times are shown in. */
export function currentLocale(): string | undefined {
  return locale;
}

function format(key: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  let known = formats.get(key);
  if (!known) {
    known = new Intl.NumberFormat(locale, options);
    formats.set(key, known);
  }
  return known;
}

/** A number with as many significant digits as asked for; whole numbers of more digits keep them all. */
export function digits(value: number, significant = 3): string {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return format("0", { maximumFractionDigits: 0 }).format(0);
  const whole = Math.floor(Math.log10(Math.abs(value))) + 1;
  const fraction = Math.min(Math.max(significant - whole, 0), 12);
  return format(`d${fraction}`, {
    minimumFractionDigits: 0,
    maximumFractionDigits: fraction,
  }).format(value);
}

/** A number with three significant digits, also where they are zeros; exactly whole ones are left whole. */
export function padded(value: number): string {
  if (!Number.isFinite(value) || Number.isInteger(value)) return digits(value);
  const whole = Math.floor(Math.log10(Math.abs(value))) + 1;
  // 9.996 has one digit more when it is rounded.
  const fraction = Math.min(Math.max(3 - whole, 0), 12);
  const rounded = Number(Math.abs(value).toFixed(fraction));
  return fixed(value, Math.min(Math.max(2 - Math.floor(Math.log10(rounded)), 0), 12));
}

/** A number with exactly these digits after the point, so that columns line up. */
export function fixed(value: number, fraction: number): string {
  if (!Number.isFinite(value)) return "–";
  return format(`f${fraction}`, {
    minimumFractionDigits: fraction,
    maximumFractionDigits: fraction,
  }).format(value);
}

/** A count. */
export function count(value: number): string {
  return format("n", { maximumFractionDigits: 0 }).format(value);
}

/** A count that must be short: "1.23 million". */
export function shortCount(value: number): string {
  if (Math.abs(value) < 1e6) return count(value);
  return Math.abs(value) < 1e9 ? `${digits(value / 1e6)} million` : `${digits(value / 1e9)} billion`;
}

/** A percentage of 0 to 100. */
export function percent(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  // Two digits of something that is less than they tell would say that it is nothing.
  if (size > 0 && size < 0.005) return `< ${fixed(0.01, 2)} %`;
  return `${fixed(value, size >= 10 || size === 0 ? 0 : size >= 1 ? 1 : 2)} %`;
}

/** A noun with its count: "1 run", "3 runs". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** An amount that a person typed, more than nothing; none where it is no number. A comma is a point. */
export function amountOf(typed: string): number | null {
  const text = typed.trim().replace(",", ".");
  const value = text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) && value > 0 ? value : null;
}
