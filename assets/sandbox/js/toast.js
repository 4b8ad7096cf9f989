// A short message in the middle of a phone or of the page, gone by itself.
import { h } from "./dom.js";

const SHOWN_MS = 2600;

/** Makes the place where toasts of `host` appear; the answer shows one. `bad` ones interrupt a screen reader. */
export function toaster(host) {
  const quiet = h("div", { class: "toasts", role: "status" });
  const urgent = h("div", { class: "toasts", role: "alert" });
  host.append(quiet, urgent);
  let timer = null;
  return (words, bad = false) => {
    clearTimeout(timer);
    quiet.replaceChildren();
    urgent.replaceChildren();
    (bad ? urgent : quiet).append(h("p", { class: bad ? "toast toast--bad" : "toast" }, words));
    timer = setTimeout(() => {
      quiet.replaceChildren();
      urgent.replaceChildren();
    }, SHOWN_MS + words.length * 60);
  };
}
