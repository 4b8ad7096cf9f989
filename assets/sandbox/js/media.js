// Pictures, voice and video inside a bubble, and the full-screen viewer.
import { h, button, setText } from "./dom.js";
import { icon } from "./icons.js";
import { mediaUrl } from "./api.js";
import { voiceInfo } from "./voice.js";

/** Where a message's picture can be fetched under the page's own address, or null. */
export function pictureUrl(mediaId, address) {
  if (mediaId) return mediaUrl(mediaId);
  if (!address) return null;
  try {
    const url = new URL(address, location.href);
    if (url.protocol === "blob:") return url.href;
    // The page may show pictures from here only; the simulator's own are here, whatever name it was called by.
    return url.host === location.host || url.pathname.startsWith("/sandbox/") ? url.pathname + url.search : null;
  } catch {
    return null;
  }
}

/** A picture that turns into a quiet placeholder when it cannot be shown. */
export function picture(url, alt, attributes = {}) {
  // A decorative picture leaves its plain ground.
  const missing = () => (alt === ""
    ? h("span", {})
    : h("span", { class: "picture-missing", role: "img", "aria-label": `${alt}，无法显示` }, icon("photoOff")));
  if (!url) return missing();
  const image = h("img", { src: url, alt, decoding: "async", draggable: "false", ...attributes });
  image.addEventListener("error", () => image.replaceWith(missing()), { once: true });
  return image;
}

export function imageBody(item, phone) {
  const url = pictureUrl(item.media_id, item.pic_url);
  const open = () => phone.view(h("img", { src: url, alt: "图片" }), "图片");
  return button({ class: "photo", "aria-label": "图片，点开看大图", onclick: open }, picture(url, "图片"));
}

export function videoBody(item, phone) {
  const poster = item.thumb_media_id ? mediaUrl(item.thumb_media_id) : null;
  const open = () => {
    if (!item.media_id) return;
    const player = h("video", { src: mediaUrl(item.media_id), controls: true, autoplay: true, playsinline: true });
    phone.view(player, item.title || "视频");
  };
  return button(
    { class: "photo photo--video", "aria-label": `视频 ${item.title ?? ""}，点开播放`, onclick: open },
    poster ? picture(poster, "视频封面") : h("span", { class: "video-blank" }),
    h("span", { class: "play" }, icon("play")),
  );
}

let playing = null;

function play(bar, url, info) {
  playing?.stop();
  const audio = info.plays ? new Audio(url) : null;
  const stop = () => {
    clearTimeout(timer);
    audio?.pause();
    bar.classList.remove("voice--playing");
    bar.setAttribute("aria-pressed", "false");
    playing = null;
  };
  const timer = setTimeout(stop, info.seconds * 1000);
  playing = { bar, stop };
  bar.classList.add("voice--playing");
  bar.setAttribute("aria-pressed", "true");
  audio?.play().catch(stop);
}

export function voiceBody(item) {
  const url = mediaUrl(item.media_id);
  const length = h("span", { class: "num" }, item.seconds ? `${item.seconds}″` : "…");
  const bar = button({ class: "voice", "aria-label": "语音", "aria-pressed": "false" }, icon("waves"), length);
  if (item.seconds) bar.style.setProperty("--seconds", item.seconds);
  if (!item.media_id) return bar;
  voiceInfo(url).then(
    (info) => {
      setText(length, `${info.seconds}″`);
      bar.setAttribute("aria-label", `语音 ${info.seconds} 秒`);
      bar.style.setProperty("--seconds", info.seconds);
      bar.addEventListener("click", () => (playing?.bar === bar ? playing.stop() : play(bar, url, info)));
    },
    () => {
      setText(length, "已过期");
      bar.disabled = true;
    },
  );
  return bar;
}
