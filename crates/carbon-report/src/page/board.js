// Looks every two seconds whether the files have changed, and then shows the page anew.
"use strict";
const shown = document.documentElement.dataset.version;
async function look() {
  if (document.visibilityState !== "visible") return;
  try {
    const answer = await fetch("/version", { cache: "no-store" });
    if (answer.ok && (await answer.text()) !== shown) location.reload();
  } catch {
    // The board was stopped; the page stays as it is.
  }
}
setInterval(look, 2000);
