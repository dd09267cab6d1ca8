"use strict";
const search = document.getElementById("search");
const none = document.getElementById("none");
const groups = [...document.querySelectorAll(".group")];
const rest = [document.getElementById("about"), document.getElementById("schemas")];

function find() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const group of groups) {
    let inside = 0;
    for (const one of group.querySelectorAll(".operation")) {
      const fits = words.every((word) => one.dataset.words.includes(word));
      one.hidden = !fits;
      inside += fits ? 1 : 0;
    }
    group.hidden = inside === 0;
    found += inside;
  }
  for (const part of rest) part.hidden = words.length > 0;
  none.hidden = found > 0;
}

function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  if (target.closest("[hidden]")) {
    search.value = "";
    find();
  }
  if (target instanceof HTMLDetailsElement) target.open = true;
  target.scrollIntoView();
}

search.addEventListener("input", find);
addEventListener("hashchange", openTarget);
addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== search) {
    event.preventDefault();
    search.focus();
  } else if (event.key === "Escape" && document.activeElement === search) {
    search.value = "";
    find();
  }
});
openTarget();
