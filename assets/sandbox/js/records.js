// 平台记录: what was pushed to the account and what it called, refusals first. Counts come from the simulator.
import { h, keep, setText } from "./dom.js";
import { api } from "./api.js";
import { store } from "./store.js";

const WORDS = {
  40001: "access_token 失效", 40003: "openid 不对", 40007: "媒体 id 无效", 40014: "access_token 不对", 42001: "access_token 过期",
  43004: "对方没有关注", 43101: "对方没有同意订阅", 45002: "内容太长", 45009: "调用次数到顶", 45015: "回复窗口已关，或已取消关注",
  45047: "窗口里的条数用完了", 48001: "没有这个接口的权限", 48002: "对方拒收", "-1": "系统繁忙",
};
const OUTCOMES = {
  ok: "已答复", answered: "已答复", reply: "被动回复", replied: "被动回复", success: "已收下", accepted: "已收下", empty: "已收下（空）",
  failed: "没有得到答复", timeout: "超过 5 秒", error: "出错", invalid: "答复无法识别", refused: "连接被拒", unreachable: "连不上", dropped: "暂停推送期间丢弃",
};
const EVERY_MS = 5000;
const SOON_MS = 400;

function rows(stats) {
  const calls = Object.entries(stats.calls ?? {}).flatMap(([path, codes]) => Object.entries(codes).map(([code, times]) => ({
    key: `${path} ${code}`, name: path, note: code === "0" ? "" : `${code} ${WORDS[code] ?? ""}`.trim(), times, bad: code !== "0", code: true,
  })));
  const pushes = Object.entries(stats.pushes ?? {}).map(([outcome, times]) => ({
    key: `push ${outcome}`, name: "推送给公众号", note: OUTCOMES[outcome] ?? outcome, times,
    bad: /fail|time|error|invalid|refus|unreach|drop|mark/i.test(outcome),
  }));
  return [...calls, ...pushes].sort((one, other) => Number(other.bad) - Number(one.bad) || one.key.localeCompare(other.key));
}

export function records() {
  const body = h("ul", { class: "records-list" });
  const none = h("p", { class: "quiet" }, "还没有推送，也没有调用");
  const count = h("span", { class: "records-count num" });
  const element = h("details", { class: "records" }, h("summary", {}, h("h2", {}, "平台记录"), count), body, none);

  const make = () => {
    const item = h("li", {});
    item.name = h("span", { class: "records-name" });
    item.note = h("span", { class: "records-note" });
    item.times = h("span", { class: "num" });
    item.append(item.name, item.times, item.note);
    return item;
  };
  const refresh = (item, row) => {
    setText(item.name, row.name);
    item.name.classList.toggle("code", Boolean(row.code));
    setText(item.note, row.note);
    setText(item.times, `${row.times} 次`);
    item.classList.toggle("records-bad", row.bad);
  };
  async function draw() {
    const all = rows(await api.stats());
    keep(body, all, ({ key }) => key, make, refresh);
    none.hidden = all.length > 0;
    const bad = all.filter((row) => row.bad).reduce((sum, { times }) => sum + times, 0);
    setText(count, bad > 0 ? `${bad} 次被拒或失败` : "");
  }

  let timer = null;
  const soon = () => {
    timer ??= setTimeout(() => {
      timer = null;
      draw().catch(() => {});
    }, SOON_MS);
  };
  store.on("chat", soon);
  setInterval(() => {
    if (element.open && !document.hidden) soon();
  }, EVERY_MS);
  element.addEventListener("toggle", soon);
  soon();
  return element;
}
