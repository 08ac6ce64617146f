/* The inputs of a view: drawn, filled in, and read back. */

import { el } from "./dom.js";
import { textObject } from "./text.js";

const GROUPS = { checkboxes: "checkbox", radio_buttons: "radio" };
const TEXTS = ["plain_text_input", "number_input"];

/** Draw an input block with its label, hint and place for an error, and what stands in it. */
export function fieldOf(block, scene) {
  const { element: one, block_id: blockId } = block;
  const id = `input-${blockId}`;
  const grouped = one.type in GROUPS;
  const about = [block.hint && `${id}-hint`, `${id}-error`].filter(Boolean).join(" ");
  const label = [textObject(block.label, scene.names), block.optional && el("small", {}, " (optional)")];
  const field = el(grouped ? "fieldset" : "div",
    { className: "field", "data-block": blockId, "data-type": one.type, "aria-describedby": grouped && about },
    grouped ? el("legend", {}, label) : el("label", { htmlFor: id }, label),
    controlOf(one, id, scene, { "aria-describedby": about, required: !block.optional }),
    block.hint && el("p", { className: "about", id: `${id}-hint` }, textObject(block.hint, scene.names)),
    el("p", { className: "error", id: `${id}-error`, role: "alert" }));
  enter(field, entered(scene.state?.[blockId]?.[one.action_id]));
  if (block.dispatch_action) dispatch(field, one, () => scene.change(blockId));
  return field;
}

function controlOf(one, id, { names }, more) {
  const placeholder = one.placeholder?.text ?? "";
  const choose = (options) => el("select", { id, ...more }, el("option", { value: "" }, placeholder || "Choose"), options);
  switch (one.type) {
    case "plain_text_input":
      return el(one.multiline ? "textarea" : "input", { id, placeholder, rows: one.multiline && 3, maxLength: one.max_length ?? 3000, ...more });
    case "number_input":
      return el("input", { id, type: "number", placeholder, min: one.min_value, max: one.max_value, step: one.is_decimal_allowed ? "any" : "1", ...more });
    case "static_select":
      return choose(optionsOf(one).map((option) => el("option", { value: option.value }, [textObject(option.text, names), about(option)])));
    case "conversations_select":
      return choose(names.conversations(one.filter?.include).map(({ id: value, label }) => el("option", { value }, label)));
    case "datepicker":
      return el("input", { id, type: "date", ...more });
    case "datetimepicker":
      return el("input", { id, type: "datetime-local", ...more });
    case "checkboxes":
    case "radio_buttons":
      return choices(one, id, names);
    default:
      return el("p", { className: "unknown" }, `[${one.type}]`);
  }
}

const optionsOf = (one) => one.options ?? (one.option_groups ?? []).flatMap((group) => group.options);
const about = (option) => (option.description ? ` · ${option.description.text}` : "");

const choices = (one, id, names) =>
  el("div", { className: "choices" }, one.options.map((option, number) =>
    el("label", {},
      el("input", { type: GROUPS[one.type], name: id, id: `${id}-${number}`, value: option.value }),
      el("span", {}, textObject(option.text, names),
        option.description && el("small", {}, textObject(option.description, names))))));

/** Tell of changes: a choice when it is made, words when Enter is pressed or as they come. */
function dispatch(field, one, tell) {
  if (!TEXTS.includes(one.type)) return field.addEventListener("change", tell);
  const triggers = one.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  if (triggers.includes("on_character_entered")) field.addEventListener("input", tell);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || one.multiline || !triggers.includes("on_enter_pressed")) return;
    event.preventDefault();
    tell();
  });
}

/** What a person would have entered for a value of Slack's state. */
function entered(stands) {
  if (!stands) return "";
  if (stands.type === "checkboxes") return (stands.selected_options ?? []).map((option) => option.value);
  const held = stands.selected_option?.value ?? stands.selected_conversation ?? stands.selected_date ?? stands.selected_date_time ?? stands.value;
  return held ?? "";
}

/** Put something into a field. */
export function enter(field, value) {
  const { type } = field.dataset;
  if (type in GROUPS) {
    for (const box of field.querySelectorAll("input")) box.checked = [value].flat().includes(box.value);
    return;
  }
  const control = controlIn(field);
  if (control) control.value = type === "datetimepicker" ? local(value) : value;
}

/** What is in a field. */
export function inside(field) {
  const { type } = field.dataset;
  const chosen = [...field.querySelectorAll(":checked")].map((box) => box.value);
  if (type === "checkboxes") return chosen;
  if (type === "radio_buttons") return chosen[0] ?? "";
  const value = controlIn(field)?.value ?? "";
  return type === "datetimepicker" && value ? Math.floor(new Date(value).getTime() / 1000) : value;
}

/** All that is in a form, by block. */
export const valuesOf = (form) =>
  Object.fromEntries([...form.querySelectorAll("[data-block]")].map((field) => [field.dataset.block, inside(field)]));

/** Say what is wrong at each field, and go to the first; nothing says that all is well. */
export function showErrors(form, errors) {
  let first = null;
  for (const field of form.querySelectorAll("[data-block]")) {
    const words = errors[field.dataset.block] ?? "";
    field.querySelector(".error").textContent = words;
    for (const control of field.querySelectorAll("input, textarea, select")) control.ariaInvalid = words ? "true" : null;
    if (words) first ??= controlIn(field);
  }
  first?.focus();
}

export const controlIn = (field) => field.querySelector("input, textarea, select");

/** A moment as the browser's input wants it, in the zone of the reader. */
function local(seconds) {
  if (seconds === "") return "";
  const at = new Date(seconds * 1000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
