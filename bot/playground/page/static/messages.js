/* Messages, in a channel and in a thread. Each is drawn once and again only when it changed. */

import { arrange, ask, byId, clock, el, kept } from "./dom.js";
import { drawBlocks } from "./blocks.js";
import { menuButton } from "./menu.js";
import { date, mrkdwn } from "./text.js";
import { confirmed } from "./views.js";

/** Show messages in a list that stays at its end if it was there. */
export function showMessages(list, messages, scene) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const nodes = [];
  let day = "";
  for (const one of messages) {
    const today = date(one.at, "{date_long_pretty}");
    if (!scene.thread && today !== day) nodes.push(divider(list, today));
    day = today;
    nodes.push(node(list, one, scene));
  }
  arrange(list, nodes.length ? nodes : [empty(list, scene)]);
  if (atEnd) list.scrollTop = list.scrollHeight;
}

const divider = (list, day) =>
  kept(`${list.id}/day/${day}`, [], () => el("li", { className: "day" }, el("span", {}, day)));

const empty = (list, scene) =>
  kept(`${list.id}/empty`, [], () => el("li", { className: "empty" }, scene.loading ? "…" : "Nothing here yet."));

function node(list, one, scene) {
  const replies = scene.thread ? [] : scene.repliesOf(one);
  const key = `${list.id}/${one.channel}/${one.ts}`;
  return kept(key, [one, replies.length, scene.named, scene.opened === one.ts], () =>
    message(one, replies, scene));
}

function message(one, replies, scene) {
  const name = scene.names.user(one.user) ?? one.user;
  const isBot = scene.names.isBot(one.user);
  const fresh = scene.isFresh(one);
  return el("li",
    { className: ["message", one.private && "private", fresh && "fresh", scene.opened === one.ts && "opened"].filter(Boolean).join(" ") },
    avatar(name, isBot),
    el("article", { "aria-label": `${name}, ${clock(one.at)}` },
      one.private && el("p", { className: "eyes-only" }, "Only visible to you"),
      el("header", {},
        el("b", {}, name), isBot && el("span", { className: "app" }, "APP"),
        el("time", { dateTime: new Date(one.at * 1000).toISOString() }, clock(one.at)),
        el("a", { className: "json", href: `/messages/${one.channel}/${one.ts}.json`, target: "_blank", rel: "noopener noreferrer" },
          "JSON", el("span", { className: "unseen" }, ` of the message of ${clock(one.at)}`)),
        !one.private && !one.deleted && moreActions(one, scene)),
      content(one, scene),
      replies.length > 0 && threadButton(one, replies, scene)));
}

function content(one, scene) {
  if (one.deleted) return el("p", { className: "context" }, "This message was deleted.");
  const press = (pressed) =>
    ask("press", { channel: one.channel, ts: one.ts, ...pressed }).catch((error) => scene.fail(error.message));
  const body = one.blocks.length
    ? drawBlocks(one.blocks, { names: scene.names, press, confirm: confirmed })
    : [el("p", {}, mrkdwn(one.text, scene.names))];
  return el("div", { className: "blocks" }, body, one.edited && el("small", { className: "edited" }, "(edited)"));
}

/** The shortcuts of a message. One that only you see has none, as in Slack. */
function moreActions(one, scene) {
  const choose = (callbackId) =>
    ask("shortcut", { callback_id: callbackId, channel: one.channel, ts: one.ts }).catch((error) => scene.fail(error.message));
  const items = Object.entries(scene.shortcuts).map(([callbackId, label]) => ({ label, about: "Tocsin", press: () => choose(callbackId) }));
  return menuButton({ label: `More actions for the message of ${clock(one.at)}`, className: "quiet more", items });
}

function threadButton(one, replies, scene) {
  const words = replies.length === 1 ? "1 reply" : `${replies.length} replies`;
  return el("button", { type: "button", className: "replies", onclick: () => scene.openThread(one) },
    el("b", {}, words), el("span", {}, `last ${date(replies.at(-1).at, "{date_short_pretty} at {time}")}`));
}

function avatar(name, isBot) {
  if (!isBot) return el("span", { className: "avatar", "aria-hidden": "true" }, name[0].toUpperCase());
  const bell = document.querySelector(".brand .bell").cloneNode(true);
  return el("span", { className: "avatar bot", "aria-hidden": "true" }, bell);
}

/** Tell those who listen instead of looking. */
export function announce(one, names) {
  const where = names.channel(one.channel) ?? "a conversation";
  byId("announcer").textContent =
    `${names.user(one.user) ?? "Somebody"} in ${where}: ${one.text.replace(/\s+/g, " ").slice(0, 160)}`;
}
