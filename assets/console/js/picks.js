// A box with data-all ticks every box of its form, and shows whether some or all are; data-picked says how many. A box with
// data-everybody means more than the page shows. Buttons with data-needs-some rest until somebody is picked.
import { ours } from "./words.js";

export function picks(root) {
  for (const all of root.querySelectorAll("input[data-all]")) {
    const form = all.form;
    const everybody = form.querySelector("[data-everybody]");
    const boxes = [...form.elements].filter((box) => box.type === "checkbox" && box !== all && box !== everybody);
    const acts = form.querySelectorAll("[data-needs-some]");
    const words = root.querySelector("[data-picked]");
    const none = words?.textContent;
    const show = () => {
      const ticked = boxes.filter((box) => box.checked).length;
      const beyond = everybody?.checked ?? false;
      all.checked = ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
      for (const act of acts) act.disabled = !ticked && !beyond;
      if (words && beyond) words.textContent = ours("已选全部，不只本页");
      else if (words) words.textContent = ticked ? ours("已选 {0} 位", ticked) : none;
    };
    all.hidden = false;
    all.addEventListener("change", () => {
      for (const box of boxes) box.checked = all.checked;
      show();
    });
    for (const box of [...boxes, everybody]) box?.addEventListener("change", show);
    // Back on the page, the browser has ticked what was ticked.
    addEventListener("pageshow", show);
    show();
  }
}
