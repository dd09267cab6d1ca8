// Why a request came to nothing, in words for the person who waits for it.

/** A request that was refused or never arrived. */
export class Fault extends Error {
  /** HTTP status; 0 where nothing was answered. */
  readonly status: number;
  /** What is wrong with single fields, by name. */
  readonly fields: Readonly<Record<string, string>>;

  constructor(status: number, message: string, fields: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = "Fault";
    this.status = status;
    this.fields = fields;
  }
}

interface Flaw {
  loc?: unknown[];
  msg?: unknown;
}

/** The fault that an answer tells: a problem document, or the published `{"detail": …}`. */
export async function faultOf(response: Response): Promise<Fault> {
  let body: unknown = null;
  try {
    body = await response.json();
  } catch {
    // A gateway answers in HTML: its status says enough.
  }
  const told = (body ?? {}) as { detail?: unknown; errors?: unknown };
  const list = [told.errors, told.detail].find(Array.isArray) as Flaw[] | undefined;
  const fields: Record<string, string> = {};
  for (const flaw of list ?? []) {
    const field = flaw.loc?.at(-1);
    if (typeof field === "string") fields[field] = sentence(String(flaw.msg ?? "is not valid"));
  }
  const detail = list === undefined && typeof told.detail === "string" ? told.detail : undefined;
  const first = list?.[0]?.msg;
  return new Fault(response.status, detail ?? (first ? sentence(String(first)) : usual(response.status)), fields);
}

function sentence(text: string): string {
  const plain = text.replace(/^Value error, /, "");
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

function usual(status: number): string {
  switch (status) {
    case 401:
      return "You are signed out.";
    case 403:
      return "You may not see this.";
    case 404:
      return "This does not exist, or no longer.";
    case 429:
      return "Too many requests: wait a while.";
    case 503:
      return "The server has too much to do, or its database cannot be reached.";
    default:
      return status >= 500 ? "The server failed." : "The server refused this.";
  }
}

/** Any thrown value as a fault. */
export function asFault(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  return new Fault(0, "The server cannot be reached.");
}
