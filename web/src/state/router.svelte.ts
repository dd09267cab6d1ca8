// Where in the app a person is. The address holds all of it, so that it can be kept, shared and
// gone back to; nothing else remembers what is shown.

/** Where the app lives: paths that the API does not use. */
export const ROOT = "/app";

const OWN = [ROOT, "/public/projects/"];

/** Whether an address is a page of this app. */
export function isOwn(path: string): boolean {
  return path === "/" || path === "/home" || OWN.some((root) => path === root || path.startsWith(root.endsWith("/") ? root : `${root}/`));
}

/** Where somebody wanted to go, as an address of this server; none for what leads anywhere else. */
export function ownAddress(wanted: string | null, origin: string): string | null {
  if (wanted === null || !wanted.startsWith("/")) return null;
  // What begins with two slashes, or with one and a backslash, names another server.
  const to = URL.canParse(wanted, origin) ? new URL(wanted, origin) : null;
  return to !== null && to.origin === origin ? to.pathname + to.search + to.hash : null;
}

function now(): URL {
  return new URL(window.location.href);
}

let url = $state.raw(typeof window === "undefined" ? new URL("http://localhost/") : now());

/** What changes in a query; null takes a name away. */
export type Change = Readonly<Record<string, string | readonly string[] | null | undefined>>;

function changed(change: Change): URL {
  const next = new URL(url);
  for (const [name, value] of Object.entries(change)) {
    next.searchParams.delete(name);
    if (value === null || value === undefined || value === "") continue;
    for (const one of typeof value === "string" ? [value] : value) next.searchParams.append(name, one);
  }
  return next;
}

export const router = {
  get path(): string {
    return url.pathname;
  },
  /** One value of the query; null where it is missing. */
  query(name: string): string | null {
    return url.searchParams.get(name);
  },
  /** All values of a name in the query. */
  all(name: string): string[] {
    return url.searchParams.getAll(name);
  },
  get address(): string {
    return url.pathname + url.search;
  },
  /** Goes to another page of the app. */
  go(to: string, how: { replace?: boolean } = {}): void {
    window.history[how.replace ? "replaceState" : "pushState"](null, "", to);
    url = now();
    if (!how.replace) window.scrollTo(0, 0);
  },
  /** Changes the query of the page. What is typed letter by letter replaces its entry in the history. */
  set(change: Change, how: { replace?: boolean } = {}): void {
    const next = changed(change);
    if (next.href === url.href) return;
    window.history[how.replace ? "replaceState" : "pushState"](null, "", next);
    url = now();
  },
  /** The address of the page with another query. */
  with(change: Change): string {
    const next = changed(change);
    return next.pathname + next.search;
  },
};

/** Follows the browser's own buttons, and turns clicks on links of the app into changes of page. */
export function listen(): void {
  window.addEventListener("popstate", () => (url = now()));
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest("a");
    if (!link || link.target !== "" || link.hasAttribute("download") || link.href === "") return;
    // Links in SVG have another kind of address.
    const to = new URL(link.getAttribute("href") ?? "", window.location.href);
    if (to.origin !== window.location.origin || !isOwn(to.pathname)) return;
    if (to.hash !== "" && to.pathname === window.location.pathname) return;
    event.preventDefault();
    router.go(to.pathname + to.search);
  });
}
