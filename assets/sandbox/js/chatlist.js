// 微信: the chats of this person, newest first.
import { h, button, keep, setText } from "./dom.js";
import { icon } from "./icons.js";
import { clock, listTime } from "./time.js";
import { store } from "./store.js";
import { summary } from "./bubbles.js";
import { accountFace } from "./faces.js";

function cell(account, phone) {
  const part = {
    badge: h("span", { class: "badge num", hidden: true }), name: h("span", { class: "chat-name" }),
    time: h("time", { class: "chat-time" }), words: h("span", { class: "chat-words" }),
  };
  const element = h("li", {}, button({ class: "chat-cell", onclick: () => phone.openChat(account.appid) },
    h("span", { class: "chat-face" }, accountFace(account), part.badge),
    h("span", { class: "chat-top" }, part.name, part.time), part.words));
  element.parts = part;
  return element;
}

function refresh(element, account, phone) {
  const { badge, name, time, words } = element.parts;
  const last = store.chat(phone.id, account.appid).items.at(-1);
  const unread = store.unread(phone.id, account.appid);
  badge.hidden = unread === 0;
  setText(badge, unread > 99 ? "99+" : String(unread));
  badge.setAttribute("aria-label", `${unread} 条未读`);
  setText(name, account.name);
  setText(time, last ? listTime(last.at, clock.now()) : "");
  setText(words, last ? summary(last) : account.kind === "miniprogram" ? "客服会话" : "你已关注，可以开始对话");
}

export function chatList(phone) {
  const list = h("ul", { class: "cells" });
  const empty = h("div", { class: "blank", hidden: true },
    h("p", {}, "还没有消息"),
    h("p", { class: "blank-words" }, "扫一扫导购的码，或在「通讯录」里找到公众号并关注"),
    button({ class: "fill-button", onclick: () => phone.open("scan") }, icon("scan"), "扫一扫"));
  const none = h("div", { class: "blank", hidden: true },
    h("p", {}, "还没有接入公众号"), h("p", { class: "blank-words" }, "接入之后，它会出现在这里"));
  const element = h("div", {}, list, empty, none);

  function draw() {
    const shown = store.accounts.filter(({ appid, kind }) => {
      const chat = store.chat(phone.id, appid);
      return kind === "miniprogram" ? chat.items.length > 0 : store.standing(phone.id, appid).subscribed;
    });
    const lastAt = ({ appid }) => store.chat(phone.id, appid).items.at(-1)?.at ?? 0;
    shown.sort((one, other) => lastAt(other) - lastAt(one));
    keep(list, shown, ({ appid }) => appid, (account) => cell(account, phone), (cellElement, account) => refresh(cellElement, account, phone));
    empty.hidden = shown.length > 0 || store.accounts.length === 0;
    none.hidden = store.accounts.length > 0;
  }

  const mine = ({ person }) => person === phone.id && draw();
  const offs = [store.on("accounts", draw), store.on("person", mine), store.on("chat", mine), store.on("seen", mine)];
  draw();
  return { element, shown: draw, close: () => offs.forEach((off) => off()) };
}
