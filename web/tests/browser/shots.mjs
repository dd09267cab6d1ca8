// Pictures of every page, large and small, light and dark, with much, little and no data, for people to
// look at: `node tests/browser/shots.mjs FOLDER [--only TEXT] [--worlds much,little,none]`. Complaints
// of the browser (also those of the security policy) end it with a fault.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { launch, pages, settled, watch } from "./support.mjs";
import { start } from "../fixture/server.mjs";

const folder = process.argv[2] ?? "shots";
const option = (name, usual) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? usual : process.argv[at + 1];
};
const only = option("only", "");
mkdirSync(folder, { recursive: true });

const browser = await launch();
const complaints = [];
for (const size of option("worlds", "much,little,none").split(",")) {
  const server = await start({ size });
  for (const [width, height, scheme] of [
    [1440, 900, "light"],
    [390, 844, "dark"],
    ...(size === "much" ? [[1440, 900, "dark"], [390, 844, "light"]] : []),
  ]) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, locale: "en-GB", timezoneId: "Europe/Paris" });
    for (const [name, path] of pages(server.world)) {
      if (!name.includes(only)) continue;
      const page = await context.newPage();
      watch(page, complaints, name);
      await page.goto(server.url + path);
      await settled(page);
      await page.waitForTimeout(250);
      await page.screenshot({ path: join(folder, `${name}-${size}-${width}-${scheme}.png`), fullPage: true });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) complaints.push(`${name} ${size} ${width}: ${wide} px wider than the window`);
      await page.close();
    }
    await context.close();
  }
  await server.close();
}
await browser.close();
for (const complaint of complaints) console.error(complaint);
process.exitCode = complaints.length > 0 ? 1 : 0;
