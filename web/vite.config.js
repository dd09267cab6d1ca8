import { svelte } from "@sveltejs/vite-plugin-svelte";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { defineConfig } from "vite";

// Where a server answers while the app is developed.
const server = process.env.CODECARBON_SERVER ?? "http://127.0.0.1:8008";
const api = ["/v1", "/auth", "/api", "/organizations", "/projects", "/experiments", "/runs", "/emissions"];

/** Puts a compressed form beside every file that gets smaller by it: servers send it as it lies there. */
function compressed() {
  let folder;
  return {
    name: "compressed",
    apply: "build",
    configResolved: (config) => {
      folder = join(config.root, config.build.outDir);
    },
    async closeBundle() {
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(html|js|css|svg|json|txt)$/.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const plain = await readFile(path);
        const forms = {
          gz: gzipSync(plain, { level: 9 }),
          br: brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } }),
        };
        for (const [ending, bytes] of Object.entries(forms)) if (bytes.length < plain.length * 0.9) await writeFile(`${path}.${ending}`, bytes);
      }
    },
  };
}

export default defineConfig({
  plugins: [svelte(), compressed()],
  // The page is served at many addresses, so its files are named from the root.
  base: "/",
  build: {
    target: "es2022",
    assetsDir: "assets",
    // Nothing is inlined: the security policy lets no data: address in.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: {
    proxy: Object.fromEntries(api.map((path) => [`^${path}(/|\\?|$)`, { target: server, changeOrigin: true }])),
    fs: { allow: [".."] },
  },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
