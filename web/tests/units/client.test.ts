import committed from "../../src/api/generated.ts?raw";
import { expect, test } from "vitest";
// @ts-expect-error a script without types
import { client } from "../../scripts/client.mjs";

test("the client's types are those of the document that the server commits", async () => {
  expect(committed === (await client()), "stale: run `npm run client`").toBe(true);
}, 60_000);
