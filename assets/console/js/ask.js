// Asks before an act; resolves to true when the reader agrees. `type` is a text that has to be typed first.
import { h } from "./dom.js";
import { ours } from "./words.js";

export function ask({ title, text, act, danger = true, type = null, stay = ours("取消") }) {
  return new Promise((resolve) => {
    const agree = h("button", { class: danger ? "btn btn--danger" : "btn btn--primary", value: "yes", type: "submit" }, act);
    const field = type ? h("input", { class: "input", autocomplete: "off", spellcheck: "false" }) : null;
    const heading = h("h2", { id: "ask-title" }, title);
    const dialog = h("dialog", { class: "ask", "aria-labelledby": "ask-title" },
      heading,
      text ? h("p", {}, text) : null,
      field ? h("label", {}, h("span", {}, ours("请输入“{0}”", type)), field) : null,
      h("div", { class: "ask__acts" }, h("button", { class: "btn", type: "button", onclick: () => dialog.close() }, stay), agree));
    if (field) {
      const check = () => {
        agree.disabled = field.value.trim() !== type;
      };
      field.addEventListener("input", check);
      field.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && !agree.disabled) agree.click();
      });
      check();
    }
    agree.addEventListener("click", () => dialog.close("yes"));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
    (field ?? dialog.querySelector("button")).focus();
  });
}
