/* Modals, the Home tab and questions: what stands over or beside the messages. */

import { ask, byId, el, once } from "./dom.js";
import { controlIn, showErrors, valuesOf } from "./inputs.js";
import { drawSurface } from "./surface.js";
import { textObject } from "./text.js";

let shown = null;
let home = null;

/** Show the topmost open modal, or none; one that changed changes in its place. */
export function showModal(views, names) {
  const dialog = byId("modal");
  const view = views.at(-1) ?? null;
  const [before, now] = [shown, view];
  shown = view;
  if (!now) return before ? dialog.close() : undefined;
  if (before?.id === now.id && before.hash === now.hash) return;
  if (before?.id !== now.id) dialog.replaceChildren(frame());
  fill(dialog.firstElementChild, now, names);
  if (!dialog.open) dialog.showModal();
  settle(dialog, before?.id !== now.id);
}

const close = () => ask("close", { view: shown.id }).catch(() => {});

const frame = () =>
  el("form", { noValidate: true, onsubmit: submit },
    el("header", { className: "bar" },
      el("h2", { id: "modal-title" }),
      el("button", { type: "button", className: "quiet", "aria-label": "Close", onclick: close }, "✕")),
    el("div", { className: "scroll" }),
    el("p", { className: "error", role: "alert" }),
    el("p", { className: "unseen", role: "status" }),
    el("footer", {},
      el("button", { type: "button", className: "close", onclick: close }),
      el("button", { className: "primary submit" })));

function fill(form, view, names) {
  form.querySelector("h2").replaceChildren(...textObject(view.title, names));
  drawSurface(form.querySelector(".scroll"), view, scene(view, names, form));
  const [put, sent] = [form.querySelector(".close"), form.querySelector(".submit")];
  put.replaceChildren(...(view.close ? textObject(view.close, names) : ["Cancel"]));
  sent.hidden = !view.submit;
  sent.replaceChildren(...textObject(view.submit, names));
  say(form, "");
}

/** Put the focus where one goes on, and tell those who listen what is there now. */
function settle(dialog, isNew) {
  const form = dialog.firstElementChild;
  const first = form.querySelector(".field");
  const now = document.activeElement;
  const lost = !dialog.contains(now) || now === dialog || now.hidden;
  if (first && (isNew || lost || now.closest("header, footer"))) controlIn(first)?.focus();
  else if (isNew || lost) form.querySelector(".close").focus();
  if (!first) form.querySelector('[role="status"]').textContent = form.querySelector(".scroll").textContent.slice(0, 300);
}

const say = (form, words) => {
  form.querySelector(":scope > .error").textContent = words;
};

function submit(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const view = shown;
  once(form.querySelector(".submit"), async () => {
    showErrors(form, {});
    say(form, "");
    try {
      const { errors } = await ask("submit", { view: view.id, values: valuesOf(form) });
      showErrors(form, errors);
    } catch (error) {
      say(form, error.message);
    }
  });
}

/** Draw the Home tab. */
export function drawHome(view, names, version) {
  if (home && home.view === view && home.version === version) return;
  home = { view, version };
  const place = byId("home");
  if (!view) {
    place.replaceChildren(el("p", { className: "empty" }, "Tocsin has not published a Home tab yet."));
    return;
  }
  if (!place.querySelector(".blocks")) place.replaceChildren(el("p", { className: "error", role: "alert" }), el("div", { className: "blocks" }));
  drawSurface(place.querySelector(".blocks"), view, scene(view, names, place));
}

/** What blocks need to know in a view; `place` is around them and has room for an error. */
function scene(view, names, place) {
  const tell = async (deed, more) => {
    say(place, "");
    try {
      await ask(deed, { view: view.id, values: valuesOf(place), ...more });
    } catch (error) {
      say(place, error.message);
    }
  };
  return {
    names,
    confirm: confirmed,
    state: view.state.values,
    press: (pressed) => tell("press", pressed),
    change: (blockId) => tell("change", { block_id: blockId }),
  };
}

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
  if (shown) close();
});
