// How quick it is: bytes and time of a first visit, and the work of a browser per interaction, on a
// project with 2,000 runs and a run with a million rows. As a test it runs over the made-up world, with
// limits for machines that have other things to do; `bench.mjs` does the same against the real server.

import { launch, settled } from "./support.mjs";
import { start } from "../fixture/server.mjs";

const LIMIT = { firstBytes: 250 * 1024, interactive_ms: 4000, work_ms: 400 };

async function inView(part) {
  await part.scrollIntoViewIfNeeded();
  return part.boundingBox();
}

/** What the browser has spent on a page so far, in milliseconds: on scripts, and in all. */
async function meter(context, page) {
  const devtools = await context.newCDPSession(page);
  await devtools.send("Performance.enable");
  return async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    const of = (name) => metrics.find((metric) => metric.name === name).value * 1000;
    return { script: of("ScriptDuration"), task: of("TaskDuration") };
  };
}

/** A first visit, with nothing kept from before: milliseconds to the first heading, and bytes. */
export async function firstVisit(browser, address) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB" });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  let bytes = 0;
  await devtools.send("Network.enable");
  devtools.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto(address);
  await page.waitForSelector("h1");
  // By the clock of the page itself: when its heading could be read and used.
  const heading_ms = await page.evaluate(() => performance.now());
  await settled(page);
  await context.close();
  return { heading_ms, bytes };
}

/** Tells each interaction with what it cost, `rounds` times: `told({ key, script_ms, task_ms })`. */
export async function interactions(browser, { project, run, rounds }, told) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-GB" });
  const page = await context.newPage();
  const spent = await meter(context, page);
  const measure = async (key, act, isNewPage = false) => {
    // A page that is loaded begins to count anew.
    const before = isNewPage ? { script: 0, task: 0 } : await spent();
    await act();
    await settled(page);
    const after = await spent();
    told({ key, script_ms: after.script - before.script, task_ms: after.task - before.task });
  };
  const over = async (chart) => {
    const box = await inView(chart);
    for (let step = 0; step < 20; step += 1) await page.mouse.move(box.x + 100 + step * 20, box.y + 100);
  };
  for (let round = 0; round < rounds; round += 1) {
    await measure("2,000 runs: the page", () => page.goto(`${project}?range=1y`), true);
    await measure("2,000 runs: another range", () => page.getByRole("button", { name: "90 d" }).click());
    const table = page.getByRole("region", { name: "Runs, table" });
    await measure("2,000 runs: sorted by energy", () => table.getByRole("button", { name: "Energy" }).click());
    await measure("2,000 runs: next page", () => page.getByRole("button", { name: "Next" }).click());
    await measure("2,000 runs: another axis", () => page.getByRole("button", { name: "Linear" }).click());
    await measure("2,000 runs: pointer 20 times over the points", () => over(page.getByRole("group", { name: /Runs by when they began/ })));
    await measure("1,000,000 rows: the page", () => page.goto(run), true);
    const chart = page.getByRole("group", { name: /^Power by component/ });
    await measure("1,000,000 rows: pointer 20 times over the chart", () => over(chart));
    await measure("1,000,000 rows: a closer look", async () => {
      const box = await inView(chart);
      await page.mouse.move(box.x + 200, box.y + 100);
      await page.mouse.down();
      await page.mouse.move(box.x + 500, box.y + 100, { steps: 5 });
      await page.mouse.up();
      await page.waitForURL(/from=\d+&to=\d+/);
    });
  }
  await context.close();
}

export async function run(browser, flaws) {
  const server = await start({ size: "much" });
  const { projects, runs } = server.world;
  const { heading_ms, bytes } = await firstVisit(browser, `${server.url}/app/organizations/${server.world.organizations[0].id}`);
  console.log(`  first visit: ${heading_ms.toFixed(0)} ms to the first heading, ${Math.round(bytes / 1024)} KiB with the first answers`);
  if (bytes > LIMIT.firstBytes) flaws.push(`a first visit takes ${bytes} bytes`);
  if (heading_ms > LIMIT.interactive_ms) flaws.push(`a first visit takes ${heading_ms.toFixed(0)} ms`);
  const long = runs.find((one) => one.length > 1e6 * 0.9);
  const pages = { project: `${server.url}/app/projects/${projects[0].id}`, run: `${server.url}/app/runs/${long.id}` };
  await interactions(browser, { ...pages, rounds: 1 }, ({ key, script_ms, task_ms }) => {
    console.log(`  ${key}: ${script_ms.toFixed(0)} ms of scripting, ${task_ms.toFixed(0)} ms of work in all`);
    if (script_ms > LIMIT.work_ms) flaws.push(`${key} takes ${script_ms.toFixed(0)} ms of scripting`);
  });
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
