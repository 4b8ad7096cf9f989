// Text of a message: line breaks, links, msgmenu links and WeChat's [表情], built as nodes. Foreign markup is never parsed as HTML.
import { h, button } from "./dom.js";
import { emojiFor } from "./emoji.js";

const TOKEN = /<a\s+([^<>]*)>([\s\S]*?)<\/a>|(https?:\/\/[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]*[A-Za-z0-9\-_~/#@$&*+=%])|(\[[\u4e00-\u9fa5A-Za-z]{1,4}\])/gi;
const ATTRIBUTE = /([a-z][\w-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi;
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", nbsp: "\u00a0" };

const unescape = (text) => text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (whole, name) => ENTITIES[name] ?? whole);

function attributesOf(source) {
  const found = {};
  for (const [, name, double, single, bare] of source.matchAll(ATTRIBUTE)) {
    found[name.toLowerCase()] = unescape(double ?? single ?? bare ?? "");
  }
  return found;
}

/** An address that may be opened: http or https, nothing else. */
export function safeUrl(address) {
  try {
    const url = new URL(address, location.href);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}

function menuLink(address) {
  const match = /^weixin:\/\/bizmsgmenu\?(.*)$/i.exec(address);
  if (!match) return null;
  const values = new URLSearchParams(match[1]);
  return { id: values.get("msgmenuid") ?? "", content: values.get("msgmenucontent") ?? "" };
}

/** A link that opens in a new tab, as WeChat opens its browser. */
export function outLink(address, attributes, ...children) {
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer", ...attributes }, ...children);
}

function anchor(source, words, act) {
  const attributes = attributesOf(source);
    if (attributes["data-miniprogram-appid"]) {
    return button({ class: "text-link", onclick: () => act.note(`在微信里会打开小程序 ${attributes["data-miniprogram-path"] ?? ""}`) }, words);
  }
  const menu = menuLink(attributes.href ?? "");
  if (menu) return button({ class: "text-link", onclick: () => act.tapMenu(menu.id, menu.content || words) }, words);
  const address = attributes.href ? safeUrl(attributes.href) : null;
  return address ? outLink(address, { class: "text-link" }, words) : document.createTextNode(words);
}

/**
 * Nodes for a message's text. `act.tapMenu(id, content)` is called for a tapped msgmenu link, `act.note(words)` where only words
 * can answer.
 */
export function richText(text, act) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, attributes, label, address, code] = match;
    if (match.index > end) nodes.push(document.createTextNode(text.slice(end, match.index)));
    end = match.index + whole.length;
    if (attributes !== undefined) nodes.push(anchor(attributes, label, act));
    else if (address) nodes.push(outLink(address, { class: "text-link" }, address));
    else nodes.push(emojiFor(code) ? h("span", { class: "emoji", role: "img", "aria-label": code }, emojiFor(code)) : document.createTextNode(code));
  }
  if (end < text.length) nodes.push(document.createTextNode(text.slice(end)));
  return nodes;
}

/** The same text on one line, for the chat list and for screen readers. */
export function plainText(text) {
  return text.replace(/<a\s+[^<>]*>([\s\S]*?)<\/a>/gi, "$1").replace(/\s+/g, " ").trim();
}
