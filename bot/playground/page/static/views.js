/* Modals, the Home tab and questions: what stands over or beside the messages. */

import { arrange, ask, byId, el } from "./dom.js";
import { drawBlocks } from "./blocks.js";
import { valuesOf } from "./inputs.js";
import { textObject } from "./text.js";

let shown = null;

/** Show the newest open modal, or none. */
export function showModal(views, names) {
  const dialog = byId("modal");
  const view = views.at(-1) ?? null;
  if (view === shown) return;
  shown = view;
  if (!view) return dialog.close();
  dialog.replaceChildren(modal(view, names));
  if (!dialog.open) dialog.showModal();
}

function modal(view, names) {
  const close = () => ask("close", { view: view.id });
  const form = el("form", { noValidate: true, onsubmit: (event) => submit(event, view) },
    el("header", { className: "bar" },
      el("h2", { id: "modal-title" }, textObject(view.title, names)),
      el("button", { type: "button", className: "quiet", "aria-label": "Close", onclick: close }, "✕")),
    el("div", { className: "scroll" }, drawBlocks(view.blocks, scene(view, names))),
    el("p", { className: "error", role: "alert" }),
    el("footer", {},
      el("button", { type: "button", onclick: close }, view.close ? textObject(view.close, names) : "Cancel"),
      view.submit && el("button", { className: "primary" }, textObject(view.submit, names))));
  return form;
}

async function submit(event, view) {
  event.preventDefault();
  const form = event.currentTarget;
  for (const place of form.querySelectorAll(".error")) place.textContent = "";
  try {
    const { errors } = await ask("submit", { view: view.id, values: valuesOf(form, view) });
    for (const field of form.querySelectorAll("[data-block]")) {
      field.querySelector(".error").textContent = errors[field.dataset.block] ?? "";
    }
  } catch (error) {
    form.querySelector(":scope > .error").textContent = error.message;
  }
}

/** Draw the Home tab. */
export function drawHome(view, names) {
  const content = view
    ? drawBlocks(view.blocks, scene(view, names))
    : [el("p", { className: "empty" }, "Tocsin has not published a Home tab. What it says, it says in channels.")];
  arrange(byId("home"), [el("div", { className: "blocks" }, content)]);
}

const scene = (view, names) => ({
  names,
  confirm: confirmed,
  press: (action) => ask("press", { view: view.id, action_id: action }).catch(() => {}),
});

/** Ask the question of a confirmation object; true when it was agreed to. */
export function confirmed(question) {
  const dialog = byId("confirm");
  const names = { user: () => null, channel: () => null };
  dialog.replaceChildren(el("form", { method: "dialog" },
    el("h2", { id: "confirm-title" }, textObject(question.title, names)),
    el("p", {}, textObject(question.text, names)),
    el("footer", {},
      el("button", { value: "no" }, textObject(question.deny, names)),
      el("button", { value: "yes", className: question.style === "danger" ? "danger" : "primary" },
        textObject(question.confirm, names)))));
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

byId("modal").addEventListener("cancel", (event) => {
  event.preventDefault();
  if (shown) ask("close", { view: shown.id });
});
