// Writes src/api/generated.ts: types of what the server takes and answers, from the document that the
// server commits. What the types do not need (words, examples, refusals) is left out of it first, so
// that a change of a sentence is no change of the client. `npm run client`.

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import openapiTypescript, { astToString } from "openapi-typescript";

const DOCUMENT = new URL("../../crates/carbon-server/openapi.json", import.meta.url);
const CLIENT = new URL("../src/api/generated.ts", import.meta.url);
const HEAD = "// Written by `npm run client` from the server's OpenAPI document; do not edit.\n\n";

/** Words are for people, who read the document itself. */
const WORDS = new Set(["description", "summary", "examples", "example", "tags", "security", "title", "format", "contentMediaType", "contentSchema"]);

function plain(value, isNames = false) {
  if (Array.isArray(value)) return value.map((one) => plain(one));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => isNames || !WORDS.has(name))
      .map(([name, one]) => [name, plain(one, name === "properties" || name === "schemas")]),
  );
}

/** The text of the client's types. */
export async function client() {
  const document = plain(JSON.parse(await readFile(DOCUMENT, "utf8")));
  for (const path of Object.values(document.paths)) {
    for (const operation of Object.values(path)) {
      if (typeof operation?.responses !== "object") continue;
      for (const status of Object.keys(operation.responses)) {
        if (!status.startsWith("2")) delete operation.responses[status];
        else delete operation.responses[status].headers;
      }
      operation.parameters = (operation.parameters ?? []).filter((one) => one.in !== "header" && one.in !== "cookie");
    }
  }
  return HEAD + astToString(await openapiTypescript(document, { alphabetize: true, defaultNonNullable: false }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(CLIENT, await client());
