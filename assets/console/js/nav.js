// Folds the navigation to a rail of icons; kept in this browser.
import { remember } from "./memory.js";
import { ours } from "./words.js";

export function nav(root) {
  const button = root.querySelector("[data-fold]");
  if (!button) return;
  const html = document.documentElement;
  const links = [...root.querySelectorAll(".nav__link")];
  const show = () => {
    const folded = html.dataset.nav === "rail";
    button.setAttribute("aria-expanded", String(!folded));
    for (const link of [...links, button]) {
      if (folded) link.title = link.textContent.trim();
      else link.removeAttribute("title");
    }
    button.querySelector("span").textContent = ours(folded ? "展开导航" : "收起导航");
    if (folded) button.title = ours("展开导航");
  };
  button.addEventListener("click", () => {
    if (html.dataset.nav === "rail") delete html.dataset.nav;
    else html.dataset.nav = "rail";
    remember("nav", html.dataset.nav ?? null);
    show();
  });
  show();
}
