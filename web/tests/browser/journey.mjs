// From a fresh server to its first figures, as people go: set up, connect a machine, see the real
// tracker's run appear, share it, compare, export, let somebody in who may only read. Against the real
// programs: `CODECARBON_SERVER=… CODECARBON=… node tests/browser/journey.mjs [FOLDER FOR PICTURES]`.

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch, settled, watch } from "./support.mjs";

const PASSWORD = "a long enough password";

function check(holds, what) {
  if (!holds) throw new Error(`not so: ${what}`);
  console.log(`  ok  ${what}`);
}

/** Starts a program; its output as it comes. */
function program(path, args, options) {
  const child = spawn(path, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  let output = "";
  const waiting = [];
  const take = (part) => {
    output += part;
    for (const one of [...waiting]) one();
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const ended = new Promise((done) => child.on("exit", done));
  return {
    ended,
    kill: () => child.kill("SIGTERM"),
    /** Waits until the output has something. */
    says: (pattern) =>
      new Promise((found, failed) => {
        const look = () => {
          const match = pattern.exec(output);
          if (match) found(match);
        };
        waiting.push(look);
        look();
        ended.then(() => failed(new Error(`${path} ended:\n${output}`)));
      }),
  };
}

export async function run(browser, { server: serverPath, tracker, pictures }) {
  const home = await mkdtemp(join(tmpdir(), "codecarbon-web-"));
  const environment = { PATH: process.env.PATH, HOME: home, XDG_DATA_HOME: join(home, "share") };
  const server = program(serverPath, ["serve", "--listen", "127.0.0.1:0", "--data-dir", join(home, "data")], { env: environment });
  const complaints = [];
  let shot = 0;
  try {
    const url = (await server.says(/address\s+(http:\/\/\S+)/))[1];
    const link = (await server.says(/(\/auth\/setup\?token=\S+)/))[1];
    const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 900 }, acceptDownloads: true });
    const page = await context.newPage();
    watch(page, complaints, "journey");
    const picture = async (name, of = page) => {
      shot += 1;
      if (pictures) await of.screenshot({ path: join(pictures, `journey-${String(shot).padStart(2, "0")}-${name}.png`), fullPage: true });
    };

    // Set up.
    await page.goto(url + link);
    await page.getByLabel("E-mail address").fill("ada@example.org");
    await page.getByLabel("Name").fill("Ada");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Create account" }).click();
    await page.waitForURL(/\/app\/organizations\//);
    await settled(page);
    await picture("first-page");
    check((await page.getByText("connect a machine").count()) > 0, "whoever sets the server up is told how to begin");

    // A token, with the configuration.
    await page.getByRole("link", { name: "Projects", exact: true }).click();
    await settled(page);
    await page.getByRole("button", { name: "New project" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("Tea & =cakes");
    await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
    await page.waitForURL(/\/tokens$/);
    const project = /projects\/([0-9a-f-]+)\//.exec(page.url())[1];
    await page.getByRole("link", { name: "Dashboard" }).click();
    await settled(page);
    await page.getByRole("button", { name: "New", exact: true }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("oven");
    await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
    await page.getByRole("dialog").getByText("experiment_id").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Done" }).click();
    await page.getByRole("link", { name: "Tokens" }).click();
    await page.getByRole("button", { name: "New token" }).first().click();
    await page.getByRole("dialog").getByLabel("Name").fill("kitchen");
    await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
    const configuration = await page.getByRole("dialog").getByRole("region", { name: "configuration" }).textContent();
    check(/^api_key = cpt_\S+$/m.test(configuration) && configuration.includes(project), "the configuration is ready with the new token in it");
    await picture("token");
    await page.getByRole("dialog").getByRole("button", { name: "Done" }).click();
    await page.reload();
    await settled(page);
    check(!(await page.content()).includes("cpt_"), "the token is shown once");
    await writeFile(join(home, ".codecarbon.config"), configuration);

    // The tracker's run appears by itself.
    await page.getByRole("link", { name: "Live" }).last().click();
    await page.getByText("Nothing is sending now").waitFor();
    const measure = (seconds) =>
      program(tracker, ["monitor", "--offline", "--country-iso-code", "FRA", "--measure-power-secs", "1", "--api-call-interval", "1", "--", "sh", "-c", `end=$(($(date +%s)+${seconds})); while [ $(date +%s) -lt $end ]; do :; done`], { env: environment, cwd: home });
    const first = measure(12);
    await page.getByRole("listitem").getByRole("link", { name: "oven" }).waitFor({ timeout: 20_000 });
    await page.waitForTimeout(3000);
    await picture("live");
    check(true, "a run of the real tracker appears while it runs");
    await page.getByRole("listitem").getByRole("link", { name: "oven" }).click();
    await settled(page);
    await first.ended;
    await measure(3).ended;
    await page.reload();
    await settled(page);
    await picture("run");
    check((await page.getByText("How far to trust it").count()) === 1 && (await page.getByText("With 95 %").count()) === 1, "its page tells how far its figures can be trusted");

    // The dashboard, and what it exports.
    await page.goto(`${url}/app/projects/${project}?range=24h`);
    await settled(page);
    await picture("project");
    const rows = page.getByRole("region", { name: "Runs, table" }).getByRole("row");
    check((await rows.count()) === 3, "both runs are in the table");
    const panel = page.locator("section", { has: page.getByRole("heading", { name: "Experiments", exact: true }) });
    await panel.getByRole("button", { name: "Export" }).click();
    const [csv] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "Figures as CSV" }).click()]);
    const text = await readFile(await csv.path(), "utf8");
    check(csv.suggestedFilename() === "Tea_cakes_experiments.csv" && /^experiment_id,name,runs,rows,/.test(text) && /,oven,2,\d+,/.test(text), "an export has the figures on the screen");
    await page.locator("section", { has: page.getByRole("heading", { name: "Runs", exact: true }) }).getByRole("button", { name: "Export" }).click();
    const [all] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "All runs as CSV" }).click()]);
    check((await readFile(await all.path(), "utf8")).trim().split("\n").length === 3, "and the server's export has every run");
    const chart = page.locator("section", { has: page.getByRole("heading", { name: "Energy by component" }) });
    await chart.getByRole("button", { name: "Export" }).click();
    const [png] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: "Chart as PNG" }).click()]);
    const bytes = await readFile(await png.path());
    if (pictures) await writeFile(join(pictures, "exported-chart.png"), bytes);
    check(bytes.subarray(1, 4).toString() === "PNG" && bytes.length > 4000, "a chart is exported as a picture");

    // Compare.
    for (const box of await page.getByRole("region", { name: "Runs, table" }).getByRole("checkbox").all()) await box.check();
    await page.getByRole("link", { name: "Compare 2", exact: true }).first().click();
    await settled(page);
    check((await page.getByRole("region", { name: "Comparison, table" }).getByText(/for sure|cannot be told apart|the same/).count()) >= 3, "two runs are compared, with what can be said");
    await picture("compare");

    // Share.
    await page.goto(`${url}/app/projects/${project}/settings`);
    await settled(page);
    await page.getByLabel(/Public/).check();
    await page.getByText("Anybody may read this project now").waitFor();
    const stranger = await browser.newContext({ locale: "en-GB", viewport: { width: 390, height: 844 }, colorScheme: "dark" });
    const outside = await stranger.newPage();
    watch(outside, complaints, "public page");
    await outside.goto(`${url}/public/projects/${project}?range=24h`);
    await settled(outside);
    await picture("public", outside);
    check((await outside.getByRole("heading", { level: 1 }).textContent()) === "Tea & =cakes", "the public page is there for those who are not signed in");
    check((await outside.getByText(/Tokens|Settings|New token/).count()) === 0, "without what only members see");
    await outside.getByRole("region", { name: "Runs, table" }).getByRole("link").first().click();
    await settled(outside);
    check((await outside.getByText("Machine and place").count()) === 1, "and leads to its runs");
    await outside.goto(`${url}/app/organizations`);
    await outside.waitForURL(/\/app\/sign-in\?next=/);
    check(true, "all else asks them to sign in");

    // Somebody who may only read.
    await page.getByRole("link", { name: "Members" }).click();
    await settled(page);
    await page.getByRole("button", { name: "Invite" }).click();
    await page.getByRole("dialog").getByLabel("E-mail address").fill("vera@example.org");
    await page.getByRole("dialog").getByLabel("Role").selectOption("viewer");
    await page.getByRole("dialog").getByRole("button", { name: "Invite" }).click();
    await page.getByRole("button", { name: "Make a link to sign up" }).click();
    const invited = await page.getByRole("dialog").locator("code").textContent();
    const viewer = await browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 900 } });
    const reading = await viewer.newPage();
    watch(reading, complaints, "viewer");
    await reading.goto(invited);
    await reading.getByLabel("Password").fill(PASSWORD);
    await reading.getByRole("button", { name: "Sign in" }).click();
    await reading.waitForURL(/\/app\//);
    await reading.goto(`${url}/app/projects/${project}?range=24h`);
    await settled(reading);
    await reading.getByRole("region", { name: "Runs, table" }).waitFor();
    const words = (await reading.locator("body").innerText()).split("\n");
    check(!words.some((word) => ["Tokens", "Settings", "Audit log", "Accounts", "Server log", "New"].includes(word.trim())), "a viewer sees no control of admins or members");
    await picture("viewer", reading);
    await reading.goto(`${url}/app/organizations`);
    await settled(reading);

    // In again, and where one wanted to be.
    await page.getByRole("dialog").getByRole("button", { name: "Done" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(/\/app\/sign-in/);
    await page.goto(`${url}/app/projects/${project}/budget`);
    await page.waitForURL(/sign-in\?next=/);
    await page.getByLabel("E-mail address").fill("ada@example.org");
    await page.getByLabel("Password").fill("wrong password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    check((await page.getByRole("alert").textContent()).includes("Wrong address or password"), "a wrong password is told");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(/\/budget$/);
    await settled(page);
    check(true, "signing in leads to where one wanted to be");
    await page.getByLabel("Energy, kWh").fill("0.000001");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Passed").waitFor();
    await picture("budget");
    check(true, "a budget that is passed says so");
    await page.getByRole("link", { name: "Audit log" }).click();
    await settled(page);
    await picture("audit");
    check((await page.getByRole("region", { name: "Changes, table" }).getByRole("row").count()) > 4, "the audit log tells what was done");
    await page.getByRole("link", { name: "Server log" }).click();
    await settled(page);
    check((await page.getByRole("region", { name: "Accounts and sign-ins, table" }).getByText("Sign in: failure").count()) === 1, "and the server's log that somebody tried to sign in");

    const meant = /status of 401|status of 403/;
    const rest = complaints.filter((one) => !meant.test(one));
    check(rest.length === 0, `the browser complains of nothing: ${rest.join("; ")}`);
    for (const one of [context, stranger, viewer]) await one.close();
  } finally {
    server.kill();
    await server.ended;
    await rm(home, { recursive: true, force: true });
  }
}

if (process.argv[1]?.endsWith("journey.mjs")) {
  const browser = await launch();
  try {
    await run(browser, { server: process.env.CODECARBON_SERVER, tracker: process.env.CODECARBON, pictures: process.argv[2] });
  } finally {
    await browser.close();
  }
}
