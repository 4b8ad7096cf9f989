// The scrolling part of a chat: messages, time lines, what is being sent, and the way back to the latest.
import { h, button, keep, setText } from "./dom.js";
import { icon } from "./icons.js";
import { clock, threadTime } from "./time.js";
import { store } from "./store.js";
import { bubble } from "./bubbles.js";

const GAP_MS = 5 * 60_000;
const FIRST_DRAWN = 80;
const NEAR_PX = 80;

function pendingRow(entry, phone, account, act) {
  const row = bubble(entry.item, phone, account, act);
  row.classList.add("row--fresh");
  return row;
}

function showState(row, entry, phone, outbox) {
  if (row.dataset.state === entry.state) return;
  row.dataset.state = entry.state;
  const explain = async () => {
    const again = await phone.sheet(entry.reason, [{ label: "重发", value: true }]);
    if (again) outbox.resend(entry);
  };
  row.querySelector(".state").replaceChildren(
    entry.state === "sending" ? h("span", { class: "spinner", role: "img", "aria-label": "发送中" }) : "",
    entry.state === "failed" ? button({ class: "failed", "aria-label": "没有发出去，查看原因并重发", onclick: explain }, "!") : "",
  );
}

export function thread(phone, account, act) {
  const { appid } = account;
  const outbox = phone.outbox(appid);
  const log = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": `与${account.name}的消息` });
  const pending = h("div", { class: "log log--pending" });
  const earlier = button({ class: "earlier", hidden: true, onclick: () => showEarlier() }, "查看更早的消息");
  const content = h("div", { class: "thread-content" }, earlier, log, pending);
  const scroller = h("div", { class: "thread", tabindex: "0", "aria-label": "消息记录" }, content);
  const jumpWords = h("span", { class: "num" });
  const jump = button({ class: "jump", hidden: true, onclick: () => toLatest(true) }, icon("down"), jumpWords);

  let drawn = 0;
  let start = 0;
  let lastTime = 0;
  let stuck = true;
  let top = 0;
  let missed = 0;

  const items = () => store.chat(phone.id, appid).items;
  const visible = () => !document.hidden && scroller.isConnected && scroller.offsetParent !== null && !scroller.closest("[inert]");

  function rowsFor(item) {
    const rows = [];
    if (item.at - lastTime > GAP_MS) rows.push(h("p", { class: "time" }, h("time", {}, threadTime(item.at, clock.now()))));
    lastTime = item.at;
    rows.push(bubble(item, phone, account, act));
    return rows;
  }

  function drawAll() {
    const all = items();
    const { seen, loaded } = store.chat(phone.id, appid);
    if (!loaded) return;
    lastTime = start > 0 ? all[start - 1].at : 0;
    const firstUnread = drawn === 0 ? all.find((item) => item.seq > seen && item.from === "account") : null;
    log.replaceChildren(...all.slice(start).flatMap((item) =>
      [item === firstUnread && seen > 0 ? h("p", { class: "unread-line" }, h("span", {}, "以下是新消息")) : [], rowsFor(item)].flat()));
    drawn = all.length;
    earlier.hidden = start === 0;
  }

  function drawNew() {
    const all = items();
    const fresh = all.slice(drawn);
    drawn = all.length;
    // Who says or taps something wants to see what comes of it.
    if (fresh.some((item) => item.from === "person")) stuck = true;
    for (const item of fresh) {
      const rows = rowsFor(item);
      if (item.from !== "person") rows.at(-1).classList.add("row--fresh");
      log.append(...rows);
      if (!stuck && item.from === "account") missed += 1;
    }
  }

  function showEarlier() {
    const height = content.offsetHeight;
    start = Math.max(0, start - FIRST_DRAWN);
    drawAll();
    scroller.scrollTop += content.offsetHeight - height;
  }

  function toLatest(smooth = false) {
    stuck = true;
    missed = 0;
    scroller.scrollTo({ top: scroller.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    showJump();
  }

  function showJump() {
    jump.hidden = stuck;
    setText(jumpWords, missed > 0 ? `${missed} 条新消息` : "");
    jump.setAttribute("aria-label", missed > 0 ? `${missed} 条新消息，到最新` : "到最新");
  }

  function settle() {
    if (stuck) toLatest();
    else showJump();
    if (stuck && visible()) store.markSeen(phone.id, appid);
  }

  function drawPending() {
    keep(pending, outbox.entries, (entry) => entry.id, (entry) => pendingRow(entry, phone, account, act),
      (row, entry) => showState(row, entry, phone, outbox));
    if (outbox.entries.some((entry) => entry.state === "sending")) stuck = true;
    settle();
  }

  function draw() {
    if (!store.chat(phone.id, appid).loaded) return;
    if (drawn === 0) {
      start = Math.max(0, items().length - FIRST_DRAWN);
      drawAll();
    } else drawNew();
    settle();
  }

  scroller.addEventListener("scroll", () => {
    // Only a move up by hand lets go of the latest; growing content does not.
    if (scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_PX) stuck = true;
    else if (scroller.scrollTop < top - 1) stuck = false;
    top = scroller.scrollTop;
    if (stuck) missed = 0;
    if (stuck && visible()) store.markSeen(phone.id, appid);
    showJump();
  }, { passive: true });
  const resized = new ResizeObserver(() => {
    if (stuck) scroller.scrollTop = scroller.scrollHeight;
  });
  resized.observe(content);
  resized.observe(scroller);
  outbox.addEventListener("change", drawPending);
  const off = store.on("chat", ({ person, appid: changed }) => {
    if (person === phone.id && changed === appid) draw();
  });
  const wake = () => settle();
  document.addEventListener("visibilitychange", wake);
  draw();
  drawPending();

  return {
    elements: [scroller, jump],
    settle,
    toLatest,
    close: () => {
      off();
      resized.disconnect();
      outbox.removeEventListener("change", drawPending);
      document.removeEventListener("visibilitychange", wake);
    },
  };
}
