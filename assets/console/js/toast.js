// Results that leave by themselves and are read out. They stay while pointed at or focused.
import { h } from "./dom.js";

const STAYS = 5000;

function leave(toast) {
  toast.classList.add("toast--leaving");
  setTimeout(() => toast.remove(), 260);
}

function timed(toast) {
  let timer = setTimeout(leave, STAYS, toast);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => {
    timer = setTimeout(leave, STAYS / 2, toast);
  });
}

/** Says one line. Inside an open dialog the line stands in the dialog, because the rest of the page is inert. */
export function say(text) {
  const open = [...document.querySelectorAll("dialog[open]")].at(-1);
  let host = document.querySelector("[data-toasts]");
  if (open) {
    host = open.querySelector(":scope > .toasts") ?? h("div", { class: "toasts", role: "status", "aria-live": "polite" });
    open.append(host);
  }
  if (!host) return;
  const toast = h("p", { class: "toast" }, text);
  host.replaceChildren(toast);
  timed(toast);
}

export function toasts(root) {
  const host = root.querySelector("[data-toasts]");
  const first = host?.querySelector(".toast");
  if (!first) return;
  // put in once more, so that screen readers hear what was there before they listened
  setTimeout(() => {
    host.replaceChildren(first.cloneNode(true));
    timed(host.firstElementChild);
  }, 100);
}
