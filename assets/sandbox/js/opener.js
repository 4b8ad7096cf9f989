// "打开一部手机": choose somebody whose phone is not open yet, or make a new person.
import { h, button, unseen } from "./dom.js";
import { icon } from "./icons.js";
import { personFace } from "./faces.js";
import { roleOf } from "./roles.js";
import { store } from "./store.js";

const LONGEST_NAME = 20;

const chip = (role) => h("span", { class: role === "导购" ? "chip chip--guide" : "chip" }, role);

/** Makes the dialog; the answer opens it. */
export function opener(desk, toast) {
  const list = h("ul", { class: "people" });
  const opened = h("ul", { class: "people" });
  const openedTitle = h("h3", {}, "已经打开");
  const name = h("input", {
    class: "input", name: "name", required: true, maxlength: LONGEST_NAME, autocomplete: "off",
    placeholder: "例如 赵先生", "aria-label": "新用户的称呼",
  });
  const make = button({ class: "fill-button fill-button--small", type: "submit" }, "新建并打开");
  const form = h("form", { class: "people-new", method: "dialog" }, name, make);
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "opener-title" },
    h("header", {}, h("h2", { id: "opener-title" }, "打开一部手机"),
      button({ class: "plain-key", "aria-label": "关闭", onclick: () => dialog.close() }, icon("close"))),
    list, h("h3", {}, "或者新建一个微信用户"), form, openedTitle, opened);
  document.body.append(dialog);

  const show = async (id) => {
    dialog.close();
    await store.refreshPhone(id);
    desk.open(id);
  };
  const failed = (error) => toast(error.message, true);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const wanted = name.value.trim();
    if (wanted === "") return;
    make.disabled = true;
    try {
      const id = await store.addPerson(wanted);
      name.value = "";
      await show(id);
    } catch (error) {
      failed(error);
    } finally {
      make.disabled = false;
    }
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });

  return () => {
    const open = new Set(desk.ids);
    const rest = store.people.filter(({ id }) => !open.has(id));
    const row = (person) => h("li", {}, button({ class: "people-key", onclick: () => show(person.id).catch(failed) },
      personFace(person.name), h("span", { class: "cell-name" }, person.name), chip(roleOf(person.id)), icon("chevron")));
    const lying = (person) => h("li", { class: "people-key people-open" }, personFace(person.name), h("span", { class: "cell-name" }, person.name),
      button({ class: "people-close", onclick: () => { dialog.close(); desk.close(person.id); } }, "合上", unseen(`${person.name}的手机`)));
    list.replaceChildren(...rest.map(row));
    opened.replaceChildren(...store.people.filter(({ id }) => open.has(id)).map(lying));
    openedTitle.hidden = open.size === 0;
    if (rest.length === 0) list.append(h("li", { class: "people-none" }, store.people.length > 0 ? "已有的手机都打开了" : "还没有微信用户"));
    dialog.showModal();
    (rest.length > 0 ? list.querySelector("button") : name).focus();
  };
}
