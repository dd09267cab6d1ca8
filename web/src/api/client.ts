// Asks the server. Only the origin of the page is ever asked.

import { asFault, faultOf } from "./fault";
import type { AnswerOf, BodyOf, Gets, PathsOf } from "./types";

type Value = string | number | boolean | null | undefined | readonly string[];

/** A path with its places filled in and its query added; what is undefined is left out. */
export function address(path: string, ids: Record<string, string> = {}, query: object = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(ids[name] ?? ""));
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query) as [string, Value][]) {
    if (value === undefined || value === null || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) pairs.append(name, String(one));
  }
  const text = pairs.toString();
  return text === "" ? filled : `${filled}?${text}`;
}

/** Called when the server says that nobody is signed in any more. */
let onSignedOut: () => void = () => {};

export function whenSignedOut(action: () => void): void {
  onSignedOut = action;
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: "same-origin", ...init });
  } catch (thrown) {
    // What the page itself called off is no fault.
    if (init.signal?.aborted) throw thrown;
    throw asFault(thrown);
  }
  if (response.ok) return response;
  const fault = await faultOf(response);
  if (fault.status === 401 && !url.startsWith("/auth/")) onSignedOut();
  throw fault;
}

/** Reads one address. */
export async function read<P extends keyof Gets>(
  path: P,
  ids: Record<string, string> = {},
  query: Gets[P]["query"] = {} as Gets[P]["query"],
  signal?: AbortSignal,
): Promise<Gets[P]["answer"]> {
  return readFrom(address(path, ids, query), signal);
}

/** Reads an address that is already filled in. */
export async function readFrom<Answer>(url: string, signal?: AbortSignal): Promise<Answer> {
  const response = await ask(url, { headers: { accept: "application/json" }, signal: signal ?? null });
  return (await response.json()) as Answer;
}

/** Changes something; what is answered, or nothing. */
export async function send<M extends "POST" | "PUT" | "PATCH" | "DELETE", P extends PathsOf<Lowercase<M>>>(
  method: M,
  path: P,
  ids: Record<string, string> = {},
  body?: BodyOf<P, Lowercase<M>>,
): Promise<AnswerOf<P, Lowercase<M>>> {
  const headers: Record<string, string> = { accept: "application/json", "x-csrf": "1" };
  if (body !== undefined) headers["content-type"] = "application/json";
  const response = await ask(address(path, ids), {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  return (text === "" ? undefined : JSON.parse(text)) as AnswerOf<P, Lowercase<M>>;
}

/** Reads text, such as a configuration. */
export async function readText(url: string, signal?: AbortSignal): Promise<string> {
  const response = await ask(url, { headers: { accept: "text/plain, application/json" }, signal: signal ?? null });
  const text = await response.text();
  if (!response.headers.get("content-type")?.includes("json")) return text;
  const told = JSON.parse(text) as string | { configuration?: string };
  return typeof told === "string" ? told : (told.configuration ?? "");
}
