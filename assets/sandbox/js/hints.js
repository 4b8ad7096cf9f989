// 先试试: the first two stops of the walk as steps that tick themselves off, and the later ones as coming.
import { h, button, keep, setText } from "./dom.js";
import { icon } from "./icons.js";
import { roleOf } from "./roles.js";
import { store } from "./store.js";
import { textOf } from "./bubbles.js";

const LATER = [
  "到店登记、发券，会动的券码", "三天后的回访：窗口关了怎么办", "到若耶店买下，旧截图核销不了",
  "导购离职，顾客整批交接与撤销", "开学季群发：谁能收到、怎么收到", "增长模型：结论、算式、名单",
];
const RELAYED = /#\d+/;

const account = () => store.accounts.find(({ kind }) => kind !== "miniprogram") ?? store.accounts[0];

/** The three people of the walk: the customer and the guide whose phones are open, and another customer. */
function choose(desk) {
  // Who is on the desk comes first, then everybody else.
  const ids = [...new Set([...desk.ids, ...store.people.map(({ id }) => id)])];
  const guide = ids.find((id) => roleOf(id) === "导购") ?? ids[1] ?? ids[0];
  const customer = ids.find((id) => id !== guide && roleOf(id) === "顾客") ?? ids.find((id) => id !== guide) ?? guide;
  const rest = store.people.map(({ id }) => id).filter((id) => id !== guide && id !== customer && roleOf(id) === "顾客");
  const follows = (id) => store.standing(id, account()?.appid).subscribed;
  return { guide, customer, other: rest.find(follows) ?? rest[0] };
}

let chosen = null;

/** The same three for as long as the phones of the first two are open. */
function cast(desk) {
  const holds = chosen?.other && desk.ids.includes(chosen.guide) && desk.ids.includes(chosen.customer);
  if (holds) return chosen;
  const three = choose(desk);
  // Before a guide is known it is only a guess.
  chosen = roleOf(three.guide) === "导购" ? three : null;
  return three;
}

function facts({ guide, customer, other }) {
  const appid = account()?.appid;
  const items = (id) => (id ? store.chat(id, appid).items : []);
  const [hers, guides, others] = [items(customer), items(guide), items(other)];
  const asked = hers.find((item) => item.from === "person" && item.msgtype === "text");
  const met = hers[0]?.at ?? Infinity;
  const relayed = (item) => item.from === "account" && RELAYED.test(`${textOf(item)}${item.head_content ?? ""}`);
  const since = (list, at, test) => list.some((item) => item.at >= at && test(item));
  const wrote = asked?.at ?? Infinity;
  const otherWrote = others.find((item) => item.from === "person" && item.at >= wrote)?.at ?? Infinity;
  return {
    bound: store.standing(customer, appid).subscribed,
    told: since(guides, met, relayed),
    asked: Boolean(asked) && hers.some((item) => item.from === "person" && item.msgtype === "image"),
    answered: since(hers, wrote, (item) => item.from === "account" && item.via === "kf"),
    held: since(guides, otherWrote, (item) => item.msgtype === "msgmenu" || /发给谁/.test(textOf(item))),
  };
}

function steps(desk, looked) {
  const people = cast(desk);
  const name = (id) => store.person(id)?.name ?? "";
  const known = facts(people);
  const { guide, customer, other } = people;
  const chat = (id, words) => () => {
    const phone = desk.open(id);
    if (store.standing(id, account().appid).subscribed) phone.openChat(account().appid).write(words);
    else phone.open("scan");
  };
  return [
    { stop: "一 · 扫码，成为专属顾客", key: "scan", done: known.bound, words: `${name(customer)}扫${name(guide)}的导购码，然后关注`,
      label: "打开扫一扫", go: () => desk.open(customer).open("scan") },
    { key: "told", done: known.told, words: `看：${name(customer)}收到欢迎语，${name(guide)}的手机提示新朋友` },
    { stop: "二 · 一问一答", key: "ask", done: known.asked, words: `${name(customer)}问一句，再按 + 发一张照片`,
      label: "填好这句话", go: chat(customer, "这款防水吗？孩子游泳能戴吗") },
    { key: "answer", done: known.answered, words: `${name(guide)}在公众号里直接回复`,
      label: "填好回复", go: chat(guide, "20 米防水，泳池可以戴；热水澡和桑拿不行") },
    other && { key: "other", done: known.held, words: `${name(other)}也来问；${name(guide)}直接回复，会先被问「发给谁」，点了名字才发出`,
      label: `打开${name(other)}的手机`, go: chat(other, "在吗？想问问能不能换表带") },
    { key: "quota", done: looked.has("me"), words: "在「我」里看：公众号现在还能主动发几条",
      label: "去看", go: () => { const phone = desk.open(customer); phone.open("home").show("me"); } },
  ].filter(Boolean);
}

/** Builds the column; `onProgress(done, all)` hears how far the newcomer is. `afterGo` runs when a step has been started from here. */
export function hints(desk, { onProgress, afterGo }) {
  const looked = new Set();
  const list = h("ol", { class: "steps" });
  const none = h("p", { class: "hints-none", hidden: true }, "有了公众号和微信用户，这里会一步一步带你走。");
  const element = h("section", { class: "hints", "aria-labelledby": "hints-title" },
    h("h2", { id: "hints-title" }, "先试试"), none, list,
    h("h3", { class: "later-title" }, "即将到来"), h("ol", { class: "later" }, LATER.map((words) => h("li", {}, words))));

  const make = (step) => {
    const item = h("li", { class: "step-item" });
    item.mark = h("span", { class: "step-mark" });
    item.words = h("p", {});
    item.go = step.go ? button({ class: "step-go", onclick: () => { item.step.go(); afterGo(); } }) : null;
    item.append(step.stop ? h("h3", { class: "stop" }, step.stop) : "", item.mark, h("div", { class: "step-body" }, item.words, item.go ?? ""));
    return item;
  };

  function draw() {
    const shown = account() && store.people.length > 0 ? steps(desk, looked) : [];
    const next = shown.find(({ done }) => !done);
    keep(list, shown, ({ key }) => key, make, (item, step) => {
      item.step = step;
      setText(item.words, step.words);
      if (item.go) setText(item.go, step.label);
      if (item.dataset.done !== String(step.done)) {
        item.mark.replaceChildren(step.done ? icon("check") : "", h("span", { class: "unseen" }, step.done ? "已完成" : "待做"));
        item.dataset.done = String(step.done);
      }
      item.classList.toggle("step-item--next", step === next);
    });
    none.hidden = shown.length > 0;
    onProgress(shown.filter(({ done }) => done).length, shown.length);
  }

  desk.addEventListener("screen", ({ detail }) => {
    if (detail.name === "me") looked.add("me");
    draw();
  });
  desk.addEventListener("phones", draw);
  for (const kind of ["people", "person", "chat", "accounts"]) store.on(kind, draw);
  draw();
  return element;
}
