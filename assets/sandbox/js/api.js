// The control interface of the simulator; the page talks to nothing else.
import { refusalWords } from "./words.js";

const ROOT = "/sandbox/v1";

/** An answer that was not 200, in words a person can read. */
export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function call(path, options = {}) {
  let answer;
  try {
    answer = await fetch(ROOT + path, { cache: "no-store", ...options });
  } catch {
    throw new Refused("连不上模拟器，请确认 daogou 还在运行", 0);
  }
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused(refusalWords(answer.status, body?.error), answer.status);
  return body ?? {};
}

const post = (path, body) =>
  call(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

const query = (values) => new URLSearchParams(values).toString();
const person = (id) => `/people/${encodeURIComponent(id)}`;

export const api = {
  accounts: async () => (await call("/accounts")).accounts ?? [],
  people: async () => (await call("/people")).people ?? [],
  person: (id) => call(person(id)),
  addPerson: (name) => post("/people", { name }),
  act: (id, appid, act, fields = {}) => post(`${person(id)}/acts`, { appid, act, wait: false, ...fields }),
  chat: async (id, appid, after) => (await call(`${person(id)}/chat?${query({ appid, after })}`)).items ?? [],
  codes: async (appid) => (await call(`/codes?${query({ appid })}`)).codes ?? [],
  menu: async (appid, id) => (await call(`/menu?${query({ appid, person: id })}`)).button ?? [],
  upload: (appid, type, blob) =>
    call(`/media?${query({ appid, type })}`, { method: "POST", headers: { "content-type": blob.type }, body: blob }),
  clock: () => call("/clock"),
  advance: (seconds) => post("/clock", { advance_seconds: seconds }),
  stats: () => call("/stats"),
  quirks: () => call("/quirks"),
  setQuirks: (changed) => post("/quirks", changed),
};

export const mediaUrl = (mediaId) => `${ROOT}/media/${encodeURIComponent(mediaId)}`;
export const codeImage = (ticket) => `/cgi-bin/showqrcode?${query({ ticket })}`;
export const liveUrl = `${ROOT}/live`;
