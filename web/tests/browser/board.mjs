// carbonboard over files that the stock package wrote, as its users start it: what is shown is what the
// files come to, open pages follow what is written, and what cannot be read is said. Against the real
// programs: `CODECARBON_SERVER=… CODECARBON=… node tests/browser/board.mjs [FOLDER FOR PICTURES]`. With
// `CODECARBON_STOCK`, a Python that has the stock package, that writes a file first; else the one that it
// once wrote is taken.

import { execFileSync, spawn } from "node:child_process";
import { appendFile, copyFile, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { check as axe } from "./axe.mjs";
import { launch, settled, watch } from "./support.mjs";

const fixture = (name) => fileURLToPath(new URL(`../fixture/${name}`, import.meta.url));

function check(holds, what) {
  if (!holds) throw new Error(`not so: ${what}`);
  console.log(`  ok  ${what}`);
}

/** The rows of a CSV file as objects. */
function table(text) {
  const rows = [];
  let row = [""];
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    else if (character === "," && !isQuoted) row.push("");
    else if (character === "\n" && !isQuoted) {
      rows.push(row);
      row = [""];
    } else row[row.length - 1] += character;
  }
  const [head, ...rest] = rows;
  return rest.map((cells) => Object.fromEntries(head.map((name, index) => [name, cells[index]])));
}

/** Runs of a table: of several rows of one, the last, for rows hold totals so far. */
const runsOf = (rows) => [...new Map(rows.map((row) => [row.run_id, row])).values()];
const sum = (rows, column) => rows.reduce((all, row) => all + Number(row[column]), 0);
const isNear = (a, b) => Math.abs(a - b) <= 1e-9 * Math.abs(b);

