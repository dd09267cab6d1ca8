// How quick the dashboard is over the real server, which is filled with a project of 2,000 runs and a run
// of a million rows first. `cargo xtask bench web` runs it: one figure a line, as JSON.
// `CODECARBON_SERVER=… node tests/browser/bench.mjs [--rounds 5] [--rows 1000000] [--runs 2000]`.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firstVisit, interactions } from "./speed.mjs";
import { launch } from "./support.mjs";

const option = (name, usual) => {
  const at = process.argv.indexOf(`--${name}`);
  return Number(at < 0 ? usual : process.argv[at + 1]);
};
const [rounds, rowsWanted, runsWanted] = [option("rounds", 5), option("rows", 1_000_000), option("runs", 2000)];
const program = process.env.CODECARBON_SERVER;
if (!program) throw new Error("CODECARBON_SERVER has to name the program");

/** Starts the server without sign-in; its address. */
async function serve(home) {
  const child = spawn(program, ["serve", "--auth", "none", "--listen", "127.0.0.1:0", "--data-dir", home], { stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env.PATH, HOME: home } });
  let said = "";
  const url = await new Promise((found, failed) => {
    const look = (part) => {
      said += part;
      const match = /address\s+(http:\/\/\S+)/.exec(said);
      if (match) found(match[1]);
    };
    child.stdout.on("data", look);
    child.stderr.on("data", look);
    child.on("exit", () => failed(new Error(`the server ended:\n${said}`)));
  });
  const stop = () => new Promise((done) => child.on("exit", done) && child.kill("SIGTERM"));
  return { url, stop };
}

/** Fills it: its project, and the run with many rows. */
async function fill(url) {
  let token;
  const post = async (path, body) => {
    const asWho = token ? { "x-api-token": token } : { "x-csrf": "1" };
    const response = await fetch(url + path, { method: "POST", headers: { "content-type": "application/json", ...asWho }, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const [organization] = (await (await fetch(`${url}/v1/organizations`)).json()).items;
  const project = await post("/projects", { name: "Bench", description: "", organization_id: organization.id });
  const experiments = [];
  for (const name of ["baseline", "mixed precision", "larger batches", "distilled", "quantised"]) {
    experiments.push(await post("/experiments", { name, description: "", project_id: project.id, on_cloud: false }));
  }
  ({ token } = await post(`/v1/projects/${project.id}/tokens`, { name: "bench", access: "write", expires: null }));
  const now = Date.now();
  const row = (run_id, at, length_s, index) => {
    const [cpu, gpu, ram] = [120 + 40 * Math.sin(index / 40), 300 + 90 * Math.sin(index / 17), 20];
    const kwh = (watts) => (watts * length_s) / 3.6e6;
    const energy = kwh(cpu + gpu + ram);
    return { run_id, timestamp: new Date(at).toISOString(), duration: Math.round(length_s), emissions_sum: energy * 0.05, emissions_rate: (energy * 0.05) / length_s, cpu_power: cpu, gpu_power: gpu, ram_power: ram, cpu_energy: kwh(cpu), gpu_energy: kwh(gpu), ram_energy: kwh(ram), energy_consumed: energy, energy_low_kwh: energy * 0.9, energy_high_kwh: energy * 1.2, cpu_utilization_percent: 60, gpu_utilization_percent: 80, ram_utilization_percent: 40, wue: 0 };
  };
  const begin = (experiment, at) =>
    post("/runs", { experiment_id: experiment.id, timestamp: new Date(at).toISOString(), os: "Linux", python_version: "3.12", codecarbon_version: "4.0.0", cpu_count: 64, cpu_model: "AMD EPYC 9354P", gpu_count: 4, gpu_model: "NVIDIA H100", longitude: 2.3, latitude: 48.9, region: null, provider: null, ram_total_size: 503, tracking_mode: "machine" });
  let waiting = [];
  for (let index = 0; index < runsWanted; index += 1) {
    const at = now - ((index * 7919) % 300) * 86_400_000 - index * 60_000 - 7_200_000;
    waiting.push(
      begin(experiments[index % experiments.length], at).then((run) => {
        const length_s = 15 + (index % 60);
        return Array.from({ length: 20 }, (_, place) => row(run.id, at + (place + 1) * length_s * 1000, length_s, index + place));
      }),
    );
    if (waiting.length === 32 || index === runsWanted - 1) {
      await post("/v1/emissions", (await Promise.all(waiting)).flat());
      waiting = [];
    }
  }
  const long = await begin(experiments[0], now - rowsWanted * 1000 - 3_600_000);
  for (let from = 0; from < rowsWanted; from += 10_000) {
    await post("/v1/emissions", Array.from({ length: Math.min(10_000, rowsWanted - from) }, (_, index) => row(long.id, now - 3_600_000 - (rowsWanted - from - index) * 1000, 1, from + index)));
  }
  return { organization: `${url}/app/organizations/${organization.id}`, project: `${url}/app/projects/${project.id}`, run: `${url}/app/runs/${long.id}` };
}

const home = await mkdtemp(join(tmpdir(), "codecarbon-bench-"));
const server = await serve(home);
const browser = await launch();
try {
  const began = Date.now();
  const pages = await fill(server.url);
  console.error(`filled with ${runsWanted} runs and ${rowsWanted} rows in ${((Date.now() - began) / 1000).toFixed(0)} s`);
  const figures = new Map();
  const add = (key, value) => figures.set(key, [...(figures.get(key) ?? []), value]);
  for (let round = 0; round < rounds; round += 1) {
    const { heading_ms, bytes } = await firstVisit(browser, pages.organization);
    add("first visit", heading_ms);
    add("first bytes", bytes / 1024);
  }
  await interactions(browser, { ...pages, rounds }, ({ key, script_ms }) => add(key, script_ms));
  for (const [key, values] of figures) console.log(JSON.stringify({ key, values: values.map((value) => Number(value.toFixed(2))) }));
} finally {
  await browser.close();
  await server.stop();
  await rm(home, { recursive: true, force: true });
}
