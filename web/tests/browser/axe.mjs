// Every page against the rules of WCAG 2.2 AA that a program can check, light and dark, wide and narrow,
// and with its dialogs open. `node tests/browser/axe.mjs`.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { start } from "../fixture/server.mjs";
import { launch, pages, settled, watch } from "./support.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

async function check(page, name, flaws) {
  // The policy of the page lets no script in; a test has another way.
  await page.evaluate(axe);
  const result = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: "tag", values } }), RULES);
  for (const { id, nodes, help } of result.violations) {
    flaws.push(`${name}: ${id}: ${help}\n${nodes.slice(0, 3).map((node) => `    ${node.html.slice(0, 200)}\n    ${(node.failureSummary ?? "").replaceAll("\n", " ").slice(0, 300)}`).join("\n")}`);
  }
}

export async function run(browser, flaws) {
  for (const [size, width, height, colorScheme, only] of [
    ["much", 1440, 900, "light", /./],
    ["much", 390, 844, "dark", /^(organization|project|run|tokens|members|compare|map|live)$/],
    ["none", 1440, 900, "dark", /^(organization|projects|live)$/],
  ]) {
    const server = await start({ size });
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, locale: "en-GB" });
    for (const [name, path] of pages(server.world).filter(([name]) => only.test(name))) {
      const page = await context.newPage();
      watch(page, flaws, name);
      await page.goto(server.url + path);
      await settled(page);
      await check(page, `${name} ${size} ${colorScheme}`, flaws);
      // What opens is a page of its own.
      for (const button of ["New token", "Days…", "Invite", "New project", "Export"]) {
        const found = page.getByRole("button", { name: button, exact: true }).first();
        if (!(await found.isVisible())) continue;
        await found.click();
        await check(page, `${name} ${size} ${colorScheme}, ${button} open`, flaws);
        await page.keyboard.press("Escape");
      }
      await page.close();
    }
    await context.close();
    await server.close();
  }
  const server = await start({ size: "none", signedOut: true });
  const page = await browser.newPage();
  for (const path of ["/app/sign-in", "/app/setup?token=x", "/app/password?token=x"]) {
    await page.goto(server.url + path);
    await settled(page);
    await check(page, path, flaws);
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
