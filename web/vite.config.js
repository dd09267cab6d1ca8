import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// Where a server answers while the app is developed.
const server = process.env.CODECARBON_SERVER ?? "http://127.0.0.1:8008";
const api = ["/v1", "/auth", "/api", "/organizations", "/projects", "/experiments", "/runs", "/emissions"];

export default defineConfig({
  plugins: [svelte()],
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
