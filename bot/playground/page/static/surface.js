/* The blocks of a view in their place, and how they change while somebody uses them. */

import { arrange } from "./dom.js";
import { drawBlock } from "./blocks.js";
import { enter, inside } from "./inputs.js";

const looks = new WeakMap();

/** Draw the blocks of a view. An input that stays keeps what is typed in it, and the focus. */
export function drawSurface(place, view, scene) {
  const former = new Map([...place.querySelectorAll(":scope > [data-block]")].map((field) => [keyOf(field), field]));
  const focus = held(place);
  const nodes = view.blocks.map((block, number) => {
    if (block.type !== "input") return drawBlock(block, number, scene);
    const before = former.get(`${block.block_id} ${block.element.action_id} ${block.element.type}`);
    return before ? renewed(before, block, number, scene) : fresh(block, number, scene);
  });
  arrange(place, nodes);
  focus();
}

const keyOf = (field) => `${field.dataset.block} ${field.dataset.action} ${field.dataset.type}`;

function fresh(block, number, scene) {
  const field = drawBlock(block, number, scene);
  field.dataset.action = block.element.action_id;
  looks.set(field, lookOf(block));
  return field;
}

/** The same field if it looks the same; else another with what was in it. */
function renewed(before, block, number, scene) {
  if (looks.get(before) === lookOf(block)) return before;
  const field = fresh(block, number, scene);
  enter(field, inside(before));
  return field;
}

/** How an input looks, apart from what stood in it at the beginning. */
const lookOf = (block) => JSON.stringify(block, (key, value) => (key.startsWith("initial_") ? undefined : value));

/** Remember what has the focus, and return what gives it back to its successor. */
function held(place) {
  const before = document.activeElement;
  if (!place.contains(before)) return () => {};
  const { id, selectionStart, selectionEnd } = before;
  const { press } = before.dataset;
  return () => {
    if (document.activeElement === before && before.isConnected) return;
    const same = [...place.querySelectorAll("[id], [data-press]")].find((one) => (id ? one.id === id : press && one.dataset.press === press));
    same?.focus();
    if (same && typeof selectionStart === "number") same.setSelectionRange(selectionStart, selectionEnd);
  };
}
