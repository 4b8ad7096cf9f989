// The desk on which the phones lie: which are open (kept in the address), which is in front on a narrow screen.
import { h, button, keep, setText, unseen } from "./dom.js";
import { Phone } from "./phone.js";
import { personFace } from "./faces.js";
import { roleOf } from "./roles.js";
import { store } from "./store.js";

/** Whether one phone fills the page. */
export const NARROW = matchMedia("(max-width: 719px)");

export class Desk extends EventTarget {
  #phones = new Map();
  #row;
  #strip;
  #front = null;
  #blank;

  constructor(row, strip) {
    super();
    this.#row = row;
    this.#strip = strip;
    this.#blank = h("div", { class: "desk-blank", hidden: true });
    row.append(this.#blank);
    for (const kind of ["people", "chat", "seen", "accounts"]) store.on(kind, () => this.#label());
  }

  get ids() {
    return [...this.#phones.keys()];
  }
  phone(id) {
    return this.#phones.get(id);
  }
  get phones() {
    return [...this.#phones.values()];
  }
  get front() {
    return this.#phones.get(this.#front);
  }

  /** Opens a person's phone (or finds it) and brings it to the front. */
  open(id, { focus = true } = {}) {
    if (!this.#phones.has(id)) {
      const phone = new Phone(id, { onClose: () => this.close(id) });
      this.#phones.set(id, phone);
      this.#row.append(phone.element);
      phone.addEventListener("screen", (event) => this.dispatchEvent(new CustomEvent("screen", { detail: { person: id, name: event.detail } })));
      phone.addEventListener("steps", () => this.#stepped(id));
      const follows = store.accounts.filter(({ appid }) => store.standing(id, appid).subscribed);
      if (follows.length === 1) phone.openChat(follows[0].appid, { focus: false });
    }
    this.bring(id, focus);
    this.#changed();
    return this.#phones.get(id);
  }

  close(id) {
    const at = this.ids.indexOf(id);
    this.#phones.get(id)?.close();
    this.#phones.delete(id);
    const next = this.ids[Math.min(at, this.ids.length - 1)];
    if (this.#front === id) this.#front = null;
    if (next) this.bring(next);
    this.#changed();
  }

  bring(id, scroll = true) {
    this.#front = id;
    for (const [own, phone] of this.#phones) phone.element.classList.toggle("phone--front", own === id);
    const element = this.#phones.get(id)?.element;
    if (scroll && !NARROW.matches) element?.scrollIntoView({ behavior: "smooth", block: "nearest", inline: "nearest" });
    this.#phones.get(id)?.top?.screen.shown?.();
    this.#label();
    this.#strip.querySelector("[aria-pressed=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.#stepped(id);
  }

  #stepped(id) {
    if (id === this.#front) this.dispatchEvent(new Event("steps"));
  }

  /** What stands on the desk when no phone is open. */
  say(...content) {
    this.#blank.replaceChildren(...content);
    this.#blank.hidden = this.#phones.size > 0;
  }

  /** Keeps in the address which phones are open. */
  writeAddress() {
    const address = new URL(location.href);
    if (this.ids.length > 0) address.searchParams.set("people", this.ids.join(","));
    else address.searchParams.delete("people");
    history.replaceState(history.state, "", address.href.replaceAll("%2C", ","));
  }

  #changed() {
    this.writeAddress();
    this.#blank.hidden = this.#phones.size > 0;
    this.#label();
    this.dispatchEvent(new Event("phones"));
  }

  #label() {
    for (const [id, phone] of this.#phones) {
      phone.role.hidden = store.accounts.length === 0;
      setText(phone.role, roleOf(id));
      phone.role.classList.toggle("chip--guide", roleOf(id) === "导购");
    }
    keep(this.#strip, this.phones, ({ id }) => id, (phone) => this.#tab(phone), (tab, phone) => {
      const unread = store.accounts.reduce((sum, { appid }) => sum + store.unread(phone.id, appid), 0);
      const front = phone.id === this.#front;
      tab.key.setAttribute("aria-pressed", String(front));
      tab.dot.hidden = unread === 0 || front;
      setText(tab.unread, unread > 0 ? `，${unread} 条未读` : "");
    });
  }

  #tab(phone) {
    const item = h("li", {});
    item.dot = h("span", { class: "badge badge--dot", hidden: true });
    item.unread = unseen("");
    item.key = button({ class: "strip-key", onclick: () => this.bring(phone.id) },
      personFace(phone.name), h("span", { class: "strip-name" }, phone.name), item.dot, item.unread);
    item.append(item.key);
    return item;
  }
}
