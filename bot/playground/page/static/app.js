/* The page: it keeps the facts it is told, and shows each pane what changed. */

import { arrange, ask, byId, el, kept } from "./dom.js";
import { announce, showMessages } from "./messages.js";
import { menuButton } from "./menu.js";
import { showPanel } from "./panel.js";
import { drawHome, showModal } from "./views.js";

const HINTS = ["/monitors list", "/alerts list", "/alerts subscribe deck severity>=error", "/alerts help"];
const HOME = "home";

const facts = new Map();
const seen = new Map();
const fresh = new Set();
const typed = [];
let here = "C0MARKET";
let opened = null;
let live = false;
let named = 0;

const names = {
  user: (id) => facts.get("workspace")?.users[id]?.name,
  isBot: (id) => facts.get("workspace")?.users[id]?.bot ?? false,
  channel: (id) => facts.get("channels")?.find((one) => one.id === id)?.name,
  conversations: (kinds = ["public", "private", "im"]) =>
    (facts.get("channels") ?? [])
      .filter((one) => kinds.includes(one.direct ? "im" : one.private ? "private" : "public"))
      .map((one) => ({ id: one.id, label: `${one.direct ? "" : "# "}${one.name}` })),
};

function learn(news) {
  const changed = new Set(Object.keys(news));
  for (const [name, fact] of Object.entries(news)) {
    if (fact === null && name !== HOME) facts.delete(name);
    else {
      if (live && name.startsWith("message/") && !facts.has(name)) arrived(name, fact);
      facts.set(name, fact);
    }
  }
  if (changed.has("workspace") || changed.has("channels")) named += 1;
  show(changed);
  live = true;
}

function arrived(name, one) {
  fresh.add(name);
  if (one.channel !== here && !one.thread) seen.set(one.channel, (seen.get(one.channel) ?? 0) + 1);
  if (one.user !== facts.get("workspace")?.me) announce(one, names);
}

function show(changed) {
  showPanel(facts, changed);
  if (changed.has("shortcuts")) showShortcuts(facts.get("shortcuts").global);
  showChannels();
  showConversation();
  showModal([...facts.keys()].filter((name) => name.startsWith("view/")).map((name) => facts.get(name)), names);
}

function showShortcuts(shortcuts) {
  const choose = (callbackId) =>
    ask("shortcut", { callback_id: callbackId, channel: here === HOME ? "" : here }).catch((error) => fail(error.message));
  const items = Object.entries(shortcuts).map(([callbackId, label]) => ({ label, about: "Tocsin", press: () => choose(callbackId) }));
  byId("shortcuts").replaceChildren(menuButton({ label: "Shortcuts", mark: "⚡", items }));
}

function messagesOf(channel) {
  const found = [];
  for (const [name, fact] of facts) if (name.startsWith(`message/${channel}/`)) found.push(fact);
  return found.sort((one, other) => (one.ts < other.ts ? -1 : 1));
}

function showChannels() {
  const all = facts.get("channels") ?? [];
  const item = (id, mark, name, about) => kept(`go/${id}`, [mark, name, about, seen.get(id), id === here], () =>
    el("li", {}, el("button",
      { type: "button", "data-channel": id, "aria-current": String(id === here), onclick: () => go(id), className: seen.get(id) ? "unread" : "",
        "aria-label": seen.get(id) ? `${name}, ${seen.get(id)} new` : name },
      el("span", { "aria-hidden": "true" }, mark), el("span", { className: "label" }, name),
      seen.get(id) > 0 && el("b", { className: "badge" }, String(seen.get(id))),
      about && el("small", {}, about))));
  const rows = all.filter((one) => !one.direct)
    .map((one) => item(one.id, one.private ? "🔒" : "#", one.name, one.member ? "" : "bot is out"));
  const apps = [item(HOME, "⌂", "App Home", ""), ...all.filter((one) => one.direct).map((one) => item(one.id, "✉", one.name, ""))];
  focused(() => {
    arrange(byId("channels"), rows);
    arrange(byId("apps"), apps);
  });
}

/** Change the list of channels, and give the focus back to the one that had it. */
function focused(change) {
  const before = document.activeElement;
  const id = before?.dataset?.channel;
  change();
  if (id && document.activeElement !== before) document.querySelector(`[data-channel="${id}"]`)?.focus();
}

