// 按住 说话: how long the key is held is how long the recording is. The recording itself is a silent sample.
import { button, setText } from "./dom.js";
import { api } from "./api.js";
import { sampleVoice } from "./voice.js";

const LONGEST_S = 60;

export function sendVoice(send, appid, seconds) {
  send({ msgtype: "voice", seconds }, async () => ({ media_id: (await api.upload(appid, "voice", sampleVoice(seconds))).media_id }));
}

export function holdToTalk(send, appid) {
  const words = document.createTextNode("按住 说话");
  const key = button({ class: "talk", hidden: true, "aria-label": "按住说话，松开发送一段无声的样例语音" }, words);
  let since = 0;
  let timer = null;

  const begin = () => {
    if (since) return;
    since = performance.now();
    key.classList.add("talk--held");
    timer = setInterval(() => setText(key, `松开 发送 ${Math.min(LONGEST_S, Math.ceil((performance.now() - since) / 1000))}″`), 200);
    setText(key, "松开 发送");
  };
  const end = (really) => {
    if (!since) return;
    const seconds = Math.min(LONGEST_S, Math.max(1, Math.round((performance.now() - since) / 1000)));
    since = 0;
    clearInterval(timer);
    key.classList.remove("talk--held");
    setText(key, "按住 说话");
    if (really) sendVoice(send, appid, seconds);
  };
  key.addEventListener("pointerdown", (event) => {
    key.setPointerCapture(event.pointerId);
    begin();
  });
  key.addEventListener("pointerup", () => end(true));
  key.addEventListener("pointercancel", () => end(false));
  key.addEventListener("contextmenu", (event) => event.preventDefault());
  key.addEventListener("keydown", (event) => {
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      begin();
    }
  });
  key.addEventListener("keyup", (event) => {
    if (event.key === " " || event.key === "Enter") end(true);
  });
  key.addEventListener("blur", () => end(false));
  return key;
}
