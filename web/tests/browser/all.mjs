// Everything that is tested in a browser. `CODECARBON_SERVER` and `CODECARBON` name the programs;
// pictures go to the folder that is given.

import { mkdirSync } from "node:fs";
import { launch } from "./support.mjs";
import * as axe from "./axe.mjs";
import * as board from "./board.mjs";
import * as care from "./care.mjs";
import * as journey from "./journey.mjs";
import * as speed from "./speed.mjs";

const pictures = process.argv[2];
if (pictures) mkdirSync(pictures, { recursive: true });
const { CODECARBON_SERVER: server, CODECARBON: tracker } = process.env;
if (!server || !tracker) throw new Error("CODECARBON_SERVER and CODECARBON have to name the programs");

const browser = await launch();
const flaws = [];
try {
  console.log("from a fresh server to its first figures");
  await journey.run(browser, { server, tracker, pictures });
  console.log("files of the stock package on a board");
  await board.run(browser, flaws, { tracker, pictures });
  console.log("what may go wrong");
  await care.run(browser, flaws);
  console.log("how quick it is");
  await speed.run(browser, flaws);
  console.log("every page under axe");
  await axe.run(browser, flaws);
} finally {
  await browser.close();
}
for (const flaw of flaws) console.error(flaw);
process.exitCode = flaws.length > 0 ? 1 : 0;
