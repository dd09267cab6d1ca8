// Every page against the rules of WCAG 2.2 AA that a program can check: with much and with no data, wide
// and narrow, in light and dark, and with its dialogs open; and that nothing on it jumps while it fills.
// `node tests/browser/axe.mjs`.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { start } from "../fixture/server.mjs";
import { launch, pages, settled, shifts, watch, watchShifts } from "./support.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
/** What colours decide. */
const COLOURS = { type: "rule", values: ["color-contrast", "link-in-text-block"] };
/** Shifts of the layout that are called good by those who defined the measure. */
const MOST_SHIFT = 0.1;

export async function check(page, name, flaws, runOnly = TAGS) {
  // The policy of the page lets no script in; a test has another way.
  await page.evaluate(axe);
  const result = await page.evaluate((only) => globalThis.axe.run(document, { runOnly: only }), runOnly);
  for (const { id, nodes, help } of result.violations) {
    flaws.push(`${name}: ${id}: ${help}\n${nodes.slice(0, 3).map((node) => `    ${node.html.slice(0, 200)}\n    ${(node.failureSummary ?? "").replaceAll("\n", " ").slice(0, 300)}`).join("\n")}`);
  }
}

/** A page in light, then in dark: all else is the same. */
async function both(page, name, flaws) {
  await check(page, name, flaws);
  await page.emulateMedia({ colorScheme: "dark" });
  await check(page, `${name}, dark`, flaws, COLOURS);
  await page.emulateMedia({ colorScheme: "light" });
}

export async function run(browser, flaws) {
  const opened = new Set();
  let worst = { name: "", sum: 0 };
  for (const [size, width, height] of [
    ["much", 1440, 900],
    ["little", 390, 844],
    ["none", 1440, 900],
  ]) {
    // Answers take a moment, so that what stands there before them is seen.
    const server = await start({ size, delay_ms: 40 });
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: "light", locale: "en-GB" });
    await watchShifts(context);
    for (const [name, path] of pages(server.world)) {
      const page = await context.newPage();
      watch(page, flaws, name);
      await page.goto(server.url + path);
      await settled(page);
      const jumped = await shifts(page);
      if (jumped.sum > worst.sum) worst = { name: `${name}, ${size}, ${width} px`, sum: jumped.sum };
      if (jumped.sum > MOST_SHIFT) flaws.push(`${name} (${size}, ${width} px) jumps by ${jumped.sum.toFixed(3)}: ${jumped.words}`);
      await both(page, `${name} ${size} ${width} px`, flaws);
      // What opens is a page of its own.
      for (const button of size === "much" ? ["New token", "Days…", "Invite", "New project", "Export", "Share"] : []) {
        const found = page.getByRole("button", { name: button, exact: true }).first();
        if (opened.has(button) || !(await found.isVisible())) continue;
        opened.add(button);
        await found.click();
        await both(page, `${name}, ${button} open`, flaws);
        await page.keyboard.press("Escape");
      }
      await page.close();
    }
    await context.close();
    await server.close();
  }
  console.log(`  the page that jumps most does so by ${worst.sum.toFixed(3)} (${worst.name})`);
  const server = await start({ size: "none", signedOut: true });
  const page = await browser.newPage();
  for (const path of ["/app/sign-in", "/app/setup?token=x", "/app/password?token=x"]) {
    await page.goto(server.url + path);
    await settled(page);
    await both(page, path, flaws);
  }
  await page.close();
  await server.close();
}

if (process.argv[1]?.endsWith("axe.mjs")) {
  const browser = await launch();
  const flaws = [];
  await run(browser, flaws);
  await browser.close();
  for (const flaw of flaws) console.error(flaw);
  process.exitCode = flaws.length > 0 ? 1 : 0;
}
