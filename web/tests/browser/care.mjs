// What may go wrong in a browser, and must not: answers that come late or never, refusals, connections that
// end, the keyboard, addresses made by others. Over the made-up world: `node tests/browser/care.mjs`.

import { readFile } from "node:fs/promises";
import { launch, settled } from "./support.mjs";
import { start } from "../fixture/server.mjs";

const refusal = (status, detail) => ({ status, contentType: "application/problem+json", body: JSON.stringify({ status, title: detail, detail }) });
const panel = (page, name) => page.locator("section", { has: page.getByRole("heading", { name, exact: true }) });
const focused = (page) => page.evaluate(() => document.activeElement?.textContent?.trim() || document.activeElement?.getAttribute("aria-label"));

/** Each in a page of its own; a name is what must hold. */
const CASES = {
  "figures of another time are not shown under the name of this one": async ({ page, url, world }) => {
    await page.goto(`${url}/app/projects/${world.projects[0].id}`);
    await settled(page);
    await page.route(/\/sums\?/, (route) => route.fulfill(refusal(503, "The database cannot be reached.")));
    await page.getByRole("button", { name: "90 d" }).click();
    await panel(page, "Totals").getByText("The database cannot be reached.").waitFor();
    const words = await panel(page, "Totals").innerText();
    if (/MWh|kWh/.test(words)) return `it shows ${words}`;
    await page.unroute(/\/sums\?/);
    await panel(page, "Totals").getByRole("button", { name: "Try again" }).click();
    await panel(page, "Totals").getByText(/MWh/).first().waitFor();
  },
  "an answer that comes late is not taken for that of a later question": async ({ page, url, world }) => {
    await page.goto(`${url}/app/projects/${world.projects[0].id}?range=all`);
    await settled(page);
    const table = page.getByRole("region", { name: "Runs, table" });
    await page.route(/sort=energy/, async (route) => {
      await new Promise((done) => setTimeout(done, 700));
      await route.continue().catch(() => {});
    });
    await table.getByRole("button", { name: "Energy" }).click();
    await table.getByRole("button", { name: "CO2e" }).click();
    await settled(page);
    const first = await table.getByRole("row").nth(1).innerText();
    await page.waitForTimeout(1000);
    const later = await table.getByRole("row").nth(1).innerText();
    if (first !== later || (await table.locator("th[aria-sort]").innerText()) !== "CO2e") return `${first} became ${later}`;
  },
  "a change is told against the same stretch before, or not at all": async ({ page, url, world }) => {
    await page.goto(`${url}/app/projects/${world.projects[0].id}?range=30d`);
    await settled(page);
    await panel(page, "Totals").getByText("against before").first().waitFor();
    // Of the two questions for a longer time only the first is answered.
    await page.route(/\/sums\?/, (route) => (new URL(route.request().url()).searchParams.has("end") ? route.abort() : route.continue()));
    await page.getByRole("button", { name: "90 d" }).click();
    await panel(page, "Totals").getByText("Last 90 days").waitFor();
    await settled(page);
    if ((await panel(page, "Totals").getByText("against before").count()) > 0) return "it tells a change against another stretch";
  },
  "pages of a list begin anew with another time": async ({ page, url, world }) => {
    await page.goto(`${url}/app/projects/${world.projects[0].id}?range=1y`);
    await settled(page);
    await page.getByRole("button", { name: "Next" }).click();
    await page.waitForURL(/after=/);
    await page.getByRole("button", { name: "90 d" }).click();
    if (/after=/.test(page.url())) return page.url();
  },
  "what is searched goes nowhere after the page is left, and comes back with the browser's buttons": async ({ page, url, world }) => {
    await page.goto(`${url}/app/projects/${world.projects[0].id}`);
    await settled(page);
    await page.getByPlaceholder(/Search runs/).fill("nightly");
    await page.getByRole("link", { name: "Overview", exact: true }).click();
    await page.waitForTimeout(400);
    if (/search/.test(page.url())) return page.url();
    await page.goto(`${url}/app/projects/${world.projects[0].id}?search=baseline`);
    await settled(page);
    await page.evaluate(() => document.querySelector("a[aria-current=page]").click());
    await page.goBack();
    if ((await page.getByPlaceholder(/Search runs/).inputValue()) !== "baseline") return "the words are gone";
  },
  "a session that ends leads to signing in, and back": async ({ page, url, world }) => {
    await page.goto(`${url}/app/projects/${world.projects[0].id}/budget`);
    await settled(page);
    await page.route(/\/v1\//, (route) => route.fulfill(refusal(401, "Unauthorized")));
    await page.getByRole("link", { name: "Members" }).click();
    await page.waitForURL(/\/app\/sign-in\?next=%2Fapp%2Forganizations%2F/);
  },
  "a page that may not be seen says so, and one that was asked for too often can be asked for again": async ({ page, url, world }) => {
    await page.route(/\/v1\/projects\/.*\/tokens/, (route) => route.fulfill(refusal(403, "Operation not authorized on project")));
    await page.route(/\/configuration/, (route) => route.fulfill(refusal(429, "Too many requests")));
    await page.goto(`${url}/app/projects/${world.projects[0].id}/tokens`);
    await settled(page);
    await panel(page, "Tokens").getByText("Operation not authorized on project").waitFor();
    if ((await panel(page, "Tokens").getByRole("button", { name: "Try again" }).count()) > 0) return "asking again would not help";
    await page.unroute(/\/configuration/);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("region", { name: "configuration" }).waitFor();
  },
  "who was sent to sign in is not sent to another server": async ({ page, url }) => {
    for (const next of ["//example.org/", "/\\example.org/", "https://example.org/", "javascript:alert(1)"]) {
      await page.goto(`${url}/app/sign-in?next=${encodeURIComponent(next)}`);
      await page.waitForURL(/\/app\/organizations\//);
    }
  },
  "an address with broken escapes is a page that is not there": async ({ page, url }) => {
    await page.goto(`${url}/app/runs/%E0%A4%A`);
    await page.getByRole("heading", { name: "There is no such page" }).waitFor();
  },
  "a live connection that was refused is tried again": async ({ page, url, world }) => {
    let tries = 0;
    await page.route(/\/v1\/.*\/live$/, (route) => {
      tries += 1;
      return tries === 1 ? route.fulfill(refusal(503, "busy")) : route.fulfill({ status: 200, contentType: "text/event-stream", body: "event: runs\ndata: []\n\n" });
    });
    await page.goto(`${url}/app/organizations/${world.organizations[0].id}/live`);
    await page.getByText("The connection is lost").waitFor();
    await page.waitForRequest(/\/v1\/.*\/live$/, { timeout: 15_000 });
    await page.waitForFunction(() => document.querySelector("[role=status].badge") !== null);
    if (tries < 2) return `${tries} tries`;
  },
  "a run that sends does not open a connection for each row, and a page that nobody sees holds none": async ({ page, url, world }) => {
    const asked = [];
    const ended = [];
    page.on("request", (request) => request.url().endsWith("/live") && asked.push(request.url()));
    page.on("requestfailed", (request) => request.url().endsWith("/live") && ended.push(request.url()));
    const run = world.runs.find((one) => one.isLive && one.length < 86_400);
    await page.goto(`${url}/app/runs/${run.id}`);
    await page.getByText("Sending now").waitFor();
    await page.waitForTimeout(6500);
    if (asked.length !== 1) return `${asked.length} connections`;
    await page.evaluate(() => {
      Object.defineProperty(document, "hidden", { value: true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    for (let wait = 0; ended.length === 0 && wait < 50; wait += 1) await page.waitForTimeout(100);
    if (ended.length !== 1) return "the connection is still open";
  },
  "a menu is worked by keyboard, gives the focus back, and stays on a narrow page": async ({ page, url, world }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`${url}/app/runs/${world.runs[0].id}`);
    await settled(page);
    const button = panel(page, "Power").getByRole("button", { name: "Export" });
    await button.focus();
    await page.keyboard.press("Enter");
    if ((await focused(page)) !== "Figures as CSV") return `${await focused(page)} has the focus`;
    const box = await page.getByRole("menu").boundingBox();
    if (box.x < 0 || box.x + box.width > 360) return `the menu is at ${JSON.stringify(box)}`;
    await page.keyboard.press("End");
    if ((await focused(page)) !== "Chart as PNG") return `after End ${await focused(page)}`;
    await page.keyboard.press("ArrowDown");
    const [file] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    if (!file.suggestedFilename().endsWith(".csv")) return file.suggestedFilename();
    if ((await focused(page)) !== "Export") return `after choosing ${await focused(page)}`;
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Escape");
    if ((await focused(page)) !== "Export" || (await page.getByRole("menu").count()) > 0) return "Escape does not close it";
  },
  "a dialog gives the focus back, and a secret is not lost by a click beside it": async ({ page, url, world }) => {
    await page.goto(`${url}/app/projects/${world.projects[0].id}/tokens`);
    await settled(page);
    const button = page.getByRole("button", { name: "New token" }).first();
    await button.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByLabel("Name").fill("x");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    if ((await focused(page)) !== "New token") return `${await focused(page)} has the focus`;
    await button.click();
    // Marking text may end beside the dialog.
    const field = await page.getByRole("dialog").getByLabel("Name").boundingBox();
    await page.mouse.move(field.x + 10, field.y + 10);
    await page.mouse.down();
    await page.mouse.move(5, 5);
    await page.mouse.up();
    await page.getByRole("dialog").getByLabel("Name").fill("kitchen");
    await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
    await page.getByText("This is the only time").waitFor();
    await page.mouse.click(5, 5);
    await page.waitForTimeout(100);
    if ((await page.getByText("This is the only time").count()) === 0) return "the secret is gone";
  },
  "days to come are not reached by keyboard either": async ({ page, url, world }) => {
    await page.goto(`${url}/app/organizations/${world.organizations[0].id}`);
    await settled(page);
    await page.getByRole("button", { name: "Days…" }).click();
    const grid = page.getByRole("grid");
    await grid.locator("[tabindex='0']").focus();
    for (const key of ["ArrowRight", "ArrowDown", "PageDown"]) await page.keyboard.press(key);
    if ((await grid.locator("[tabindex='0']:not(:disabled)").count()) !== 1) return "no day can be reached";
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.waitForURL(/start=\d{4}-\d\d-\d\d&end=/);
  },
  "what a run came to does not stay when the run is not asked for any more": async ({ page, url, world }) => {
    await page.goto(`${url}/app/map?run=${world.runs[0].id}`);
    await settled(page);
    const list = panel(page, "By country");
    if (!/[+−]\d/.test(await list.innerText())) return "no country is compared with the run";
    await page.getByRole("link", { name: "World map" }).click();
    await page.getByRole("heading", { name: "Grids of the world" }).waitFor();
    if (/[+−]\d/.test(await list.innerText())) return "countries are still compared with the run";
  },
  "a list of bars is exported as a picture": async ({ page, url, world }) => {
    await page.goto(`${url}/app/organizations/${world.organizations[0].id}`);
    await settled(page);
    await panel(page, "Machines").getByRole("button", { name: "Export" }).click();
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "Chart as PNG" }).click()]);
    const bytes = await readFile(await file.path());
    const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
    if (bytes.subarray(1, 4).toString() !== "PNG" || width < 1000 || height < 200) return `${width} by ${height}`;
  },
  "a state is found on the map by its name, and the page of it can be sent": async ({ page, url }) => {
    await page.goto(`${url}/app/map`);
    await settled(page);
    await page.getByRole("button", { name: "USA" }).click();
    await page.getByLabel("Place on the map").selectOption("US-WA");
    await page.getByRole("heading", { name: "Washington" }).waitFor();
    if (!/map=USA&region=US-WA/.test(page.url())) return page.url();
    await page.getByLabel("Country whose parts are listed").selectOption("CAN");
    await panel(page, "By state or province").getByText("Quebec").waitFor();
  },
};

export async function run(browser, flaws) {
  const much = await start({ size: "much" });
  for (const [name, holds] of Object.entries(CASES)) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB", timezoneId: "Europe/Paris", acceptDownloads: true });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on("pageerror", (fault) => flaws.push(`${name}: ${fault.message}`));
    try {
      const why = await holds({ page, url: much.url, world: much.world });
      if (why) flaws.push(`not so: ${name}: ${why}`);
      else console.log(`  ok  ${name}`);
    } catch (fault) {
      flaws.push(`not so: ${name}: ${fault.message}`);
    }
    await context.close();
  }
  await much.close();
  const server = await start({ size: "little", isOperator: false });
  const page = await browser.newPage();
  await page.goto(`${server.url}/app/audit`);
  await settled(page);
  if ((await page.getByRole("link", { name: "Server log" }).count()) > 0 || (await page.getByRole("table").count()) > 0) flaws.push("the log of the server is offered to those who do not run it");
  await page.close();
  await server.close();
}

if (process.argv[1]?.endsWith("care.mjs")) {
  const browser = await launch();
  const flaws = [];
  await run(browser, flaws);
  await browser.close();
  for (const flaw of flaws) console.error(flaw);
  process.exitCode = flaws.length > 0 ? 1 : 0;
}
