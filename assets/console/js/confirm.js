// A form with data-confirm asks first: what happens, to how many, and where it matters the name has to be typed.
import { ask } from "./ask.js";
import { ours } from "./words.js";

export function confirms(root) {
  for (const form of root.querySelectorAll("form[data-confirm]")) {
    let agreed = false;
    form.addEventListener("submit", async (event) => {
      if (agreed) return;
      event.preventDefault();
      const { confirm, confirmTitle, confirmAct, confirmType } = form.dataset;
      const button = event.submitter;
      const act = confirmAct ?? button?.textContent.trim() ?? ours("继续");
      if (!(await ask({ title: confirmTitle ?? ours("{0}？", act), text: confirm, act, type: confirmType ?? null }))) return;
      agreed = true;
      form.requestSubmit(button);
      agreed = false;
    });
  }
}
