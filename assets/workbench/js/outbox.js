// What was written and is not yet known to be taken. It outlives a reload, and goes out in order under one key each, so
// that a line whose answer was lost is written once.
import { part } from "./part.js";

const TRIES_PAUSE = [1000, 3000, 8000];

export function random() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function outbox({ id, me, csrf, place, after, take, toEnd }) {
  const key = `workbench.outbox.${id}`;
  let waiting = read();
  let sending = false;

  function read() {
    try {
      return JSON.parse(localStorage.getItem(key) ?? "[]");
    } catch {
      return [];
    }
  }

  function keep() {
    try {
      if (waiting.length > 0) localStorage.setItem(key, JSON.stringify(waiting));
      else localStorage.removeItem(key);
    } catch {
      // storage may be forbidden: then a reload loses what did not go out
    }
  }

  function draw() {
    place.replaceChildren(
      ...waiting.map((line) => {
        const row = document.createElement("div");
        row.className = "line pending";
        const say = document.createElement("div");
        say.className = "say say--out";
        const face = document.createElement("span");
        face.className = "face face--0";
        face.setAttribute("aria-hidden", "true");
        face.textContent = me.slice(0, 1);
        const body = document.createElement("div");
        body.className = "say__body";
        const bubble = document.createElement("div");
        bubble.className = "bubble";
        bubble.textContent = line.text;
        body.append(bubble);
        if (line.failed) {
          const again = document.createElement("button");
          again.type = "button";
          again.className = "pending__again";
          again.textContent = "没有网络，点这里重试";
          again.addEventListener("click", resume);
          body.append(again);
        }
        const state = document.createElement("small");
        state.className = "say__state";
        state.textContent = line.failed ? "" : "发送中";
        say.append(face, body, state);
        row.append(say);
        return row;
      }),
    );
  }

  async function send(line) {
    const answer = await part(`/workbench/chats/${id}/lines`, {
      method: "POST",
      body: new URLSearchParams({ csrf, key: line.key, text: line.text, script: line.script ?? "", after: String(after()) }),
    });
    if (answer.ok) return { html: await answer.text() };
    if (answer.status === 422) return { refused: await answer.text() };
    if (answer.status === 403 || answer.status === 404) return { refused: "没有发送：这位顾客现在不由你服务，或页面已过期" };
    throw new Error(String(answer.status));
  }

  async function run() {
    if (sending) return;
    sending = true;
    while (waiting.length > 0) {
      const line = waiting[0];
      let outcome = null;
      for (const pause of [0, ...TRIES_PAUSE]) {
        if (pause > 0) await new Promise((done) => setTimeout(done, pause));
        try {
          outcome = await send(line);
          break;
        } catch {
          // tried again under the same key
        }
      }
      if (outcome === null) {
        for (const each of waiting) each.failed = true;
        break;
      }
      waiting.shift();
      keep();
      draw();
      if (outcome.html !== undefined) {
        take(outcome.html);
        toEnd();
      } else {
        (whys.get(line.key) ?? (() => {}))(outcome.refused);
      }
    }
    sending = false;
    keep();
    draw();
  }

  const whys = new Map();

  function resume() {
    for (const line of waiting) delete line.failed;
    draw();
    run();
  }

  addEventListener("online", resume);
  return {
    add(text, refused, script) {
      const line = { key: random(), text, script };
      whys.set(line.key, refused);
      waiting.push(line);
      keep();
      draw();
      toEnd();
      run();
    },
    resume,
  };
}
