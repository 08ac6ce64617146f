/* Making and ordering elements. Words go in as text only, never as markup. */

export const byId = (id) => document.getElementById(id);

/** Make an element; `parts` are elements, words, or nothing. */
export function el(name, properties = {}, ...parts) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key in made && key !== "list") made[key] = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...parts.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== false && one !== ""));
  return made;
}

/** A link, if it leads to the web; else only its words. */
export function link(url, words, className = "") {
  const label = words || url;
  if (!/^https?:\/\//i.test(String(url))) return el("span", {}, label);
  return el("a", { href: url, className, target: "_blank", rel: "noopener noreferrer" }, label);
}

/** Let `parent` hold exactly `nodes`, moving only what has to move. */
export function arrange(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => {
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null);
  });
}

const made = new Map();

/** Return the element that was made for `key`, or a new one if what it shows has changed. */
export function kept(key, shows, make) {
  const known = made.get(key);
  if (known && known.shows.every((one, index) => one === shows[index])) return known.node;
  const node = make();
  made.set(key, { shows, node });
  return node;
}

export const clock = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

/** Do something, once at a time. Unlike a disabled button this one keeps the focus. */
export async function once(button, deed) {
  if (button.ariaDisabled === "true") return;
  button.ariaDisabled = "true";
  try {
    await deed();
  } finally {
    button.ariaDisabled = null;
  }
}

/** Ask the playground for something; a refusal is an Error with words for the person. */
export async function ask(deed, question = {}) {
  const answer = await fetch(`/do/${deed}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(question),
  });
  const said = await answer.json().catch(() => ({ error: `The playground answered ${answer.status}.` }));
  if (!answer.ok) throw new Error(said.error);
  return said;
}
