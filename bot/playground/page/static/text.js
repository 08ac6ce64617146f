/* Slack's texts: mrkdwn, plain text, dates and emoji, as nodes. */

import { el, link } from "./dom.js";

const EMOJI = {
  warning: "⚠️", red_circle: "🔴", rotating_light: "🚨", white_check_mark: "✅", heavy_check_mark: "✔️",
  bell: "🔔", no_bell: "🔕", hourglass: "⌛", hourglass_flowing_sand: "⏳", tada: "🎉", eyes: "👀", x: "❌",
  information_source: "ℹ️", mag: "🔍", thread: "🧵", speech_balloon: "💬", "+1": "👍", thumbsup: "👍",
  "-1": "👎", fire: "🔥", rocket: "🚀", lock: "🔒", wave: "👋", heart: "❤️", large_green_circle: "🟢",
  large_yellow_circle: "🟡", large_blue_circle: "🔵", arrow_right: "➡️", calendar: "📅", link: "🔗",
};

const MRKDWN = new RegExp(
  "```\\n?([\\s\\S]+?)\\n?```" +
    "|`([^`\\n]+)`" +
    "|<([^<>\\n]+)>" +
    "|(?<![\\w*_~])([*_~])(?=\\S)([^\\n]*?\\S)\\4(?!\\w)" +
    "|:([a-z0-9_+-]+):" +
    "|(\\n)",
  "g",
);
const STYLES = { "*": "strong", _: "em", "~": "s" };

export const emoji = (name) =>
  EMOJI[name] ? el("span", { className: "emoji", role: "img", "aria-label": name }, EMOJI[name]) : `:${name}:`;

/** Undo Slack's three escapes, the ampersand last so that nothing is undone twice. */
const unescaped = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** The nodes of a text object. */
export function textObject(text, names) {
  if (!text) return [];
  if (typeof text === "string") return [text];
  return text.type === "mrkdwn" ? mrkdwn(text.text, names) : plain(text.text, text.emoji !== false);
}

/** Plain text: only emoji names are read, and only where Slack does. */
function plain(text, withEmoji) {
  if (!withEmoji) return [text];
  return text.split(/(:[a-z0-9_+-]+:)/).map((part) => (/^:.+:$/.test(part) ? emoji(part.slice(1, -1)) : part));
}

/** The nodes of mrkdwn. */
export function mrkdwn(text, names) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(MRKDWN)) {
    nodes.push(unescaped(text.slice(from, found.index)), marked(found, names));
    from = found.index + found[0].length;
  }
  return [...nodes, unescaped(text.slice(from))];
}

function marked([, fence, code, token, mark, styled, name, newline], names) {
  if (fence) return el("pre", {}, unescaped(fence));
  if (code) return el("code", {}, unescaped(code));
  if (token) return mention(token, names);
  if (mark) return el(STYLES[mark], {}, mrkdwn(styled, names));
  if (name) return emoji(name);
  return newline ? el("br") : "";
}

/** What `<token>` shows: a link, a person, a channel, a date. */
function mention(token, names) {
  const bar = token.indexOf("|");
  const target = bar < 0 ? token : token.slice(0, bar);
  const label = bar < 0 ? "" : unescaped(token.slice(bar + 1));
  if (target[0] === "@") return person(target.slice(1), names, label);
  if (target[0] === "#") return channel(target.slice(1), names, label);
  if (target.startsWith("!date^")) {
    const [, seconds, format, url] = target.split("^");
    const words = date(Number(seconds), format) ?? label;
    return url ? link(unescaped(url), words) : el("time", { title: label }, words);
  }
  if (target[0] === "!") return el("span", { className: "mention" }, `@${label || target.slice(1).split("^")[0]}`);
  return link(unescaped(target), label);
}

export const person = (id, names, label = "") =>
  el("span", { className: "mention" }, `@${names.user(id) ?? (label || id)}`);

export const channel = (id, names, label = "") =>
  el("span", { className: "mention" }, `#${names.channel(id) ?? (label || id)}`);

/** A moment in Slack's format for dates, in the zone of the reader. */
export function date(seconds, format = "{date_short_pretty} at {time}") {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return null;
  const show = (options) => at.toLocaleDateString([], options);
  const long = { weekday: "long", year: "numeric", month: "long", day: "numeric" };
  const short = { year: "numeric", month: "short", day: "numeric" };
  const shown = {
    date_num: at.toISOString().slice(0, 10),
    date: show({ year: "numeric", month: "long", day: "numeric" }),
    date_short: show(short),
    date_long: show(long),
    date_pretty: near(at) ?? show({ year: "numeric", month: "long", day: "numeric" }),
    date_short_pretty: near(at) ?? show(short),
    date_long_pretty: near(at) ?? show(long),
    time: at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }),
    time_secs: at.toLocaleTimeString(),
  };
  return format.replace(/\{(\w+)\}/g, (whole, name) => shown[name] ?? whole);
}

function near(at) {
  const day = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
  const days = Math.round((day(new Date()) - day(at)) / 86_400_000);
  return { 0: "today", 1: "yesterday", [-1]: "tomorrow" }[days];
}
