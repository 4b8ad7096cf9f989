// The page of an account: 关注, 发消息, 不再关注, and whether its messages are accepted. After a scan it carries the code.
import { h, button, setText, unseen } from "./dom.js";
import { icon } from "./icons.js";
import { store } from "./store.js";
import { titleBar } from "./bar.js";
import { accountFace } from "./faces.js";

const KINDS = { service: "服务号", subscription: "订阅号", miniprogram: "小程序" };
const MODES = { plain: "明文", compatible: "兼容", secure: "安全（加密）" };

const fact = (label, value, code = false) =>
  h("li", { class: "cell cell--fact" }, h("span", { class: "cell-name" }, label), h("span", { class: code ? "cell-note code" : "cell-note" }, value));

/** `ticket` is that of the code that led here; following then happens through the code. */
export function profile(phone, { appid, ticket = null }) {
  const account = store.account(appid);
  const mini = account.kind === "miniprogram";
  const bar = titleBar({ title: unseen(`${account.name}的资料`), back: () => phone.back() });
  const follow = button({ class: "fill-button", onclick: () => join() }, ticket ? "关注公众号" : "关注");
  const write = button({ class: "cell cell--act", onclick: () => phone.openChat(appid) }, icon("chats"), h("span", {}, mini ? "进入客服会话" : "发消息"));
  const accept = h("input", { type: "checkbox", role: "switch", class: "switch", "aria-label": "接收消息" });
  const leave = button({ class: "cell cell--act cell--danger", onclick: () => part() }, "不再关注");
  const acceptCell = h("label", { class: "cell cell--fact" }, h("span", { class: "cell-name" }, "接收消息"), accept);
  const origin = h("p", { class: "group-words" }, ticket ? "来自你刚扫的码：关注后，公众号会知道是哪一张码。" : "");

  async function join() {
    follow.disabled = true;
    const done = ticket ? await phone.act(appid, "scan", { ticket }) : await phone.act(appid, "follow");
    follow.disabled = false;
    if (done) phone.openChat(appid);
  }

  async function part() {
    const sure = await phone.sheet(`不再关注「${account.name}」后，将不再收到它的消息，聊天也从列表里消失。`,
      [{ label: "不再关注", value: true, danger: true }]);
    if (sure && await phone.act(appid, "unfollow")) {
      phone.toast("已不再关注");
      phone.open("home");
    }
  }

  accept.addEventListener("change", async () => {
    const wanted = accept.checked;
    if (!await phone.act(appid, wanted ? "unblock" : "block")) accept.checked = !wanted;
  });

  const words = h("p", { class: "profile-words" });
  function draw() {
    const { subscribed, blocked } = store.standing(phone.id, appid);
    setText(words, `${KINDS[account.kind] ?? account.kind}${mini ? "" : subscribed ? " · 已关注" : " · 未关注"}`);
    follow.hidden = subscribed || mini;
    write.hidden = !subscribed && !mini;
    leave.hidden = !subscribed || mini;
    acceptCell.hidden = !subscribed || mini;
    accept.checked = !blocked;
    origin.hidden = subscribed || !ticket;
  }
  const off = store.on("person", ({ person }) => person === phone.id && draw());
  draw();

  return {
    element: h("div", { class: "profile" }, bar.element, h("div", { class: "panel" },
      h("div", { class: "profile-head" }, accountFace(account), h("div", {}, h("strong", {}, account.name), words)),
      h("div", { class: "profile-acts" }, follow), origin, write,
      h("ul", { class: "cells cells--apart" }, h("li", {}, acceptCell), fact("AppID", account.appid, true),
        fact("消息加密", MODES[account.mode] ?? account.mode)),
      leave)),
    heading: bar.heading,
    close: off,
  };
}
