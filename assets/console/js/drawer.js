// Drawers: a link to #id opens the dialog of that id as a modal. Without scripts :target shows it.
import { mayLeave } from "./guard.js";

function open(drawer) {
  drawer.removeAttribute("open");
  drawer.showModal();
  const first = drawer.querySelector("[aria-invalid='true']") ?? drawer.querySelector("input:not([type='hidden']), select, textarea");
  first?.focus();
}

export function drawers(root) {
  for (const drawer of root.querySelectorAll("dialog[data-drawer]")) {
    const close = async () => {
      const form = drawer.querySelector("form");
      if (form && !(await mayLeave(form))) return;
      form?.reset();
      drawer.close();
    };
    drawer.addEventListener("cancel", (event) => {
      if (event.target !== drawer) return;
      event.preventDefault();
      close();
    });
    let pressed = null;
    drawer.addEventListener("pointerdown", (event) => {
      pressed = event.target;
    });
    drawer.addEventListener("click", (event) => {
      const back = event.target === drawer && pressed === drawer;
      const button = event.target.closest("[data-close]");
      if (!back && !button) return;
      event.preventDefault();
      close();
    });
    for (const link of root.querySelectorAll(`a[href="#${drawer.id}"]`)) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        open(drawer);
      });
    }
    if (drawer.open) {
      open(drawer);
    } else if (location.hash === `#${drawer.id}`) {
      history.replaceState(history.state, "", location.pathname + location.search);
      open(drawer);
    }
  }
}
