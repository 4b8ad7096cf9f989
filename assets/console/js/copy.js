// Buttons with data-copy: the text itself, or "#id" of the field that holds it.
import { say } from "./toast.js";
import { ours } from "./words.js";

async function put(text, field) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // pages without TLS have no clipboard: select it instead, so that Ctrl-C does it
    field?.select?.();
    return false;
  }
}

export function copies(root) {
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      const what = button.dataset.copy;
      const field = what.startsWith("#") ? root.querySelector(what) : null;
      const done = await put(field ? field.value ?? field.textContent : what, field);
      say(ours(done ? "已复制" : "浏览器不允许直接复制，请选中后按 Ctrl-C。"));
    });
  }
}
