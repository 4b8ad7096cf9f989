// Forms with data-guard: what was typed is not lost by leaving, and a form is not sent twice.
import { ask } from "./ask.js";
import { ours } from "./words.js";

function changed(form) {
  if (form.hasAttribute("data-sent")) return false;
  return [...form.elements].some((field) => {
    if (field.type === "hidden" || !("defaultValue" in field || field.options)) return false;
    if (field.options) {
      const options = [...field.options];
      const usual = options.findIndex((option) => option.defaultSelected);
      return field.selectedIndex !== Math.max(usual, 0);
    }
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    return field.value !== field.defaultValue;
  });
}

/** Whether the form may be left: nothing was typed, or the reader says so. */
export async function mayLeave(form) {
  if (!form.hasAttribute("data-guard") || !changed(form)) return true;
  return ask({ title: ours("放弃填写的内容？"), text: ours("还没有保存，离开后不会保留。"), act: ours("放弃"), stay: ours("继续填写") });
}

export function guards(root) {
  const guarded = [...root.querySelectorAll("form[data-guard]")];
  for (const form of root.querySelectorAll("form[method='post' i]")) {
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      if (form.hasAttribute("data-sent")) event.preventDefault();
      else form.setAttribute("data-sent", "");
    });
  }
  addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of root.querySelectorAll("form[data-sent]")) form.removeAttribute("data-sent");
  });
  if (!guarded.length) return;
  addEventListener("beforeunload", (event) => {
    if (guarded.some(changed) && !root.querySelector("form[data-sent]")) event.preventDefault();
  });
}
