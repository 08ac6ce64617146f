/* Block Kit, drawn: what messages, modals and the Home tab are made of. */

import { el, link, once } from "./dom.js";
import { fieldOf } from "./inputs.js";
import { menuButton } from "./menu.js";
import { channel, date, emoji, person, textObject } from "./text.js";

const LIST_MARKS = { bullet: "ul", ordered: "ol" };

/** Draw blocks. `scene` has `names` (ids to names), `press` (what was pressed) and `confirm`. */
export const drawBlocks = (blocks, scene) => blocks.map((block, number) => drawBlock(block, number, scene));

/** Draw one block, the `number`th. */
export function drawBlock(block, number, scene) {
  const draw = DRAWN[block.type];
  const blockId = block.block_id ?? `block-${number}`;
  const press = (pressed) => scene.press({ block_id: blockId, ...pressed });
  return draw ? draw(block, { ...scene, press }) : el("p", { className: "unknown" }, `[${block.type}]`);
}

const DRAWN = {
  rich_text: (block, { names }) =>
    el("div", { className: "rich" }, block.elements.map((one) => richElement(one, names))),
  section: (block, scene) =>
    el("div", { className: "section" },
      el("div", { className: "words" },
        block.text && el("p", {}, textObject(block.text, scene.names)),
        block.fields && el("div", { className: "fields" },
          block.fields.map((field) => el("p", {}, textObject(field, scene.names))))),
      block.accessory && element(block.accessory, scene)),
  header: (block, { names }) => el("h3", { className: "header" }, textObject(block.text, names)),
  context: (block, scene) =>
    el("p", { className: "context" }, block.elements.map((one) => el("span", {}, contextElement(one, scene)))),
  divider: () => el("hr"),
  actions: (block, scene) =>
    el("div", { className: "actions" }, block.elements.map((one) => element(one, scene))),
  image: (block, { names }) =>
    el("figure", {}, picture(block), block.title && el("figcaption", {}, textObject(block.title, names))),
  input: (block, scene) => fieldOf(block, scene),
};

const contextElement = (one, { names }) => (one.type === "image" ? picture(one) : textObject(one, names));

/* Nothing is loaded from elsewhere, so a picture is what it says it shows. */
const picture = (image) =>
  el("span", { className: "picture", role: "img", "aria-label": image.alt_text }, `🖼 ${image.alt_text}`);

function element(one, scene) {
  if (one.type === "button") return button(one, scene);
  if (one.type === "image") return picture(one);
  if (one.type === "overflow") return overflow(one, scene);
  return el("span", { className: "unknown" }, `[${one.type}]`);
}

function button(one, { names, press, confirm }) {
  const label = textObject(one.text, names);
  const style = { primary: "primary", danger: "danger" }[one.style] ?? "";
  if (one.url) {
    const opened = link(one.url, "", `button ${style}`);
    opened.replaceChildren(...label);
    opened.addEventListener("click", () => press({ action_id: one.action_id, value: one.value }));
    return opened;
  }
  const pressed = ({ currentTarget }) => once(currentTarget, async () => {
    if (one.confirm && !(await confirm(one.confirm))) return;
    await press({ action_id: one.action_id, value: one.value });
  });
  return el("button",
    { type: "button", className: style, onclick: pressed, "aria-label": one.accessibility_label, "data-press": `${one.action_id} ${one.value}` },
    label);
}

function overflow(one, { names, press, confirm }) {
  const chosen = async (option) => {
    if (one.confirm && !(await confirm(one.confirm))) return;
    await press({ action_id: one.action_id, value: option.value });
  };
  const items = one.options.map((option) => ({
    label: textObject(option.text, names),
    about: option.description && textObject(option.description, names),
    url: /^https?:\/\//i.test(option.url ?? "") && option.url,
    press: () => chosen(option),
  }));
  return menuButton({ label: "More", items, "data-press": `${one.action_id} ${one.options[0].value}` });
}

function richElement(one, names) {
  const inside = () => one.elements.map((part) => inline(part, names));
  switch (one.type) {
    case "rich_text_list":
      return el(LIST_MARKS[one.style] ?? "ul",
        { start: one.style === "ordered" ? (one.offset ?? 0) + 1 : undefined, className: `indent-${Math.min(one.indent ?? 0, 4)}` },
        one.elements.map((item) => el("li", {}, item.elements.map((part) => inline(part, names)))));
    case "rich_text_quote":
      return el("blockquote", {}, inside());
    case "rich_text_preformatted":
      return el("pre", {}, inside());
    default:
      return el("p", {}, inside());
  }
}

function inline(part, names) {
  switch (part.type) {
    case "text": return styled(part.text, part.style);
    case "link": return styled(link(part.url, part.text), part.style);
    case "emoji": return emoji(part.name);
    case "user": return person(part.user_id, names);
    case "channel": return channel(part.channel_id, names);
    case "usergroup": return el("span", { className: "mention" }, `@${part.usergroup_id}`);
    case "broadcast": return el("span", { className: "mention" }, `@${part.range}`);
    case "date": return el("time", {}, date(part.timestamp, part.format) ?? part.fallback ?? "");
    default: return `[${part.type}]`;
  }
}

function styled(words, style = {}) {
  let node = words;
  for (const [name, tag] of [["code", "code"], ["strike", "s"], ["italic", "em"], ["bold", "strong"]]) {
    if (style[name]) node = el(tag, {}, node);
  }
  return node;
}
