// 扫一扫: the codes that exist, as if they lay before the camera. A tap looks at one and scans it.
import { h, button, keep, setText } from "./dom.js";
import { codeImage } from "./api.js";
import { clock, timeLeft, toMs } from "./time.js";
import { store } from "./store.js";
import { titleBar } from "./bar.js";

const SCAN_MS = 650;
const LASTING = new Set(["QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"]);

const hasExpired = (code) => code.expires_at !== null && code.expires_at !== undefined && toMs(code.expires_at) <= clock.now();

function lifeWords(code) {
  if (LASTING.has(code.action_name)) return "永久码";
  if (hasExpired(code)) return "已过期";
  return code.expires_at ? `临时码 · 剩 ${timeLeft(toMs(code.expires_at) - clock.now())}` : "临时码";
}

/** Codes that last come first, expired ones last. */
const order = (code) => (LASTING.has(code.action_name) ? 0 : hasExpired(code) ? 2 : 1);

export function scanner(phone) {
  const bar = titleBar({ title: "扫一扫", back: () => phone.back(), backIcon: "close" });
  const seen = h("img", { class: "finder-code", alt: "", hidden: true });
  const finder = h("div", { class: "finder" }, h("i", { class: "finder-corners" }), seen, h("i", { class: "finder-beam" }));
  const hint = h("p", { class: "finder-words", role: "status" }, "把码放进取景框");
  const list = h("ul", { class: "codes" });
  const none = h("p", { class: "codes-none", hidden: true });
  let busy = false;

  async function scan(code, appid) {
    if (busy) return;
    busy = true;
    seen.src = codeImage(code.ticket);
    seen.hidden = false;
    finder.classList.add("finder--busy");
    setText(hint, "识别中");
    await new Promise((resolve) => setTimeout(resolve, SCAN_MS));
    const follower = store.standing(phone.id, appid).subscribed;
    const valid = !hasExpired(code);
    // Who does not follow sees the account's page first; who follows lands in the chat.
    if (valid && !follower) {
      phone.back();
      phone.open("profile", { appid, ticket: code.ticket });
    } else if (await phone.act(appid, "scan", { ticket: code.ticket })) phone.openChat(appid);
    busy = false;
    finder.classList.remove("finder--busy");
    seen.hidden = true;
    setText(hint, "把码放进取景框");
  }

  function card({ code, account }) {
    const made = h("li", {});
    made.life = h("small", {});
    made.count = h("small", { class: "num" });
    const whose = code.label || code.name || code.scene;
    made.key = button({ class: "code-card", onclick: () => scan(made.code, account.appid) },
      h("img", { src: codeImage(code.ticket), alt: "", loading: "lazy" }),
      h("span", { class: whose === code.scene ? "code-scene code" : "code-scene" }, whose),
      whose === code.scene ? null : h("small", { class: "code" }, code.scene),
      store.accounts.length > 1 ? h("small", {}, account.name) : null, made.life, made.count);
    made.append(made.key);
    return made;
  }

  function refresh(made, { code }) {
    made.code = code;
    setText(made.life, lifeWords(code));
    const times = code.scanned === true ? 1 : Number(code.scanned) || 0;
    setText(made.count, times > 0 ? `扫过 ${times} 次` : "还没人扫过");
    made.key.classList.toggle("code-card--old", hasExpired(code));
  }

  function draw() {
    const loaded = store.accounts.every(({ appid }) => store.codes(appid));
    const all = store.accounts.flatMap((account) => (store.codes(account.appid) ?? []).map((code) => ({ code, account })));
    all.sort((one, other) => order(one.code) - order(other.code));
    keep(list, all, ({ code }) => code.ticket, card, refresh);
    none.hidden = all.length > 0 || !loaded;
    setText(none, store.accounts.length === 0
      ? "还没有接入公众号，也就没有码。"
      : "公众号还没有生成过带参数的二维码。添加一位导购（daogou guide add）就会有。");
  }

  const offs = [store.on("codes", draw), store.on("accounts", draw)];
  const look = () => store.accounts.forEach(({ appid }) => store.refreshCodes(appid).catch((error) => phone.toast(error.message, true)));
  draw();
  return {
    element: h("div", { class: "scan" }, bar.element, h("div", { class: "scan-view" }, finder, hint),
      h("div", { class: "scan-codes" }, h("h3", {}, "眼前的码"), list, none)),
    heading: bar.heading,
    shown: look,
    close: () => offs.forEach((off) => off()),
  };
}
