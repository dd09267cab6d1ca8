// What this browser remembers for its person. A browser that keeps nothing is no fault.

export function kept(name: string): string | null {
  try {
    return window.localStorage.getItem(`codecarbon.${name}`);
  } catch {
    return null;
  }
}

export function keep(name: string, value: string | null): void {
  try {
    if (value === null) window.localStorage.removeItem(`codecarbon.${name}`);
    else window.localStorage.setItem(`codecarbon.${name}`, value);
  } catch {
    // Private windows may refuse: then it is for this page only.
  }
}
