// Starts the page: loads what there is, opens the phones named in the address, listens for changes.
import { h, button, setText } from "./dom.js";
import { icon } from "./icons.js";
import { listen } from "./live.js";
import { clock } from "./time.js";
import { store } from "./store.js";
import { toaster } from "./toast.js";
import { Desk, NARROW } from "./desk.js";
import { opener } from "./opener.js";
import { clockBar } from "./clockbar.js";
import { hints } from "./hints.js";
import { records } from "./records.js";
import { quirks } from "./quirks.js";
import { firstTwo, learnRoles } from "./roles.js";
import { connectGuide, unreachable } from "./blank.js";
import { trail } from "./trail.js";

const at = (id) => document.getElementById(id);
const SETTLED_MS = 800;
let begun = false;
let beginning = null;
const toast = toaster(at("page-toasts"));
const desk = new Desk(at("phones"), at("strip"));

function wanted() {
  const named = (new URL(location.href).searchParams.get("people") ?? "").split(",").filter((id) => store.person(id));
  return named.length > 0 ? [...new Set(named)] : firstTwo();
}

function watchAside() {
  const [aside, key] = [at("aside"), at("aside-key")];
  const isOpen = () => aside.classList.contains("aside--open");
  const set = (open) => {
    if (open === isOpen()) return;
    aside.classList.toggle("aside--open", open);
    key.setAttribute("aria-expanded", String(open));
    aside.dispatchEvent(new Event("steps"));
  };
  key.addEventListener("click", () => {
    set(!isOpen());
    if (isOpen()) aside.focus();
  });
  at("aside-close").addEventListener("click", () => {
    set(false);
    key.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!aside.contains(event.target) && !key.contains(event.target)) set(false);
  });
  aside.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    set(false);
    key.focus();
  });
  return { element: aside, isOpen, close: () => set(false) };
}

/** On a narrow screen the browser's back key leaves the aside, else what lies on top of the phone in front. */
function watchBack(aside) {
  const update = trail({
    steps: () => (NARROW.matches ? Number(aside.isOpen()) + (desk.front?.steps ?? 0) : 0),
    back: () => (aside.isOpen() ? aside.close() : desk.front?.back()),
    moved: () => desk.writeAddress(),
  });
  for (const source of [aside.element, desk]) source.addEventListener("steps", update);
  desk.addEventListener("phones", update);
  NARROW.addEventListener("change", update);
}

function build() {
  const open = opener(desk, toast);
  for (const key of [at("open-key"), at("strip-open")]) key.addEventListener("click", open);
  at("clock").replaceChildren(clockBar(toast));
  const aside = watchAside();
  watchBack(aside);
  const progress = at("aside-progress");
  at("aside-body").append(
    h("div", { class: "aside-clock" }, clockBar(toast)),
    hints(desk, { onProgress: (done, all) => setText(progress, all > 0 ? `${done}/${all}` : ""), afterGo: aside.close }),
    records(), quirks(toast));
}

function sayBlank() {
  if (store.accounts.length === 0) desk.say(...connectGuide());
  else if (store.people.length === 0) {
    desk.say(h("h2", {}, "还没有微信用户"), h("p", {}, "新建一个，就能拿起 TA 的手机。"),
      button({ class: "fill-button", onclick: () => at("open-key").click() }, icon("plus"), "新建微信用户"));
  } else desk.say(h("h2", {}, "手机都合上了"), button({ class: "fill-button", onclick: () => at("open-key").click() }, icon("phone"), "打开一部手机"));
}

let wasLost = false;

async function catchUp() {
  await Promise.all([store.refreshAccounts(), store.refreshPeople()]);
  if (wasLost) {
    const remembered = await Promise.all(desk.ids.map((id) => store.isRemembered(id)));
    if (!remembered.every(Boolean)) {
      location.reload();
      return;
    }
    wasLost = false;
  }
  await Promise.all(desk.ids.map((id) => store.refreshPhone(id)));
}

// A broadcast reaches thousands; only the phones that somebody looks at, or has looked at, are kept fresh.
const watched = (id) => desk.phone(id) !== undefined || store.knows(id);

function onChange({ changed, person, appid }) {
  const quietly = (work) => work.catch(() => {});
  if (changed === "clock") quietly(clock.sync());
  if (changed === "accounts") {
    quietly(store.refreshAccounts());
    for (const id of desk.ids) for (const account of store.accounts) quietly(store.refreshMenu(id, account.appid));
  }
  if (changed === "people") {
    quietly(store.refreshPeople());
    for (const id of person ? [person] : desk.ids) if (watched(id)) quietly(store.refreshPerson(id));
  }
  if (changed === "chat" && appid && watched(person)) {
    quietly(store.refreshChat(person, appid));
    if (desk.phone(person)) quietly(store.refreshPerson(person));
  }
  if (changed === "codes" && appid && store.codes(appid)) quietly(store.refreshCodes(appid));
}

/** Opens the first phones, once there is an account and somebody to hold them. */
function begin(ids) {
  if (begun || store.accounts.length === 0 || ids.length === 0) return;
  begun = true;
  for (const id of ids) desk.open(id, { focus: false });
  desk.bring(ids[0], false);
}

/** The same for a page that was open before: people come one after the other, so the last one is waited for. */
function beginLater() {
  sayBlank();
  clearTimeout(beginning);
  if (begun) return;
  beginning = setTimeout(() => learnRoles().then(() => begin(wanted())).catch(() => {}), SETTLED_MS);
}

async function start() {
  try {
    await Promise.all([store.refreshAccounts(), store.refreshPeople(), clock.sync()]);
    await learnRoles();
    const ids = wanted();
    await Promise.all(ids.map((id) => store.refreshPhone(id)));
    build();
    begin(ids);
  } catch (error) {
    desk.say(...unreachable(error, () => location.reload()));
    document.body.dataset.ready = "failed";
    return;
  }
  sayBlank();
  for (const kind of ["people", "accounts"]) store.on(kind, beginLater);
  clock.start();
  const offline = at("offline");
  const hear = () => catchUp().then(() => { offline.hidden = true; }, () => { offline.hidden = false; });
  listen({ onChange, catchUp: hear, onLost: () => { wasLost = true; } });
  document.body.dataset.ready = "yes";
}

start();
