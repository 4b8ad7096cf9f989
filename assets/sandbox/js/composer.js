// The bottom of a chat: switch between the account's menu and the keyboard, the field, faces and the + panel.
import { h, button } from "./dom.js";
import { icon } from "./icons.js";
import { store } from "./store.js";
import { menuBar } from "./menubar.js";
import { plusPanel, facePanel } from "./panels.js";
import { holdToTalk } from "./talk.js";

export function composer(phone, account, { onSend }) {
  const { appid } = account;
  const outbox = phone.outbox(appid);
  const send = (item, prepare) => {
    outbox.send(item, prepare);
    onSend();
  };

  const field = h("textarea", { class: "field", rows: 1, "aria-label": `给${account.name}的消息`, enterkeyhint: "send", autocomplete: "off" });
  const sendKey = button({ class: "send", hidden: true, onclick: () => submit() }, "发送");
  const plusKey = button({ class: "dock-key", "aria-label": "更多", "aria-expanded": "false", onclick: () => toggle("plus") }, icon("addRound"));
  const faceKey = button({ class: "dock-key", "aria-label": "表情", "aria-expanded": "false", onclick: () => toggle("faces") }, icon("smile"));
  const voiceKey = button({ class: "dock-key", "aria-label": "改用语音", onclick: () => speak(!talking) }, icon("voice"));
  const modeKey = button({ class: "dock-key dock-mode", hidden: true, onclick: () => setMode(mode === "menu" ? "keys" : "menu", true) });
  const talk = holdToTalk(send, appid);
  const menu = menuBar(phone, account);
  const keys = h("div", { class: "keys" }, voiceKey, field, talk, faceKey, plusKey, sendKey);
  const panels = {
    plus: plusPanel(phone, account, (item, prepare) => { close(); send(item, prepare); }),
    faces: facePanel((code) => insert(code), () => submit()),
  };
  const row = h("div", { class: "dock-row" }, modeKey, menu.element, keys);
  const element = h("div", { class: "dock" }, row, panels.plus, panels.faces);
  let mode = "keys";
  let talking = false;
  let chosen = false;

  function fit() {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
    const words = field.value.trim() !== "";
    sendKey.hidden = !words;
    plusKey.hidden = words;
  }

  function submit() {
    const text = field.value.trim();
    if (text === "") return;
    field.value = "";
    fit();
    send({ msgtype: "text", text });
  }

  function insert(code) {
    field.setRangeText(code, field.selectionStart, field.selectionEnd, "end");
    fit();
  }

  function toggle(name) {
    const opened = panels[name].hidden;
    close();
    speak(false);
    if (opened) {
      panels[name].hidden = false;
      (name === "plus" ? plusKey : faceKey).setAttribute("aria-expanded", "true");
    }
  }

  function close() {
    for (const panel of Object.values(panels)) panel.hidden = true;
    plusKey.setAttribute("aria-expanded", "false");
    faceKey.setAttribute("aria-expanded", "false");
  }

  function speak(on) {
    talking = on;
    field.hidden = on;
    talk.hidden = !on;
    voiceKey.setAttribute("aria-label", on ? "改用键盘" : "改用语音");
    voiceKey.replaceChildren(icon(on ? "keyboard" : "voice"));
    if (on) close();
  }

  function setMode(next, byHand = false) {
    mode = next;
    chosen ||= byHand;
    const onMenu = mode === "menu";
    menu.element.hidden = !onMenu;
    keys.hidden = onMenu;
    modeKey.replaceChildren(icon(onMenu ? "keyboard" : "menu"));
    modeKey.setAttribute("aria-label", onMenu ? "切换到键盘" : "切换到菜单");
    menu.close();
    close();
    if (byHand && !onMenu) field.focus({ preventScroll: true });
  }

  function showMenu() {
    const has = store.menu(phone.id, appid).length > 0;
    modeKey.hidden = !has;
    menu.draw();
    // As in WeChat, an account with a menu opens on its menu.
    if (!has) setMode("keys");
    else if (!chosen) setMode("menu");
  }

  field.addEventListener("input", fit);
  field.addEventListener("focus", close);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    close();
    menu.close();
  });
  const off = store.on("menu", ({ person, appid: changed }) => person === phone.id && changed === appid && showMenu());
  speak(false);
  showMenu();

  return {
    element,
    close: () => {
      off();
      menu.stop();
    },
    /** Puts words into the field, ready to be sent. */
    write: (words) => {
      chosen = true;
      setMode("keys");
      speak(false);
      field.value = words;
      fit();
      field.focus({ preventScroll: true });
    },
  };
}
