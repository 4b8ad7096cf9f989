// What lies over a phone's screen: sheets from below and the full-screen viewer. The rest is inert meanwhile.
import { h, button } from "./dom.js";
import { icon } from "./icons.js";

function overlay(host, content, className, label) {
  const before = document.activeElement;
  const others = [...host.children].filter((child) => !child.inert && !child.classList.contains("toasts"));
  const layer = h("div", { class: `overlay ${className}`, role: "dialog", "aria-label": label, tabindex: "-1" }, content);
  const close = () => {
    if (!layer.isConnected) return;
    layer.remove();
    for (const other of others) other.inert = false;
    host.dispatchEvent(new Event("overlay"));
    before?.focus({ preventScroll: true });
  };
  layer.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    layer.dispatchEvent(new Event("dismiss"));
  });
  layer.addEventListener("click", (event) => {
    if (event.target === layer) layer.dispatchEvent(new Event("dismiss"));
  });
  for (const other of others) other.inert = true;
  host.append(layer);
  layer.focus({ preventScroll: true });
  host.dispatchEvent(new Event("overlay"));
  return { layer, close };
}

/** Asks by a sheet; resolves to the chosen choice's `value`, or null when dismissed. Choices: {label, note?, value, danger?}. */
export function sheet(host, title, choices) {
  return new Promise((resolve) => {
    let shown = null;
    const settle = (value) => {
      shown.close();
      resolve(value);
    };
    const content = h("div", { class: "sheet" },
      title ? h("p", { class: "sheet-title" }, title) : null,
      h("ul", {}, choices.map((choice) => h("li", {},
        button({ class: choice.danger ? "sheet-choice sheet-choice--danger" : "sheet-choice", onclick: () => settle(choice.value) },
          choice.label, choice.note ? h("small", {}, choice.note) : null)))),
      button({ class: "sheet-choice sheet-cancel", onclick: () => settle(null) }, "取消"));
    shown = overlay(host, content, "overlay--sheet", title || "选择");
    shown.layer.addEventListener("dismiss", () => settle(null));
  });
}

/** Shows a picture or a video over the whole phone. */
export function viewer(host, content, label) {
  const shown = overlay(host, [content, button({ class: "viewer-close", "aria-label": "关闭" }, icon("close"))], "overlay--viewer", label);
  shown.layer.addEventListener("dismiss", shown.close);
  shown.layer.addEventListener("click", (event) => {
    if (event.target.tagName !== "VIDEO") shown.close();
  });
}
