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
  ok: "已收下", passive: "已收下，并被动回复", duplicate: "重复推送，已收下",
  timeout: "5 秒内没有答复", connect: "连不上服务器", http_error: "服务器报错", invalid: "答复无法识别", suppressed: "连续失败，暂停推送一分钟",
};
const CALLS = {
  "/cgi-bin/message/custom/send": "发客服消息", "/cgi-bin/message/custom/typing": "显示正在输入", "/cgi-bin/message/template/send": "发模板消息",
  "/cgi-bin/message/subscribe/bizsend": "发订阅通知", "/cgi-bin/message/mass/send": "群发", "/cgi-bin/message/mass/sendall": "群发",
  "/cgi-bin/qrcode/create": "生成二维码", "/cgi-bin/media/upload": "上传素材", "/cgi-bin/media/get": "下载素材", "/cgi-bin/menu/create": "设置菜单",
  "/cgi-bin/showqrcode": "看二维码图片", "/cgi-bin/stable_token": "取 access_token", "/cgi-bin/token": "取 access_token", "/cgi-bin/user/info": "查用户",
};
const GOOD = new Set(["ok", "passive", "duplicate", "none"]);
const VIA_KEY = "daogou.show-via";
const EVERY_MS = 5000;
const SOON_MS = 400;

function rows(stats) {
  const calls = Object.entries(stats.calls ?? {}).flatMap(([path, codes]) => Object.entries(codes).map(([code, times]) => ({
    key: `${path} ${code}`, name: CALLS[path] ?? path, path, note: code === "0" ? "" : `${code} ${WORDS[code] ?? ""}`.trim(), times, bad: code !== "0",
  })));
  const pushes = Object.entries(stats.pushes ?? {}).map(([outcome, times]) => ({
    key: `push ${outcome}`, name: "推送给公众号", note: OUTCOMES[outcome] ?? outcome, times,
    bad: !GOOD.has(outcome),
  }));
  return [...calls, ...pushes].sort((one, other) => Number(other.bad) - Number(one.bad) || one.key.localeCompare(other.key));
}

/** Whether bubbles tell by which way they came; WeChat does not, so it is off until asked for. */
function viaSwitch() {
  const box = h("input", { type: "checkbox", role: "switch", class: "switch switch--small" });
  const show = () => document.body.classList.toggle("show-via", box.checked);
  box.checked = localStorage.getItem(VIA_KEY) === "on";
  box.addEventListener("change", () => {
    localStorage.setItem(VIA_KEY, box.checked ? "on" : "off");
    show();
  });
  show();
  return h("label", { class: "records-switch" }, h("span", {}, "在消息下面标出走的哪条通道"), box);
}

export function records() {
  const body = h("ul", { class: "records-list" });
  const none = h("p", { class: "quiet" }, "还没有推送，也没有调用");
  const count = h("span", { class: "records-count num" });
  const element = h("details", { class: "records" }, h("summary", {}, h("h2", {}, "平台记录"), count), body, none, viaSwitch());

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
    item.name.title = row.path ?? "";
    item.name.classList.toggle("code", row.name === row.path);
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
