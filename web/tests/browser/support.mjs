// What the tests in a browser share: Debian's Chromium, the pages of the app, complaints.

import { chromium } from "playwright-core";

/** The browser. `CHROMIUM` names another one. */
export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

/** Every page of a world, by name. */
export function pages(world) {
  const { organizations, projects, experiments, runs } = world;
  const organization = organizations[0].id;
  const own = [
    ["organization", `/app/organizations/${organization}`],
    ["organizations", "/app/organizations"],
    ["projects", `/app/organizations/${organization}/projects`],
    ["members", `/app/organizations/${organization}/members`],
    ["audit", `/app/organizations/${organization}/audit`],
    ["organization-settings", `/app/organizations/${organization}/settings`],
    ["live", `/app/organizations/${organization}/live`],
    ["compare-none", "/app/compare"],
    ["map", "/app/map?country=FRA&kwh=10"],
    ["mix", "/app/map?show=hydro"],
    ["map-usa", "/app/map?map=USA&region=US-VT"],
    ["map-canada", "/app/map?map=CAN&region=CA-QC&kwh=250"],
    ["server-audit", "/app/audit"],
    ["account", "/app/account"],
    ["accounts", "/app/accounts"],
    ["lost", "/app/nowhere"],
  ];
  if (projects.length === 0) return own;
  const project = projects[0].id;
  const run = runs[0].id;
  const open = projects.find((one) => one.public)?.id ?? project;
  return [
    ...own,
    ["project", `/app/projects/${project}?range=90d`],
    ["project-live", `/app/projects/${project}/live`],
    ["tokens", `/app/projects/${project}/tokens`],
    ["budget", `/app/projects/${project}/budget`],
    ["project-settings", `/app/projects/${project}/settings`],
    ["public", `/public/projects/${open}`],
    ["experiment", `/app/experiments/${experiments[0].id}`],
    ["run", `/app/runs/${run}?rows=1`],
    ["run-map", `/app/map?run=${run}`],
    ["compare", `/app/compare?${runs.slice(0, Math.min(4, runs.length)).map((one) => `run=${one.id}`).join("&")}`],
  ];
}

/** Waits until a page has everything that it asked for. */
export async function settled(page) {
  await page.waitForSelector("h1", { timeout: 15_000 });
  await page.waitForFunction(() => document.querySelectorAll("[aria-busy=true]").length === 0, null, { timeout: 15_000 });
}

/** Notes what the browser complains about; pages that are meant to be refused say so. */
export function watch(page, complaints, name) {
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(`${name}: ${message.text()}`);
  });
  page.on("pageerror", (fault) => complaints.push(`${name}: ${fault.message}\n${fault.stack}`));
  page.on("request", (request) => {
    if (!/^https?:\/\/127\.0\.0\.1:/.test(request.url()) && !request.url().startsWith("blob:")) complaints.push(`${name}: asks ${request.url()}`);
  });
}

/** Has the pages of a context note what jumps in them. */
export function watchShifts(context) {
  return context.addInitScript(() => {
    window.shifts = [];
    new PerformanceObserver((list) => {
      for (const shift of list.getEntries()) {
        if (!shift.hadRecentInput) window.shifts.push({ value: shift.value, of: shift.sources.map(({ node }) => `${node?.nodeName}.${node?.className ?? ""}`.slice(0, 60)).join(", ") });
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
}

/** What has jumped in a page: the sum by the usual measure, and what moved. */
export async function shifts(page) {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0))));
  const list = await page.evaluate(() => window.shifts);
  return { sum: list.reduce((total, shift) => total + shift.value, 0), words: list.map((shift) => `${shift.value.toFixed(3)} ${shift.of}`).join("; ") };
}
