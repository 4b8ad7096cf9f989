// What unfolds under the composer: the + panel with pictures, video, voice, place, link and card, and the faces.
import { h, button } from "./dom.js";
import { icon } from "./icons.js";
import { api } from "./api.js";
import { faces } from "./emoji.js";
import { LINKS, MINI_PROGRAMS, PLACES, samplePhoto, samplePoster, sampleVideo } from "./samples.js";
import { sendVoice } from "./talk.js";

const MINI_PROGRAM_KINDS = new Set(["照片", "小程序"]);
const VOICES = [3, 8, 27];

/** A file of the given kind chosen by hand, or null. */
function pickFile(accept) {
  return new Promise((resolve) => {
    const input = h("input", { type: "file", accept });
    input.addEventListener("change", () => resolve(input.files[0] ?? null));
    input.addEventListener("cancel", () => resolve(null));
    input.click();
  });
}

export function plusPanel(phone, { appid, kind }, send) {
  const ask = (title, choices, label, note = () => null) =>
    phone.sheet(title, choices.map((choice) => ({ label: label(choice), note: note(choice), value: choice })));
  const upload = async (type, blob) => (await api.upload(appid, type, blob)).media_id;

  const acts = [
    ["image", "照片", async () => {
      const source = await ask("发送照片", ["sample", "file"], (value) => (value === "file" ? "从相册选择" : "用一张示例照片"));
      const blob = source === "file" ? await pickFile("image/*") : source && await samplePhoto();
      if (blob) send({ msgtype: "image", pic_url: URL.createObjectURL(blob) }, async () => ({ media_id: await upload("image", blob) }));
    }],
    ["video", "视频", async () => {
      const source = await ask("发送视频", ["sample", "file"], (value) => (value === "file" ? "从相册选择" : "用一段示例视频"));
      const poster = source && await samplePoster();
      const blob = source === "file" ? await pickFile("video/*") : source && await sampleVideo();
      if (!blob) return;
      send({ msgtype: "video" }, async () => {
        const [media_id, thumb_media_id] = await Promise.all([upload("video", blob), upload("image", poster)]);
        return { media_id, thumb_media_id };
      });
    }],
    ["mic", "语音", async () => {
      const seconds = await ask("发送一段无声的样例语音", VOICES, (value) => `${value} 秒`);
      if (seconds) sendVoice(send, appid, seconds);
    }],
    ["pin", "位置", async () => {
      const place = await ask("发送位置", PLACES, ({ label }) => label, ({ near }) => near);
      if (place) send({ msgtype: "location", location_x: place.location_x, location_y: place.location_y, scale: 16, label: place.label });
    }],
    ["link", "链接", async () => {
      const link = await ask("转发一篇文章", LINKS, ({ title }) => title, ({ description }) => description);
      if (link) send({ msgtype: "link", ...link });
    }],
    ["mini", "小程序", async () => {
      const card = await ask("转发小程序卡片", MINI_PROGRAMS, ({ title }) => title, ({ pagepath }) => pagepath);
      if (!card) return;
      send({ msgtype: "miniprogrampage", ...card },
        async () => ({ thumb_media_id: await upload("image", await samplePoster()) }));
    }],
  ];
  // A mini-program's chat takes fewer kinds of message.
  const allowed = acts.filter(([, label]) => kind !== "miniprogram" || MINI_PROGRAM_KINDS.has(label));
  const attempt = (work) => () => work().catch((error) => phone.toast(error.message, true));
  return h("div", { class: "plus", hidden: true }, allowed.map(([name, label, work]) =>
    button({ class: "plus-item", onclick: attempt(work) }, h("span", { class: "plus-icon" }, icon(name)), label)));
}

export function facePanel(insert, submit) {
  return h("div", { class: "faces", hidden: true },
    h("div", { class: "faces-grid" }, faces.map(({ code, face }) =>
      button({ class: "face-item emoji", "aria-label": code.slice(1, -1), onclick: () => insert(code) }, face))),
    h("div", { class: "faces-foot" }, button({ class: "send", onclick: submit }, "发送")));
}
