// 我: who this person is to each account, and what each account may still send, counted down.
import { h, button, keep, setText, unseen } from "./dom.js";
import { icon } from "./icons.js";
import { clock, timeLeft, toMs } from "./time.js";
import { store } from "./store.js";
import { personFace, accountFace } from "./faces.js";

const TRIGGERS = { message: "我发过消息", menu: "我点过菜单", follow: "我刚关注", scan: "我刚扫码", enter: "我进入了客服会话" };
const FULL = { message: 5, enter: 2 };
const SOON_MS = 2 * 3_600_000;

async function copy(phone, words, what) {
  try {
    await navigator.clipboard.writeText(words);
    phone.toast(`已复制${what}`);
  } catch {
    phone.toast("浏览器不让复制，请手动选取", true);
  }
}

function copyCell(phone, label, value, what) {
  return h("li", {}, button({ class: "cell cell--fact", title: "点一下复制", onclick: () => copy(phone, value, what) },
    h("span", { class: "cell-name" }, label), h("span", { class: "cell-note code" }, value), icon("copy"), unseen("，复制")));
}

function windowRow() {
  const row = h("li", { class: "window" });
  row.name = h("span", { class: "window-name" });
  row.dots = h("span", { class: "dots", "aria-hidden": "true" });
  row.words = h("span", { class: "window-words num" });
  row.append(row.name, row.dots, row.words);
  return row;
}

function showWindow(row, { trigger, until, remaining }) {
  const left = toMs(until) - clock.now();
  setText(row.name, TRIGGERS[trigger] ?? trigger);
  const unlimited = remaining === null || remaining === undefined;
  const dots = unlimited ? 0 : Math.max(remaining, FULL[trigger] ?? 3);
  if (row.dots.children.length !== dots || row.dots.dataset.left !== String(remaining)) {
    row.dots.replaceChildren(...Array.from({ length: dots }, (_, at) => h("i", { class: at < remaining ? "" : "off" })));
    row.dots.dataset.left = String(remaining);
  }
  setText(row.words, unlimited ? `条数不限 · 剩 ${timeLeft(left)}` : `还可发 ${remaining} 条 · 剩 ${timeLeft(left)}`);
  row.classList.toggle("window--low", !unlimited && (remaining < 2 || (left < SOON_MS && left > 0)));
}

function accountBlock(account, phone) {
  const element = h("li", { class: "block" });
  element.state = h("span", { class: "cell-note" });
  element.windows = h("ul", { class: "windows" });
  element.shut = h("p", { class: "windows-none" });
  element.openidCell = copyCell(phone, "OpenID", store.openid(phone.id, account.appid), " OpenID");
  element.append(
    h("div", { class: "cell cell--face" }, accountFace(account), h("span", { class: "cell-name" }, account.name), element.state),
    h("ul", { class: "cells" }, element.openidCell),
    h("div", { class: "windows-box" }, h("h3", {}, "公众号现在还能主动发给我"), element.windows, element.shut));
  return element;
}

function showAccount(element, account, phone) {
  const { subscribed, blocked, windows = [] } = store.standing(phone.id, account.appid);
  const kind = account.kind === "miniprogram" ? "小程序" : subscribed ? "已关注" : "未关注";
  setText(element.state, blocked ? `${kind} · 已拒收` : kind);
  const open = windows.filter(({ until }) => toMs(until) > clock.now());
  keep(element.windows, open, ({ trigger }) => trigger, windowRow, showWindow);
  element.shut.hidden = open.length > 0;
  setText(element.shut, subscribed || account.kind === "miniprogram"
    ? "一条也不能。等这个人发来消息、点菜单或扫码，窗口才会再打开；回复当下这条消息不占条数。"
    : "没有关注，什么都发不过来。");
}

export function me(phone) {
  const list = h("ul", { class: "blocks" });
  const element = h("div", {},
    h("div", { class: "me-head" }, personFace(phone.name), h("div", {}, h("strong", {}, phone.name), h("span", { class: "code" }, `模拟用户 ${phone.id}`))),
    h("ul", { class: "cells cells--apart" }, copyCell(phone, "UnionID", store.person(phone.id)?.unionid ?? "", " UnionID")), list);

  const draw = () => {
    if (element.hidden) return;
    keep(list, store.accounts, ({ appid }) => appid, (account) => accountBlock(account, phone), (made, account) => showAccount(made, account, phone));
  };
  clock.addEventListener("tick", draw);
  const offs = [store.on("accounts", draw), store.on("person", ({ person }) => person === phone.id && draw())];
  return {
    element,
    shown: () => {
      draw();
      store.refreshPerson(phone.id).catch(() => {});
    },
    close: () => {
      clock.removeEventListener("tick", draw);
      offs.forEach((off) => off());
    },
  };
}
