/* The inputs of a modal: drawn from a view, and read back as its state. */

import { el } from "./dom.js";
import { textObject } from "./text.js";

/** Draw an input block with its label, hint and place for an error. */
export function fieldOf(block, number, { names }) {
  const blockId = block.block_id ?? `block-${number}`;
  const id = `input-${blockId}`;
  const control = controlOf(block.element, id, names);
  const grouped = ["checkboxes", "radio_buttons"].includes(block.element.type);
  const label = [textObject(block.label, names), block.optional ? el("small", {}, " (optional)") : ""];
  return el(grouped ? "fieldset" : "div",
    { className: "field", "data-block": blockId, "data-action": block.element.action_id, "data-type": block.element.type },
    grouped ? el("legend", {}, label) : el("label", { htmlFor: id }, label),
    control,
    block.hint && el("p", { className: "hint" }, textObject(block.hint, names)),
    el("p", { className: "error", role: "alert" }));
}

function controlOf(one, id, names) {
  const placeholder = one.placeholder?.text ?? "";
  switch (one.type) {
    case "plain_text_input":
      return el(one.multiline ? "textarea" : "input",
        { id, placeholder, value: one.initial_value ?? "", maxLength: one.max_length ?? 3000 });
    case "number_input":
      return el("input", { id, type: "number", placeholder, value: one.initial_value ?? "", step: one.is_decimal_allowed ? "any" : "1" });
    case "static_select":
      return el("select", { id },
        el("option", { value: "" }, placeholder || "Choose"),
        optionsOf(one).map((option) =>
          el("option", { value: option.value, selected: option.value === one.initial_option?.value }, textObject(option.text, names))));
    case "datepicker":
      return el("input", { id, type: "date", value: one.initial_date ?? "" });
    case "checkboxes":
      return choices(one, id, "checkbox", new Set((one.initial_options ?? []).map((option) => option.value)), names);
    case "radio_buttons":
      return choices(one, id, "radio", new Set([one.initial_option?.value]), names);
    default:
      return el("p", { className: "unknown" }, `[${one.type}]`);
  }
}

const optionsOf = (one) => one.options ?? (one.option_groups ?? []).flatMap((group) => group.options);

const choices = (one, id, type, chosen, names) =>
  el("div", { className: "choices" }, one.options.map((option) =>
    el("label", {},
      el("input", { type, name: id, value: option.value, checked: chosen.has(option.value) }),
      el("span", {}, textObject(option.text, names)))));

/** Read all fields of a modal as Slack's `state.values`. */
export function valuesOf(form, view) {
  const values = {};
  for (const field of form.querySelectorAll("[data-block]")) {
    const { block, action, type } = field.dataset;
    const one = view.blocks.find((each, number) => (each.block_id ?? `block-${number}`) === block).element;
    values[block] = { [action]: { type, ...valueOf(field, one) } };
  }
  return values;
}

function valueOf(field, one) {
  const control = field.querySelector("input, textarea, select");
  const option = (value) => optionsOf(one).find((each) => each.value === value) ?? null;
  switch (one.type) {
    case "static_select": return { selected_option: option(control.value) };
    case "datepicker": return { selected_date: control.value || null };
    case "radio_buttons": return { selected_option: option(field.querySelector(":checked")?.value) };
    case "checkboxes":
      return { selected_options: [...field.querySelectorAll(":checked")].map((each) => option(each.value)) };
    default: return { value: control?.value || null };
  }
}
