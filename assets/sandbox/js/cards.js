// Messages that are cards: articles, links, mini-programs, places, music, notices, and the menu that asks.
import { h, button } from "./dom.js";
import { icon } from "./icons.js";
import { picture, pictureUrl } from "./media.js";
import { outLink, richText, safeUrl } from "./richtext.js";

/** A card that opens `address` when it may be opened, else stands still. */
function openable(address, attributes, ...children) {
  const url = address ? safeUrl(address) : null;
  return url ? outLink(url, attributes, ...children) : h("div", attributes, ...children);
}

export function newsCard(item) {
  const [first, ...rest] = item.articles ?? [{ title: item.title, description: item.description, url: item.url, pic_url: item.pic_url }];
  const cover = (article) => pictureUrl(article.media_id, article.pic_url ?? article.picurl);
  const alone = rest.length === 0;
  return h("div", { class: "news" },
    openable(first?.url, { class: "news-lead" },
      h("span", { class: "news-cover" }, picture(cover(first ?? {}), "")),
      h("span", { class: alone ? "news-title" : "news-title news-title--over" }, first?.title || "（无标题）"),
      alone && first?.description ? h("span", { class: "news-words" }, first.description) : null),
    rest.map((article) => openable(article.url, { class: "news-row" },
      h("span", {}, article.title || "（无标题）"),
      h("span", { class: "news-thumb" }, picture(cover(article), "")))));
}

export function linkCard(item) {
  return openable(item.url, { class: "card" },
    h("span", { class: "card-title" }, item.title || item.url || "链接"),
    h("span", { class: "card-body" },
      h("span", { class: "card-words" }, item.description || item.url || ""),
      h("span", { class: "card-thumb" }, item.thumb_url ? picture(pictureUrl(null, item.thumb_url), "") : icon("link"))));
}

export function miniProgramCard(item, phone) {
  const path = item.pagepath ?? item.page_path ?? "";
  const cover = pictureUrl(item.thumb_media_id, item.thumb_url);
  return button({ class: "card card--mini", onclick: () => phone.toast(`在微信里会打开小程序 ${path}`) },
    h("span", { class: "card-from" }, icon("mini"), item.appname || "小程序"),
    h("span", { class: "card-title" }, item.title || "小程序卡片"),
    h("span", { class: "card-cover" }, cover ? picture(cover, "") : icon("mini")),
    h("span", { class: "card-foot" }, icon("mini"), "小程序"));
}

const coordinate = (value) => Number(value).toFixed(4);

export function locationCard(item) {
  const [latitude, longitude] = [item.location_x ?? item.latitude, item.location_y ?? item.longitude];
  return h("div", { class: "place" },
    h("span", { class: "place-name" }, item.label || "位置"),
    h("span", { class: "place-words num" }, `${coordinate(latitude)}, ${coordinate(longitude)}`),
    h("span", { class: "place-map", "aria-hidden": "true" }, icon("pin")));
}

export function musicCard(item) {
  return openable(item.hqmusicurl || item.musicurl || item.hq_music_url || item.music_url, { class: "card card--music" },
    h("span", { class: "card-body" },
      h("span", {}, h("span", { class: "card-title" }, item.title || "音乐"), h("span", { class: "card-words" }, item.description ?? "")),
      h("span", { class: "card-thumb" }, item.thumb_media_id ? picture(pictureUrl(item.thumb_media_id), "") : icon("play"))));
}

/** "商品：豆芽 5 Pro" as name and value; a line without a name stands alone. */
function noticeRow(line) {
  const match = /^\s*([^：:\s][^：:]{0,11})[：:]\s*(.*)$/.exec(line);
  return match ? h("div", {}, h("dt", {}, match[1]), h("dd", {}, match[2])) : h("div", { class: "notice-line" }, h("dd", {}, line));
}

/** A template message or subscription notice; `text` is its template with the values filled in. */
export function noticeCard(item) {
  const words = item.via === "subscribe" ? "订阅通知" : "服务通知";
  const more = item.miniprogram ? "进入小程序查看" : "详情";
  const target = item.url || item.page;
  const lines = (item.text ?? "").split("\n").filter((line) => line.trim() !== "");
  return openable(target, { class: "notice" },
    h("strong", { class: "notice-title" }, item.title || words),
    h("dl", {}, lines.map(noticeRow)),
    target || item.miniprogram ? h("span", { class: "notice-more" }, more, icon("chevron")) : null);
}

export function askCard(item, phone, act) {
  return h("div", { class: "ask" },
    item.head_content ? h("p", {}, richText(item.head_content, act)) : null,
    h("ul", {}, (item.list ?? []).map(({ id, content }) =>
      h("li", {}, button({ class: "text-link", onclick: () => act.tapMenu(String(id), content) }, content)))),
    item.tail_content ? h("p", {}, richText(item.tail_content, act)) : null);
}

export function couponCard(item) {
  return h("div", { class: "card" }, h("span", { class: "card-title" }, item.title || "微信卡券"),
    h("span", { class: "card-words" }, item.card_id ?? ""));
}
