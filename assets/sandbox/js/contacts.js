// 通讯录: the accounts that can be found in this simulator, followed or not.
import { h, button, keep, setText } from "./dom.js";
import { icon } from "./icons.js";
import { store } from "./store.js";
import { accountFace } from "./faces.js";

export function contacts(phone) {
  const list = h("ul", { class: "cells" });
  const none = h("p", { class: "blank-words blank" }, "还没有接入公众号");
  const element = h("div", {}, h("h3", { class: "group-title" }, "公众号与小程序"), list, none);

  const make = (account) => {
    const note = h("span", { class: "cell-note" });
    const made = h("li", {}, button({ class: "cell cell--face", onclick: () => phone.open("profile", { appid: account.appid }) },
      accountFace(account), h("span", { class: "cell-name" }, account.name), note, icon("chevron")));
    made.note = note;
    return made;
  };
  const refresh = (made, { appid, kind }) => {
    const followed = store.standing(phone.id, appid).subscribed ? "已关注" : "未关注";
    setText(made.note, kind === "miniprogram" ? "小程序" : followed);
  };
  const draw = () => {
    keep(list, store.accounts, ({ appid }) => appid, make, refresh);
    none.hidden = store.accounts.length > 0;
  };

  const offs = [store.on("accounts", draw), store.on("person", ({ person }) => person === phone.id && draw())];
  draw();
  return { element, close: () => offs.forEach((off) => off()) };
}
