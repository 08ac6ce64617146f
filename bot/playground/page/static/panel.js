/* The panel that fires, breaks and counts. */

import { arrange, ask, byId, el, kept } from "./dom.js";

const COUNTERS = {
  sent: "sent", acknowledged: "acknowledged", refused: "refused", events: "events", delivered: "messages",
  "under-way": "under_way", lost: "lost", repeated: "repeated",
};
const BOT = { up: "Bot is up", down: "Bot is down", starting: "Bot is starting" };
let facts = null;

/** Show what changed. */
export function showPanel(now, changed) {
  facts = now;
  if (changed.has("proof")) counters(now.get("proof"));
  if (changed.has("samples")) sources(now.get("samples"));
  if (["slack", "breakages", "bot", "tour"].some((name) => changed.has(name))) switches(now);
  if ([...changed].some((name) => name.startsWith("log/"))) log(now);
}

function counters(proof) {
  for (const [id, name] of Object.entries(COUNTERS)) {
    const place = byId(id);
    const number = place.querySelector("dd") ?? place;
    const shown = proof[name].toLocaleString();
    if (number.textContent !== shown) {
      number.textContent = shown;
      number.classList.remove("moved");
      requestAnimationFrame(() => number.classList.add("moved"));
    }
  }
  for (const id of ["lost", "repeated"]) byId(id).dataset.kept = proof[id] === 0;
}

function sources(samples) {
  byId("source").replaceChildren(...Object.keys(samples).map((name) => el("option", {}, name)));
  types();
}

function types() {
  const source = byId("source").value;
  byId("type").replaceChildren(...(facts.get("samples")[source] ?? []).map((name) => el("option", {}, name)));
}

function switches(now) {
  const { mode, until } = now.get("slack");
  const bot = now.get("bot");
  const { playing, scenes } = now.get("tour");
  breakages(now.get("breakages"), mode, playing);
  byId("kill").disabled = bot !== "up" || playing;
  byId("start").disabled = bot !== "down" || playing;
  byId("tour").disabled = bot !== "up" || playing;
  byId("tour").textContent = playing ? "The tour is playing …" : "Play the tour";
  pill("bot-pill", BOT[bot], bot);
  slackPill(mode, until, now.get("breakages"));
  byId("scenes").replaceChildren(...scenes.map((scene) =>
    el("li", { className: scene.true ? "good" : "bad" }, el("b", {}, scene.title), el("span", {}, scene.outcome.split("\n")[0]))));
}

let ticking = null;

function slackPill(mode, until, labels) {
  clearInterval(ticking);
  const show = () => {
    const left = Math.max(0, Math.round(until - Date.now() / 1000));
    pill("slack-pill", mode ? `Slack: ${labels[mode]}, ${left} s` : "Slack is fine", mode ? "down" : "up");
  };
  show();
  if (mode) ticking = setInterval(show, 1000);
}

function pill(id, words, state) {
  const place = byId(id);
  if (place.textContent !== words) place.textContent = words;
  place.dataset.state = state;
}

function breakages(labels, mode, playing) {
  const button = (name, label, properties, press) => {
    const node = kept(`break/${name}`, [], () => el("button", { type: "button", id: `break-${name}`, onclick: press }, label));
    return Object.assign(node, properties);
  };
  const ways = Object.entries(labels).map(([name, label]) =>
    button(name, label, { disabled: playing, ariaPressed: String(mode === name) }, () => deed("sabotage", { mode: name })));
  const heal = button("heal", "Heal", { disabled: playing || !mode }, () => deed("heal"));
  arrange(byId("breakages"), [...ways, heal]);
}

function log(now) {
  const names = [...now.keys()].filter((name) => name.startsWith("log/")).sort().reverse();
  arrange(byId("log"), names.map((name) => kept(name, [now.get(name)], () => line(now.get(name)))));
}

const line = ({ at, mood, text }) =>
  el("li", { className: mood },
    el("time", {}, new Date(at * 1000).toLocaleTimeString([], { hourCycle: "h23" })),
    el("span", {}, text));

async function deed(name, question) {
  byId("panel-error").textContent = "";
  try {
    await ask(name, question);
  } catch (error) {
    byId("panel-error").textContent = error.message;
  }
}

const shot = (more) => deed("fire", { source: byId("source").value, type: byId("type").value, ...more });

byId("source").addEventListener("change", types);
byId("fire-once").addEventListener("click", () => shot({}));
byId("fire-many").addEventListener("click", () => shot({ times: 20 }));
byId("fire-tampered").addEventListener("click", () => shot({ tampered: true }));
byId("kill").addEventListener("click", () => deed("kill"));
byId("start").addEventListener("click", () => deed("start"));
byId("tour").addEventListener("click", () => deed("tour"));
