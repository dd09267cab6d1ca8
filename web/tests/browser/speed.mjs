// How quick it is: bytes and time of a first visit, and the work of a browser per interaction, on a
// project with 2,000 runs and a run with a million rows. Limits are wide, for machines that have other
// things to do; the figures are printed.

import { launch, settled } from "./support.mjs";
import { start } from "../fixture/server.mjs";

const LIMIT = { firstBytes: 250 * 1024, interactive_ms: 4000, work_ms: 400 };

async function inView(part) {
  await part.scrollIntoViewIfNeeded();
  return part.boundingBox();
}

export async function run(browser, flaws) {
  const server = await start({ size: "much" });
  const { projects, runs } = server.world;
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB" });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send("Performance.enable");
  const spent = async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    const of = (name) => metrics.find((metric) => metric.name === name).value * 1000;
    return { script: of("ScriptDuration"), task: of("TaskDuration") };
  };
  let bytes = 0;
  await devtools.send("Network.enable");
  devtools.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));

  const began = Date.now();
  await page.goto(`${server.url}/app/sign-in`);
  await page.waitForSelector("h1");
  const interactive_ms = Date.now() - began;
  console.log(`first visit: ${interactive_ms} ms to the first heading, ${Math.round(bytes / 1024)} KiB with the first answers`);
  if (bytes > LIMIT.firstBytes) flaws.push(`a first visit takes ${bytes} bytes`);
  if (interactive_ms > LIMIT.interactive_ms) flaws.push(`a first visit takes ${interactive_ms} ms`);

  const measure = async (name, act, isNewPage = false) => {
    // A page that is loaded begins to count anew.
    const before = isNewPage ? { script: 0, task: 0 } : await spent();
    await act();
    await settled(page);
    const after = await spent();
    const [script, task] = [after.script - before.script, after.task - before.task];
    console.log(`${name}: ${script.toFixed(0)} ms of scripting, ${task.toFixed(0)} ms of work in all`);
    if (script > LIMIT.work_ms) flaws.push(`${name} takes ${script.toFixed(0)} ms of scripting`);
  };
  await page.goto(`${server.url}/app/projects/${projects[0].id}?range=1y`);
  await settled(page);
  await measure("2,000 runs: another range", () => page.getByRole("button", { name: "90 d" }).click());
  await measure("2,000 runs: sorted by energy", () => page.getByRole("region", { name: "Runs, table" }).getByRole("button", { name: "Energy" }).click());
  await measure("2,000 runs: next page", () => page.getByRole("button", { name: "Next" }).click());
  await measure("2,000 runs: pointer over the points", async () => {
    const box = await inView(page.getByRole("group", { name: /Runs by when they began/ }));
    for (let step = 0; step < 20; step += 1) await page.mouse.move(box.x + 100 + step * 20, box.y + 100);
  });
  const long = runs.find((one) => one.length > 1e6 * 0.9);
  await measure("1,000,000 rows: the page of the run", () => page.goto(`${server.url}/app/runs/${long.id}`), true);
  await measure("1,000,000 rows: pointer over the chart", async () => {
    const box = await inView(page.getByRole("group", { name: /^Power by component/ }));
    for (let step = 0; step < 20; step += 1) await page.mouse.move(box.x + 100 + step * 20, box.y + 100);
  });
  await measure("1,000,000 rows: a closer look", async () => {
    const box = await inView(page.getByRole("group", { name: /^Power by component/ }));
    await page.mouse.move(box.x + 200, box.y + 100);
    await page.mouse.down();
    await page.mouse.move(box.x + 500, box.y + 100, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/from=\d+&to=\d+/);
  });
  await context.close();
  await server.close();
}

if (process.argv[1]?.endsWith("speed.mjs")) {
  const browser = await launch();
  const flaws = [];
  await run(browser, flaws);
  await browser.close();
  for (const flaw of flaws) console.error(flaw);
  process.exitCode = flaws.length > 0 ? 1 : 0;
}