/** Starts a board; its address, and how to end it. */
async function start(program, args, cwd, home) {
  const child = spawn(program, args, { cwd, env: { PATH: process.env.PATH, HOME: home, TZ: "UTC" }, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const ended = new Promise((done) => child.on("exit", done));
  const url = await new Promise((found, failed) => {
    const take = (part) => {
      said += part;
      const match = /(http:\/\/\S+?)\/ until/.exec(said);
      if (match) found(match[1]);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    void ended.then(() => failed(new Error(`${program} ended: ${said}`)));
  });
  return {
    url,
    said: () => said,
    end: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

const panel = (page, title) => page.locator("section", { has: page.getByRole("heading", { name: title, exact: true }) });

/** What a panel exports as JSON. */
async function exported(page, title) {
  await panel(page, title).getByRole("button", { name: "Export" }).click();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "Figures as JSON" }).click()]);
  return JSON.parse(await readFile(await file.path(), "utf8"));
}

/** Waits until what a panel exports is so, without a touch of the page. */
async function comes(page, title, text) {
  await panel(page, title).getByText(text).first().waitFor({ timeout: 20_000 });
}

export async function run(browser, flaws, { tracker, pictures }) {
  const home = await mkdtemp(join(tmpdir(), "codecarbon-board-"));
  const file = join(home, "emissions.csv");
  const stock = process.env.CODECARBON_STOCK;
  // Variables of our tests are settings to the stock package.
  const env = { PATH: process.env.PATH, HOME: home };
  if (stock) execFileSync(stock, [fixture("stock.py"), home], { cwd: home, env, stdio: "ignore" });
  else await copyFile(fixture("stock-3.3.2.csv"), file);
  const rows = table(await readFile(file, "utf8"));
  const runs = runsOf(rows);
  check(rows.length > runs.length, "the file has a run that was flushed on its way");
  let board = await start(join(dirname(tracker), "carbonboard"), ["--filepath", "emissions.csv", "--port=0"], home, home);
  const complaints = [];
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "UTC", viewport: { width: 1280, height: 900 }, acceptDownloads: true });
  const picture = async (page, name) => {
    if (pictures) await page.screenshot({ path: join(pictures, `board-${name}.png`), fullPage: true });
  };
  try {
    const page = await context.newPage();
    watch(page, complaints, "board");
    await page.goto(board.url);
    await page.waitForURL(/\/app\/organizations\//);
    await settled(page);

    // Totals, projects and what they equal.
    const totals = await exported(page, "Totals");
    check(isNear(totals.total.energy_kwh, sum(runs, "energy_consumed")) && isNear(totals.total.emissions_kg, sum(runs, "emissions")), "totals are the sums of the file");
    check(isNear(totals.total.duration_s, sum(runs, "duration")) && isNear(totals.total.ram_energy_kwh, sum(runs, "ram_energy")), "so are time and energy by component");
    const projects = await exported(page, "Projects");
    for (const name of new Set(runs.map((run) => run.project_name))) {
      const found = projects.find((one) => one.name === name);
      const own = runs.filter((run) => run.project_name === name);
      check(found && isNear(found.energy_kwh, sum(own, "energy_consumed")) && isNear(found.emissions_kg, sum(own, "emissions")), `the project ${name} has the sums of its runs`);
    }
    const equals = await panel(page, "What that equals").innerText();
    check(["household", "petrol car", "television"].every((word) => equals.includes(word)), "what the emissions equal is told");
    check((await page.getByText(/Sign in|Sign out|Tokens|New project|Members/).count()) === 0, "there is nothing to sign in to and nothing to change");

    // A project: its last run, its places, its timeline.
    await page.getByRole("link", { name: "vision <b>" }).first().click();
    await settled(page);
    check((await page.locator("h1").textContent()) === "vision <b>", "a name is text, whatever it looks like");
    const own = runs.filter((run) => run.project_name === "vision <b>");
    const ofProject = page.getByRole("region", { name: "Runs, table" }).getByRole("row");
    check((await ofProject.count()) === 3, "its runs are listed");
    check((await panel(page, "Experiments").getByText(/california, United States/).count()) === 1, "with the places of its runs");
    check((await panel(page, "What that equals").count()) === 1 && (await panel(page, "Energy by component").count()) === 1, "its equivalents and its timeline");
    await ofProject.nth(1).getByRole("link").first().click();
    await settled(page);
    // Files have whole seconds: two runs may have ended in one.
    const last = own.find((run) => page.url().endsWith(run.run_id));
    check(last !== undefined && own.every((run) => run.timestamp <= last.timestamp), "the last run is the first of the list, at the address of its id");
    check((await page.getByText(last.region).count()) > 0, "with where it ran");
    const ofRun = page.url();

    // The same run elsewhere: countries, regions of clouds, states, and the maps.
    await page.getByRole("link", { name: "Elsewhere?" }).click();
    await settled(page);
    check((await page.locator("svg [data-iso3], svg path").count()) > 100, "the world is there as a map");
    const words = await page.locator("main").innerText();
    check(["Iceland", "Fossil", "Solar", "AWS", "Google Cloud"].every((word) => words.includes(word)), "with countries, their electricity and regions of clouds");
    check(/cleanest/.test(words), "and with what would be best");
    await page.goto(`${board.url}/app/map?map=CAN`);
    await settled(page);
    check((await page.locator("main").innerText()).includes("Quebec"), "states and provinces have a map of their own");

    // What is written while the page is open.
    await page.goto(board.url);
    await page.waitForURL(/\/app\/organizations\//);
    await settled(page);
    const line = (id, project) => `2026-11-23T03:00:00,${project},${id},e,60,0.25,0,0,0,0,0.4,0,0.1,0.5,0,France,FRA,,,,Linux,3.11,3.3.2,2,CPU,0,,,,16,machine,0,0,0,0,N,1,0\n`;
    await appendFile(file, line("00000000-0000-4000-8000-000000000001", "new here"));
    await comes(page, "Projects", "new here");
    await page.waitForFunction(() => /500\s*Wh/.test(document.querySelector("main").innerText));
    check(true, "a row that is appended appears on the open page: totals and lists");
    const half = line("00000000-0000-4000-8000-000000000002", "half");
    await appendFile(file, half.slice(0, 90));
    const notice = page.getByRole("status").getByText(/could not be read/);
    await notice.waitFor({ timeout: 20_000 });
    await notice.click();
    check((await page.getByText(/emissions\.csv, line \d+: the last line has \d+ of 38 fields/).count()) === 1, "half a line is told as one, and where it is");
    await picture(page, "notice");
    await axe(page, "board with a notice", flaws);
    await appendFile(file, half.slice(90));
    await comes(page, "Projects", "half");
    await notice.waitFor({ state: "detached" });
    check(true, "and is a run as soon as it is whole");
    await appendFile(file, half.replace("0.25", "lots"));
    await page.getByText(/emissions is "lots", not a number/).waitFor({ state: "attached", timeout: 20_000 });
    check((await exported(page, "Projects")).length === 5, "a broken row is told, and the rest is shown");

    // A page that nobody sees asks nothing.
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.evaluate(() => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await page.waitForTimeout(2500);
    asked.length = 0;
    await page.waitForTimeout(4500);
    check(asked.length === 0, `a page that is hidden asks nothing: ${asked.join(" ")}`);
    await page.evaluate(() => {
      delete document.hidden;
      document.dispatchEvent(new Event("visibilitychange"));
    });

    // Cut short, and taken away.
    await truncate(file, (await readFile(file, "utf8")).indexOf("\n") + 1);
    await page.getByText("The files hold no run yet", { exact: false }).waitFor({ timeout: 20_000 });
    check(true, "what leaves the file leaves the page");
    await rm(file);
    await page.getByText(/is not there; it is shown when it is written/).waitFor({ state: "attached", timeout: 20_000 });
    await board.end();
    await page.getByText("The board does not answer").waitFor({ timeout: 20_000 });
    check(true, "a board that ends is told");
    await page.close();

    // Several files, each page under axe, wide and narrow, light and dark.
    await copyFile(fixture("stock-3.3.2.csv"), file);
    const old = "project_name,timestamp,duration,emissions,energy_consumed,country_name,country_iso_code\nold one,2021-05-01T10:00:00,3600,1,2.5,Poland,POL\n";
    await writeFile(join(home, "old.csv"), old);
    board = await start(tracker, ["board", "emissions.csv", "old.csv", "--port", "0"], home, home);
    const both = await (await fetch(`${board.url}/v1/organizations`)).json();
    const organization = both.items[0].id;
    const ready = async () => (await (await fetch(`${board.url}/v1/server`)).json()).board.is_ready;
    while (!(await ready())) await new Promise((done) => setTimeout(done, 50));
    const all = await (await fetch(`${board.url}/v1/organizations/${organization}/sums?by=project`)).json();
    const recorded = runsOf(table(await readFile(fixture("stock-3.3.2.csv"), "utf8")));
    check(isNear(all.total.energy_kwh, 2.5 + sum(recorded, "energy_consumed")), "several files come to the sum of them, also one of an early version");
    const project = all.groups.find((group) => group.name === "vision <b>").key;
    const run = recorded.find((one) => one.project_name === "vision <b>").run_id;
    const pages = [
      ["overview", `/app/organizations/${organization}`],
      ["projects", `/app/organizations/${organization}/projects`],
      ["live", `/app/organizations/${organization}/live`],
      ["project", `/app/projects/${project}`],
      ["run", `/app/runs/${run}`],
      ["elsewhere", `/app/map?run=${run}`],
      ["compare", `/app/compare?${recorded.slice(0, 3).map((one) => `run=${one.run_id}`).join("&")}`],
    ];
    for (const [width, height, colorScheme] of [
      [1440, 900, "light"],
      [390, 844, "dark"],
    ]) {
      const seen = await browser.newContext({ viewport: { width, height }, colorScheme, locale: "en-GB", timezoneId: "UTC" });
      for (const [name, path] of pages) {
        const one = await seen.newPage();
        watch(one, complaints, `board ${name}`);
        await one.goto(board.url + path);
        await settled(one);
        await axe(one, `board ${name} ${colorScheme}`, flaws);
        const wide = await one.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (wide > 0) flaws.push(`board ${name} ${width}: ${wide} px wider than the window`);
        await picture(one, `${name}-${width}-${colorScheme}`);
        await one.close();
      }
      await seen.close();
    }
    check(ofRun.includes("/app/runs/"), "every page was looked at");

    // What the browser says when a board ends under it is meant.
    const rest = complaints.filter((one) => !/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE/.test(one));
    check(rest.length === 0, `the browser complains of nothing: ${rest.join("; ")}`);
  } finally {
    await context.close();
    await board.end();
    await rm(home, { recursive: true, force: true });
  }
}

if (process.argv[1]?.endsWith("board.mjs")) {
  const browser = await launch();
  const flaws = [];
  try {
    await run(browser, flaws, { tracker: process.env.CODECARBON, pictures: process.argv[2] });
  } finally {
    await browser.close();
  }
  for (const flaw of flaws) console.error(flaw);
  process.exitCode = flaws.length > 0 ? 1 : 0;
}
