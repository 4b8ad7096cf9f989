// The simulator's clock in the header, with the keys that move it on.
import { h, button, setText } from "./dom.js";
import { clock, hourMinuteSecond, longDate, toMs } from "./time.js";

const STEPS = [["+1 小时", 3600], ["+1 天", 86_400], ["+2 天", 172_800]];

export function clockBar(toast) {
  const date = h("span", { class: "clock-date" });
  const time = h("time", { class: "clock-time" });
  const tick = () => {
    setText(date, longDate(clock.now()));
    setText(time, hourMinuteSecond(clock.now()));
  };
  const move = async ([words, seconds], key) => {
    key.disabled = true;
    try {
      await clock.advance(seconds);
      toast(`时间拨到了 ${longDate(toMs(clock.now()))} ${hourMinuteSecond(clock.now())}`);
    } catch (error) {
      toast(error.message, true);
    } finally {
      key.disabled = false;
    }
  };
  clock.addEventListener("tick", tick);
  tick();
  return h("div", { class: "clock", role: "group", "aria-label": "模拟时间" },
    h("span", { class: "clock-now" }, date, time),
    h("span", { class: "clock-steps" }, STEPS.map((step) => {
      const key = button({ class: "step", title: `把模拟时间往前拨 ${step[0].slice(1)}`, onclick: () => move(step, key) }, step[0]);
      return key;
    })));
}
