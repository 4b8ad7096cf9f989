// What a person has sent and the simulator has not yet shown back: sending, or failed with a reason and "resend".
import { api, Refused } from "./api.js";
import { store } from "./store.js";
import { textOf } from "./bubbles.js";

export class Outbox extends EventTarget {
  #next = 1;
  entries = [];

  constructor(phone, appid) {
    super();
    this.phone = phone;
    this.appid = appid;
    store.on("chat", ({ person, appid: changed }) => {
      if (person === phone.id && changed === appid) this.#settle();
    });
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }

  #drop(entry) {
    const at = this.entries.indexOf(entry);
    if (at >= 0) this.entries.splice(at, 1);
  }

  /** Takes out what has come back as an item of the chat. */
  #settle() {
    const items = store.chat(this.phone.id, this.appid).items;
    for (const entry of [...this.entries]) {
      const found = items.find((item) => item.seq > entry.after && item.from === "person" && item.msgtype === entry.item.msgtype
        && (item.msgtype !== "text" || textOf(item) === textOf(entry.item)));
      if (!found) continue;
      for (const other of this.entries) other.after = Math.max(other.after, found.seq);
      this.#drop(entry);
    }
    this.#tell();
  }

  /** Sends `item` (a message's fields); `prepare` may add fields first, such as the id of an upload. */
  send(item, prepare = async () => ({})) {
    const entry = { id: this.#next++, item: { ...item, from: "person" }, prepare, state: "sending", reason: "", after: 0 };
    this.entries.push(entry);
    return this.#try(entry);
  }

  resend(entry) {
    this.#drop(entry);
    this.entries.push(entry);
    return this.#try(entry);
  }

  async #try(entry) {
    entry.state = "sending";
    entry.after = store.chat(this.phone.id, this.appid).items.at(-1)?.seq ?? 0;
    this.#tell();
    try {
      const { pic_url: preview, seconds: shown, from: sender, ...fields } = entry.item;
      const more = await entry.prepare();
      await api.act(this.phone.id, this.appid, "send", { ...fields, ...more });
      entry.state = "sent";
      await store.refreshChat(this.phone.id, this.appid).catch(() => {});
      if (preview?.startsWith("blob:")) setTimeout(() => URL.revokeObjectURL(preview), 10_000);
    } catch (error) {
      entry.state = "failed";
      entry.reason = error instanceof Refused ? error.message : `没有发出去：${error.message}`;
      this.phone.toast(entry.reason, true);
    }
    this.#tell();
  }
}
