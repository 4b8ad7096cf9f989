// Theme: the system's, light or dark; kept in this browser.
import { remember } from "./memory.js";

export function theme(root) {
  const buttons = [...root.querySelectorAll("[data-set-theme]")];
  const html = document.documentElement;
  const show = () => {
    const now = html.dataset.theme ?? "auto";
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.setTheme === now));
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const wanted = button.dataset.setTheme;
      if (wanted === "auto") delete html.dataset.theme;
      else html.dataset.theme = wanted;
      remember("theme", wanted === "auto" ? null : wanted);
      show();
    });
  }
  show();
}
