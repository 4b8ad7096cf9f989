// How long a voice message is, read from its bytes, and a sample recording to send.

// Bytes of one 20 ms frame of AMR-NB by mode, the frame's own first byte included (RFC 4867, 3GPP TS 26.101).
const AMR_FRAME = [13, 14, 16, 18, 20, 21, 27, 32, 6, 1, 1, 1, 1, 1, 1, 1];
const MAGIC = "#!AMR\n";
const FRAMES_PER_SECOND = 50;
const NO_DATA = 0x7c;

function amrSeconds(bytes) {
  let frames = 0;
  for (let at = MAGIC.length; at < bytes.length; at += AMR_FRAME[(bytes[at] >> 3) & 15]) frames += 1;
  return frames / FRAMES_PER_SECOND;
}

const isAmr = (bytes) => String.fromCharCode(...bytes.subarray(0, MAGIC.length)) === MAGIC;

function playerSeconds(url) {
  return new Promise((resolve) => {
    const audio = new Audio();
    audio.onloadedmetadata = () => resolve(Number.isFinite(audio.duration) ? audio.duration : 1);
    audio.onerror = () => resolve(1);
    audio.src = url;
  });
}

const known = new Map();

/** {seconds, plays}: whole seconds from 1 to 60; `plays` is false for AMR, which browsers cannot play. */
export function voiceInfo(url) {
  if (!known.has(url)) {
    known.set(url, (async () => {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error("语音已过期");
      const bytes = new Uint8Array(await answer.arrayBuffer());
      const amr = isAmr(bytes);
      const seconds = amr ? amrSeconds(bytes) : await playerSeconds(url);
      return { seconds: Math.min(60, Math.max(1, Math.round(seconds))), plays: !amr };
    })());
    known.get(url).catch(() => known.delete(url));
  }
  return known.get(url);
}

/** A silent recording in WeChat's format. */
export function sampleVoice(seconds) {
  const bytes = new Uint8Array(MAGIC.length + seconds * FRAMES_PER_SECOND).fill(NO_DATA);
  bytes.set([...MAGIC].map((letter) => letter.charCodeAt(0)));
  return new Blob([bytes], { type: "audio/amr" });
}
