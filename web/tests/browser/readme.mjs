// The two pictures of the documentation: `node tests/browser/readme.mjs`.

import { fileURLToPath } from "node:url";
import { launch, settled } from "./support.mjs";
import { start } from "../fixture/server.mjs";

const folder = fileURLToPath(new URL("../../../docs/pictures/", import.meta.url));
const browser = await launch();
const server = await start({ size: "much" });
const { organizations, runs } = server.world;
for (const [name, path, colorScheme] of [
  ["light", `/app/organizations/${organizations[0].id}`, "light"],
  ["dark", `/app/runs/${runs.find((run) => run.length > 7200 && run.isBounded && !run.isLive).id}`, "dark"],
]) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 960 }, colorScheme, locale: "en-GB", timezoneId: "Europe/Paris" });
  const page = await context.newPage();
  await page.goto(server.url + path);
  await settled(page);
  await page.waitForTimeout(300);
  await page.screenshot({ path: `${folder}dashboard-${name}.png` });
  await context.close();
}
await server.close();
await browser.close();
