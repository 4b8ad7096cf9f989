// The simulator's time and how WeChat writes times. Always Beijing, like the brand's day.
import { api } from "./api.js";

const ZONE = "Asia/Shanghai";
const DAY = 86_400_000;
const WEEKDAYS = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"];

/** Milliseconds from what the interface sends: unix seconds, milliseconds, or an RFC 3339 text. */
export function toMs(at) {
  if (typeof at === "number") return at < 1e11 ? at * 1000 : at;
  if (typeof at === "string" && /^\d+$/.test(at)) return toMs(Number(at));
  const parsed = Date.parse(at);
  return Number.isNaN(parsed) ? 0 : parsed;
}

class Clock extends EventTarget {
  #at = Date.now();
  #seen = performance.now();
  #runs = true;

  /** The simulator's present, in milliseconds. */
  now() {
    return this.#runs ? this.#at + (performance.now() - this.#seen) : this.#at;
  }

  #set(now) {
    const at = toMs(now);
    const real = performance.now() - this.#seen;
    // A clock that is moved by hand stands still between two looks.
    if (real > 5000) this.#runs = at - this.#at > real / 10;
    this.#at = at;
    this.#seen = performance.now();
    this.dispatchEvent(new Event("tick"));
  }

  async sync() {
    this.#set((await api.clock()).now);
  }

  async advance(seconds) {
    const answer = await api.advance(seconds);
    if (answer.now === undefined) await this.sync();
    else {
      this.#at = toMs(answer.now);
      this.#seen = performance.now();
      this.dispatchEvent(new Event("tick"));
    }
  }

  start() {
    setInterval(() => this.dispatchEvent(new Event("tick")), 1000);
    setInterval(() => this.sync().catch(() => {}), 15_000);
  }
}

export const clock = new Clock();

const part = (options) => new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, ...options });
const HM = part({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const HMS = part({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const YMD = part({ year: "numeric", month: "numeric", day: "numeric" });

const dayNumber = (ms) => Math.floor((ms + 8 * 3_600_000) / DAY);
const weekday = (ms) => WEEKDAYS[(dayNumber(ms) + 4) % 7];

function fields(ms) {
  const found = Object.fromEntries(YMD.formatToParts(ms).map(({ type, value }) => [type, value]));
  return { year: found.year, month: found.month, day: found.day };
}

export const hourMinute = (ms) => HM.format(ms);

/** "2026年8月15日 星期六" and "10:05:12". */
export function longDate(ms) {
  const { year, month, day } = fields(ms);
  return `${year}年${month}月${day}日 ${weekday(ms)}`;
}
export const hourMinuteSecond = (ms) => HMS.format(ms);

function dayWords(ms, now, today) {
  const days = dayNumber(now) - dayNumber(ms);
  if (days === 0) return today;
  if (days === 1) return "昨天";
  if (days > 1 && days < 7) return weekday(ms);
  const { year, month, day } = fields(ms);
  return year === fields(now).year ? `${month}月${day}日` : `${year}年${month}月${day}日`;
}

/** The grey line between messages. */
export const threadTime = (ms, now) => `${dayWords(ms, now, "")} ${hourMinute(ms)}`.trim();
/** The time at the right of the chat list. */
export const listTime = (ms, now) => dayWords(ms, now, hourMinute(ms));

/** Time left in words: "47 小时 59 分", "12 分 03 秒", "43 秒". */
export function timeLeft(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600), Math.floor(seconds / 60)];
  if (days > 3) return `${days} 天`;
  if (hours > 0) return `${hours} 小时 ${String(minutes % 60).padStart(2, "0")} 分`;
  if (minutes > 0) return `${minutes} 分 ${String(seconds % 60).padStart(2, "0")} 秒`;
  return `${seconds} 秒`;
}
