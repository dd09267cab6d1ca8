import "./styles/index.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { listen } from "./state/router.svelte";
import { restoreTheme } from "./state/theme.svelte";

restoreTheme();
listen();

const target = document.getElementById("app");
if (target) mount(App, { target });
