// The first screen of WeChat: four tabs with the bar at the bottom.
import { h, button, setText } from "./dom.js";
import { icon } from "./icons.js";
import { store } from "./store.js";
import { titleBar } from "./bar.js";
import { chatList } from "./chatlist.js";
import { contacts } from "./contacts.js";
import { discover } from "./discover.js";
import { me } from "./me.js";

const TABS = [
  { name: "chats", label: "微信", icon: "chats", panel: chatList },
  { name: "contacts", label: "通讯录", icon: "people", panel: contacts },
  { name: "discover", label: "发现", icon: "compass", panel: discover },
  { name: "me", label: "我", icon: "person", panel: me },
];

export function home(phone) {
  const scan = button({ class: "bar-button", "aria-label": "扫一扫", title: "扫一扫", onclick: () => phone.open("scan") }, icon("scan"));
  const bar = titleBar({ title: "微信", action: scan });
  const uid = crypto.randomUUID?.() ?? String(Math.random());
  const tabs = TABS.map((tab) => {
    const badge = h("span", { class: "badge num", hidden: true });
    const panel = tab.panel(phone);
    panel.element.id = `${uid}-${tab.name}`;
    panel.element.setAttribute("role", "tabpanel");
    panel.element.setAttribute("aria-label", tab.label);
    panel.element.classList.add("panel");
    const key = button({ class: "tab", role: "tab", "aria-controls": panel.element.id, onclick: () => show(tab.name) },
      h("span", { class: "tab-icon" }, icon(tab.icon), badge), h("span", {}, tab.label));
    return { ...tab, key, badge, panel };
  });
  const list = h("div", { class: "tabs", role: "tablist", "aria-label": "微信" }, tabs.map(({ key }) => key));
  let current = "";

  function title() {
    const unread = store.accounts.reduce((sum, { appid }) => sum + store.unread(phone.id, appid), 0);
    const { badge, key } = tabs[0];
    badge.hidden = unread === 0;
    setText(badge, unread > 99 ? "99+" : String(unread));
    key.setAttribute("aria-label", unread > 0 ? `微信，${unread} 条未读` : "微信");
    const words = TABS.find(({ name }) => name === current)?.label ?? "微信";
    bar.setTitle(current === "chats" && unread > 0 ? `微信(${unread})` : words);
  }

  function show(name) {
    current = name;
    for (const { name: own, key, panel } of tabs) {
      const on = own === name;
      key.setAttribute("aria-selected", String(on));
      key.tabIndex = on ? 0 : -1;
      panel.element.hidden = !on;
      if (on) panel.shown?.();
    }
    scan.hidden = name !== "chats";
    title();
    if (name === "me") phone.dispatchEvent(new CustomEvent("screen", { detail: "me" }));
  }

  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(TABS.findIndex(({ name }) => name === current) + step + tabs.length) % tabs.length];
    show(next.name);
    next.key.focus();
  });
  const offs = [store.on("chat", ({ person }) => person === phone.id && title()), store.on("seen", ({ person }) => person === phone.id && title())];
  show("chats");

  return {
    element: h("div", { class: "home" }, bar.element, tabs.map(({ panel }) => panel.element), list),
    heading: bar.heading,
    show,
    shown: () => tabs.find(({ name }) => name === current).panel.shown?.(),
    close: () => {
      for (const off of offs) off();
      for (const { panel } of tabs) panel.close?.();
    },
  };
}
