/* Menus: a button that opens a list of things to do. */

import { el } from "./dom.js";

const EDGE = 8;

/** A button with a menu. `items` have a `label`, perhaps words `about` it, and `press` or `url`. */
export function menuButton({ label, mark = "⋯", className = "", items, ...more }) {
  const button = el("button",
    { type: "button", className, "aria-label": label, title: label, "aria-haspopup": "menu", "aria-expanded": "false", ...more },
    el("span", { "aria-hidden": "true" }, mark));
  button.addEventListener("click", () => {
    if (button.ariaExpanded === "true") return; // the browser closes it
    const box = menu(label, items, button);
    (button.closest("dialog") ?? document.body).append(box);
    button.popoverTargetElement = box; // and opens it
  });
  return button;
}

function menu(label, items, button) {
  const box = el("div", { className: "menu", role: "menu", popover: "auto", "aria-label": label, onkeydown: move },
    items.map((item) => option(item)));
  box.addEventListener("toggle", ({ newState }) => {
    const open = newState === "open";
    button.ariaExpanded = String(open);
    if (!open) return box.remove();
    place(box, button);
    box.firstElementChild.focus();
  });
  return box;
}

function option({ label, about, press, url }) {
  const words = [el("span", {}, label), about && el("small", {}, about)];
  const chosen = (event) => {
    event.currentTarget.parentElement.hidePopover();
    press();
  };
  return url
    ? el("a", { role: "menuitem", tabIndex: -1, href: url, target: "_blank", rel: "noopener noreferrer", onclick: chosen }, words)
    : el("button", { type: "button", role: "menuitem", tabIndex: -1, onclick: chosen }, words);
}

/** Below its button, or above where there is no room below. */
function place(box, button) {
  const at = button.getBoundingClientRect();
  const left = Math.min(at.left, innerWidth - box.offsetWidth - EDGE);
  const below = at.bottom + 4;
  const fits = below + box.offsetHeight <= innerHeight - EDGE;
  box.style.left = `${Math.max(EDGE, left)}px`;
  box.style.top = `${fits ? below : Math.max(EDGE, at.top - 4 - box.offsetHeight)}px`;
  box.classList.add("placed");
}

function move(event) {
  const items = [...event.currentTarget.children];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
  if (event.key === "Tab") event.currentTarget.hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  items[to % items.length].focus();
}
