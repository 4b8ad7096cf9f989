// What the page knows of the simulator, kept fresh; screens listen and never fetch by themselves.
import { api } from "./api.js";
import { toMs } from "./time.js";

const chatKey = (person, appid) => `${person}|${appid}`;

/** Runs `work` now; calls that come meanwhile share one more run after it. */
function oneAtATime(work) {
  let running = null;
  let again = false;
  const run = async () => {
    do {
      again = false;
      await work();
    } while (again);
  };
  return () => {
    if (running) again = true;
    else running = run().finally(() => { running = null; });
    return running;
  };
}

class Store extends EventTarget {
  accounts = [];
  people = [];
  #details = new Map();
  #chats = new Map();
  #codes = new Map();
  #menus = new Map();
  #refreshers = new Map();

  /** Listens to "accounts", "people", "person", "chat", "codes" or "menu"; the answer stops listening. */
  on(kind, listener) {
    const handler = (event) => listener(event.detail);
    this.addEventListener(kind, handler);
    return () => this.removeEventListener(kind, handler);
  }

  #tell(kind, detail = {}) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }

  #refresh(name, work) {
    if (!this.#refreshers.has(name)) this.#refreshers.set(name, oneAtATime(work));
    return this.#refreshers.get(name)();
  }

  account(appid) {
    return this.accounts.find((account) => account.appid === appid);
  }
  person(id) {
    return this.people.find((person) => person.id === id);
  }
  /** Whether this person's phone was looked at before. */
  knows(person) {
    return this.#details.has(person);
  }
  /** {subscribed, blocked, windows} of a person with an account. */
  standing(person, appid) {
    return this.#details.get(person)?.accounts?.[appid] ?? { subscribed: false, blocked: false, windows: [] };
  }
  openid(person, appid) {
    return this.person(person)?.openids?.[appid] ?? this.#details.get(person)?.openids?.[appid] ?? "";
  }
  /** {items, seen, loaded}: `seen` is the last seq that the person's eyes rested on. */
  chat(person, appid) {
    const key = chatKey(person, appid);
    if (!this.#chats.has(key)) this.#chats.set(key, { items: [], seen: 0, loaded: false });
    return this.#chats.get(key);
  }
  codes(appid) {
    return this.#codes.get(appid);
  }
  /** The account's menu as this person sees it. */
  menu(person, appid) {
    return this.#menus.get(chatKey(person, appid)) ?? [];
  }

  unread(person, appid) {
    const { items, seen } = this.chat(person, appid);
    return items.filter((item) => item.seq > seen && item.from === "account").length;
  }
  markSeen(person, appid) {
    const chat = this.chat(person, appid);
    const last = chat.items.at(-1)?.seq ?? 0;
    if (chat.seen === last) return;
    chat.seen = last;
    this.#tell("seen", { person, appid });
  }

  refreshAccounts = () => this.#refresh("accounts", async () => {
    this.accounts = (await api.accounts()).map((account) => ({ ...account, name: account.name || account.appid }));
    this.#tell("accounts");
  });

  refreshPeople = () => this.#refresh("people", async () => {
    this.people = await api.people();
    this.#tell("people");
  });

  refreshPerson = (id) => this.#refresh(`person ${id}`, async () => {
    this.#details.set(id, await api.person(id));
    this.#tell("person", { person: id });
  });

  refreshChat = (person, appid) => this.#refresh(`chat ${chatKey(person, appid)}`, async () => {
    const chat = this.chat(person, appid);
    const after = chat.items.at(-1)?.seq ?? 0;
    const fresh = (await api.chat(person, appid, after)).filter((item) => item.seq > after);
    chat.items.push(...fresh.map((item) => ({ ...item, at: toMs(item.at) })));
    // What was there before the page opened counts as read.
    if (!chat.loaded) chat.seen = chat.items.at(-1)?.seq ?? 0;
    const first = !chat.loaded;
    chat.loaded = true;
    if (fresh.length > 0 || first) this.#tell("chat", { person, appid, fresh: fresh.length });
  });

  refreshCodes = (appid) => this.#refresh(`codes ${appid}`, async () => {
    this.#codes.set(appid, await api.codes(appid));
    this.#tell("codes", { appid });
  });

  refreshMenu = (person, appid) => this.#refresh(`menu ${chatKey(person, appid)}`, async () => {
    this.#menus.set(chatKey(person, appid), await api.menu(appid, person));
    this.#tell("menu", { person, appid });
  });

  /** Everything one person's phone shows. */
  async refreshPhone(person) {
    await Promise.all([this.refreshPerson(person), ...this.accounts.map(({ appid }) => this.refreshChat(person, appid))]);
  }

  /** Whether the simulator still knows this person and the last line of every chat: a restarted one has forgotten. */
  async isRemembered(person) {
    if (!this.person(person)) return false;
    const checks = this.accounts.map(async ({ appid }) => {
      const last = this.chat(person, appid).items.at(-1);
      if (!last) return true;
      const [same] = await api.chat(person, appid, last.seq - 1);
      return same?.seq === last.seq && toMs(same.at) === last.at && same.from === last.from;
    });
    return (await Promise.all(checks)).every(Boolean);
  }

  /** Adds a person and makes the phone's data ready. */
  async addPerson(name) {
    const { id } = await api.addPerson(name);
    await this.refreshPeople();
    await this.refreshPhone(id);
    return id;
  }
}

export const store = new Store();
