// The account's menu at the bottom of its chat: up to three keys, each may unfold up to five.
import { h, button } from "./dom.js";
import { icon } from "./icons.js";
import { store } from "./store.js";
import { safeUrl } from "./richtext.js";

export function menuBar(phone, account) {
  const { appid } = account;
  const element = h("div", { class: "menu" });
  let unfolded = null;

  function close() {
    if (!unfolded) return;
    unfolded.list.remove();
    unfolded.key.setAttribute("aria-expanded", "false");
    unfolded = null;
  }

  async function tap(item) {
    close();
    if (item.type === "view") {
      const url = safeUrl(item.url ?? "");
      if (url) window.open(url, "_blank", "noopener,noreferrer");
    }
    if (item.type === "miniprogram") phone.toast(`在微信里会打开小程序 ${item.pagepath ?? ""}`);
    await phone.act(appid, "tap", { key: item.key || item.url || item.pagepath || item.media_id || item.article_id || item.name });
  }

  function unfold(key, items) {
    const again = unfolded?.key === key;
    close();
    if (again) return;
    const list = h("ul", { class: "menu-list", "aria-label": key.textContent },
      items.map((item) => h("li", {}, button({ class: "menu-item", onclick: () => { tap(item); key.focus({ preventScroll: true }); } }, item.name))));
    key.parentElement.append(list);
    key.setAttribute("aria-expanded", "true");
    unfolded = { key, list };
  }

  function draw() {
    close();
    element.replaceChildren(...store.menu(phone.id, appid).map((item) => {
      const items = Array.isArray(item.sub_button) ? item.sub_button : item.sub_button?.list ?? [];
      const folder = items.length > 0;
      const key = button({ class: "menu-key", "aria-expanded": folder ? "false" : null, onclick: () => (folder ? unfold(key, items) : tap(item)) },
        folder ? icon("menu") : null, h("span", {}, item.name));
      return h("div", { class: "menu-slot" }, key);
    }));
  }

  const outside = (event) => {
    if (unfolded && !unfolded.key.parentElement.contains(event.target)) close();
  };
  document.addEventListener("pointerdown", outside);
  return { element, draw, close, stop: () => document.removeEventListener("pointerdown", outside) };
}
