// One phone: its frame, its stack of screens, and what screens may ask of it.
import { h, button, setText } from "./dom.js";
import { api, Refused } from "./api.js";
import { icon } from "./icons.js";
import { clock, hourMinute } from "./time.js";
import { store } from "./store.js";
import { toaster } from "./toast.js";
import { sheet, viewer } from "./overlay.js";
import { Outbox } from "./outbox.js";
import { home } from "./home.js";
import { chatScreen } from "./chat.js";
import { profile } from "./profile.js";
import { scanner } from "./scanner.js";

const SCREENS = { home, chat: chatScreen, profile, scan: scanner };
const SLIDE_MS = 240;

function statusBar() {
  const time = h("span", { class: "status-time num" });
  const tick = () => setText(time, hourMinute(clock.now()));
  tick();
  clock.addEventListener("tick", tick);
  const element = h("div", { class: "status", "aria-hidden": "true" }, time, h("span", { class: "status-island" }),
    h("span", { class: "status-signs" }, h("i", { class: "sign-signal" }), h("i", { class: "sign-wifi" }), h("i", { class: "sign-battery" })));
  return { element, stop: () => clock.removeEventListener("tick", tick) };
}

export class Phone extends EventTarget {
  #stack = [];
  #outboxes = new Map();
  #status = statusBar();
  #screens = h("div", { class: "screens" });

  constructor(personId, { onClose }) {
    super();
    this.id = personId;
    const glass = h("div", { class: "glass" }, this.#status.element, this.#screens, h("div", { class: "home-bar", "aria-hidden": "true" }));
    this.toast = toaster(glass);
    this.glass = glass;
    glass.addEventListener("overlay", () => this.#stepped());
    this.role = h("span", { class: "chip", hidden: true });
    this.element = h("section", { class: "phone", "aria-label": `${this.name}的手机`, "data-person": personId },
      h("div", { class: "phone-label" }, h("strong", {}, this.name), this.role,
        button({ class: "phone-close", "aria-label": `合上${this.name}的手机`, title: "合上这部手机", onclick: onClose }, icon("close"))),
      h("div", { class: "device" }, glass));
    this.open("home", {}, { focus: false });
  }

  get name() {
    return store.person(this.id)?.name ?? "?";
  }
  get top() {
    return this.#stack.at(-1);
  }
  showing(name) {
    return this.top?.name === name;
  }
  get #overlays() {
    return this.glass.querySelectorAll(":scope > .overlay");
  }
  /** How often one can go back here. */
  get steps() {
    return this.#stack.length - 1 + this.#overlays.length;
  }
  #stepped() {
    this.dispatchEvent(new Event("steps"));
  }

  /** Opens a screen over the present one, or brings the one below back when it is the same. */
  open(name, params = {}, { focus = true } = {}) {
    const at = this.#stack.findIndex((entry) => entry.name === name && entry.key === (params.appid ?? ""));
    if (at >= 0 && name !== "profile") {
      while (this.#stack.length - 1 > at) this.#drop();
      return this.#stack[at].screen;
    }
    const below = this.top;
    const screen = SCREENS[name](this, params);
    screen.element.classList.add("screen");
    this.#stack.push({ name, key: params.appid ?? "", screen, opener: document.activeElement });
    this.#screens.append(screen.element);
    if (below) {
      below.screen.element.inert = true;
      screen.element.classList.add("screen--in");
      setTimeout(() => {
        screen.element.classList.remove("screen--in");
        if (this.top !== below && below.screen.element.isConnected) below.screen.element.classList.add("screen--under");
      }, SLIDE_MS);
    }
    if (focus) screen.heading?.focus({ preventScroll: true });
    screen.shown?.();
    this.dispatchEvent(new CustomEvent("screen", { detail: name }));
    this.#stepped();
    return screen;
  }

  #drop() {
    const { screen, opener } = this.#stack.pop();
    screen.close?.();
    const element = screen.element;
    element.inert = true;
    element.classList.add("screen--out");
    setTimeout(() => element.remove(), SLIDE_MS);
    const { screen: below } = this.top;
    below.element.inert = false;
    below.element.classList.remove("screen--under", "screen--in");
    below.shown?.();
    if (this.element.contains(document.activeElement) || document.activeElement === document.body) {
      (opener?.isConnected ? opener : below.heading)?.focus({ preventScroll: true });
    }
    this.#stepped();
  }

  /** Leaves what lies on top: a sheet or picture, else the screen. */
  back() {
    const overlay = [...this.#overlays].at(-1);
    if (overlay) overlay.dispatchEvent(new Event("dismiss"));
    else if (this.#stack.length > 1) this.#drop();
  }

  /** Opens the chat with an account directly above the home screen. */
  openChat(appid, options) {
    while (this.#stack.length > 1 && !(this.showing("chat") && this.top.key === appid)) this.#drop();
    return this.open("chat", { appid }, options);
  }

  outbox(appid) {
    if (!this.#outboxes.has(appid)) this.#outboxes.set(appid, new Outbox(this, appid));
    return this.#outboxes.get(appid);
  }

  /** Performs an act of this person; a refusal becomes a toast in words. Resolves to whether it was done. */
  async act(appid, act, fields = {}) {
    try {
      await api.act(this.id, appid, act, fields);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.toast(error.message, true);
      return false;
    }
    await Promise.all([store.refreshPerson(this.id), store.refreshChat(this.id, appid)]).catch(() => {});
    return true;
  }

  sheet(title, choices) {
    return sheet(this.glass, title, choices);
  }
  view(content, label) {
    viewer(this.glass, content, label);
  }

  close() {
    for (const { screen } of this.#stack) screen.close?.();
    this.#status.stop();
    this.element.remove();
  }
}