function showConversation() {
  const isHome = here === HOME;
  const channel = facts.get("channels")?.find((one) => one.id === here);
  byId("channel-name").textContent = isHome ? "App Home" : `${channel?.direct ? "" : "# "}${channel?.name ?? "…"}`;
  byId("channel-about").textContent = isHome ? "What the app shows to you alone" : about(channel);
  byId("messages").hidden = byId("composer").hidden = isHome;
  byId("home").hidden = !isHome;
  if (isHome) return drawHome(facts.get(HOME), names, named);
  const all = messagesOf(here);
  const repliesOf = (one) => all.filter((each) => each.thread === one.ts && !each.private);
  const isFresh = (one) => fresh.delete(`message/${one.channel}/${one.ts}`);
  const scene = { names, named, shortcuts: facts.get("shortcuts")?.message ?? {}, isFresh, repliesOf, opened: opened?.ts, openThread, fail, loading: !live };
  showMessages(byId("messages"), all.filter((one) => !one.thread), scene);
  showThread(scene);
}

function about(channel) {
  if (!channel) return "";
  if (channel.direct) return "Between you and the app";
  return channel.member ? "Tocsin is in this channel" : "Tocsin is not in this channel: /invite @tocsin";
}

function showThread(scene) {
  const pane = document.querySelector(".pane.thread");
  pane.hidden = !opened;
  document.body.classList.toggle("threaded", Boolean(opened));
  if (!opened) return;
  const all = messagesOf(opened.channel);
  const thread = all.filter((one) => one.ts === opened.ts || one.thread === opened.ts);
  byId("thread-title").textContent = `Thread in #${names.channel(opened.channel) ?? ""}`;
  showMessages(byId("thread"), thread, { ...scene, thread: true, opened: null });
}

function openThread(one) {
  opened = one;
  showConversation();
  pane("thread");
  byId("thread").scrollTop = 0;
  byId("thread-close").focus();
}

function closeThread() {
  opened = null;
  showConversation();
  pane("messages");
  byId("messages").focus();
}

function go(id) {
  here = id;
  opened = null;
  seen.delete(id);
  fail("");
  showChannels();
  showConversation();
  pane("messages");
  byId("messages").scrollTop = byId("messages").scrollHeight;
  if (id === HOME) ask("home").catch((error) => fail(error.message));
}

/** On a phone there is room for one pane. */
function pane(name) {
  document.body.dataset.pane = name;
  for (const tab of document.querySelectorAll("[data-show]")) tab.setAttribute("aria-current", String(tab.dataset.show === name));
}

const fail = (words) => {
  byId("composer-error").textContent = words;
};

async function send(event) {
  event.preventDefault();
  const line = byId("line");
  const text = line.value.trim();
  if (!text) return;
  typed.push(text);
  line.value = "";
  fail("");
  try {
    await ask("write", { channel: here, text });
  } catch (error) {
    line.value = text;
    fail(error.message);
  }
}

function recall(event) {
  if (event.key === "ArrowUp" && !event.currentTarget.value && typed.length) {
    event.preventDefault();
    event.currentTarget.value = typed.at(-1);
  }
}

function begin() {
  byId("composer").addEventListener("submit", send);
  byId("line").addEventListener("keydown", recall);
  byId("line").placeholder = "Type a message, or a command such as /monitors list";
  byId("thread-close").addEventListener("click", closeThread);
  document.querySelector(".pane.thread").addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeThread();
  });
  for (const tab of document.querySelectorAll("[data-show]")) tab.addEventListener("click", () => pane(tab.dataset.show));
  arrange(byId("hints"), HINTS.map((words) =>
    el("button", { type: "button", className: "hint", onclick: () => { byId("line").value = words; byId("line").focus(); } }, words)));
  const feed = new EventSource("/feed");
  feed.addEventListener("message", (event) => learn(JSON.parse(event.data)));
  feed.addEventListener("open", () => {
    facts.clear();
    live = false;
  });
  feed.addEventListener("error", () => {
    byId("bot-pill").textContent = "The playground has ended";
    byId("bot-pill").dataset.state = "down";
  });
}

begin();
