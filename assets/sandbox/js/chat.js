// The chat with an account: title bar, messages, and at the bottom the account's menu or the keyboard.
import { h, button } from "./dom.js";
import { icon } from "./icons.js";
import { store } from "./store.js";
import { titleBar } from "./bar.js";
import { thread } from "./thread.js";
import { composer } from "./composer.js";

const TYPING_LOOK_MS = 3000;

export function chatScreen(phone, { appid }) {
  const account = store.account(appid);
  const mini = account.kind === "miniprogram";
  const info = button({ class: "bar-button", "aria-label": `${account.name}的资料`, onclick: () => phone.open("profile", { appid }) }, icon("person"));
  const bar = titleBar({ title: account.name, back: () => phone.back(), action: info });
  const act = {
    tapMenu: (id) => phone.act(appid, "tap", { key: id }),
    note: (words) => phone.toast(words),
  };
  const messages = thread(phone, account, act);
  const dock = composer(phone, account, { onSend: () => messages.toLatest() });
  const away = h("div", { class: "away", hidden: true }, h("span", {}, "没有关注这个公众号，发不了消息"),
    button({ class: "text-link", onclick: () => phone.open("profile", { appid }) }, "去关注"));

  const draw = () => {
    const standing = store.standing(phone.id, appid);
    bar.setTitle(standing.typing ? "对方正在输入…" : account.name);
    const open = mini || standing.subscribed;
    dock.element.hidden = !open;
    away.hidden = open;
    bar.setBack(store.accounts.reduce((sum, other) => sum + (other.appid === appid ? 0 : store.unread(phone.id, other.appid)), 0));
  };
  const mine = ({ person }) => person === phone.id && draw();
  const offs = [store.on("person", mine), store.on("chat", mine), store.on("seen", mine)];
  draw();
  store.refreshMenu(phone.id, appid).catch(() => {});
  // The notice of typing ends by itself, without a word from the simulator.
  const look = setInterval(() => {
    if (store.standing(phone.id, appid).typing) store.refreshPerson(phone.id).catch(() => {});
  }, TYPING_LOOK_MS);
  if (mini) phone.act(appid, "enter");

  return {
    element: h("div", { class: "chat" }, bar.element, h("div", { class: "chat-body" }, messages.elements), dock.element, away),
    heading: bar.heading,
    shown: messages.settle,
    write: dock.write,
    close: () => {
      for (const off of offs) off();
      clearInterval(look);
      messages.close();
      dock.close();
    },
  };
}
