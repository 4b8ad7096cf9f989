// One message of a chat as WeChat draws it: who, bubble or card, state; and its words for list and screen reader.
import { h, button, unseen } from "./dom.js";
import { accountFace, personFace } from "./faces.js";
import { imageBody, videoBody, voiceBody } from "./media.js";
import { askCard, couponCard, linkCard, locationCard, miniProgramCard, musicCard, newsCard, noticeCard } from "./cards.js";
import { plainText, richText } from "./richtext.js";

const NAMES = {
  image: "[图片]", voice: "[语音]", video: "[视频]", shortvideo: "[小视频]", mpvideo: "[视频]", location: "[位置]", music: "[音乐]",
  link: "[链接]", news: "[图文]", mpnews: "[图文]", mpnewsarticle: "[图文]", miniprogrampage: "[小程序]", wxcard: "[卡券]",
};
const FAILURE = /故障|无法提供服务|暂时无法/;

export const textOf = (item) => item.text ?? item.content ?? "";

/** A line for the chat list. */
export function summary(item) {
  const type = item.msgtype;
  if (type === "text" || item.from === "system") return plainText(textOf(item));
  if (type === "msgmenu") return plainText(item.head_content || "[菜单]");
  if (type === "template" || type === "subscribe") return `[${type === "subscribe" ? "订阅通知" : "服务通知"}] ${item.title ?? ""}`.trim();
  const title = item.title ?? item.articles?.[0]?.title ?? item.label ?? "";
  return `${NAMES[type] ?? "[消息]"}${title ? ` ${title}` : ""}`;
}

/** `plain` bodies stand without a bubble. */
function body(item, phone, act) {
  switch (item.msgtype) {
    case "text": return { node: h("span", { class: "words" }, richText(textOf(item), act)) };
    case "image": return { node: imageBody(item, phone), plain: true };
    case "voice": return { node: voiceBody(item) };
    case "video": case "shortvideo": case "mpvideo": return { node: videoBody(item, phone), plain: true };
    case "location": return { node: locationCard(item), plain: true };
    case "link": return { node: linkCard(item), plain: true };
    case "miniprogrampage": return { node: miniProgramCard(item, phone), plain: true };
    case "music": return { node: musicCard(item), plain: true };
    case "msgmenu": return { node: askCard(item, phone, act) };
    case "news": case "mpnews": case "mpnewsarticle": return { node: newsCard(item), plain: true, wide: true };
    case "template": case "subscribe": return { node: noticeCard(item), plain: true, wide: true };
    case "wxcard": return { node: couponCard(item), plain: true };
    default: return { node: h("span", { class: "words words--odd" }, `[这种消息在这里看不到：${item.msgtype}]`) };
  }
}

const VIA = { passive: "被动回复 · 不占条数", kf: "客服消息", template: "模板消息", subscribe: "订阅通知", mass: "群发" };

function systemLine(item) {
  const words = textOf(item);
  const failed = item.msgtype === "failure" || FAILURE.test(words);
  return h("p", { class: failed ? "note note--failed" : "note" }, h("span", {}, words));
}

function face(item, phone, account) {
  if (item.from === "person") return personFace(phone.name);
  // The title bar leads to the same page; a stop at every message would only be in the way of the keyboard.
  const open = () => phone.open("profile", { appid: account.appid });
  return button({ class: "face-button", tabindex: -1, "aria-hidden": "true", onclick: open }, accountFace(account));
}

/** The message as a row of the thread. `act` answers taps inside it (see richText). */
export function bubble(item, phone, account, act) {
  if (item.from === "system") return systemLine(item);
  const own = item.from === "person";
  const { node, plain = false, wide = false } = body(item, phone, act);
  if (wide && !own) return h("div", { class: "row row--wide", "data-via": VIA[item.via] }, unseen(`${account?.name ?? ""}：`), node);
  return h("div", { class: own ? "row row--own" : "row", "data-via": own ? null : VIA[item.via] },
    face(item, phone, account),
    h("div", { class: plain ? "body" : "bubble" }, unseen(`${own ? phone.name : account?.name ?? ""}：`), node),
    h("span", { class: "state" }));
}
