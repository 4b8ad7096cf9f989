// A picture from camera or album: made small on the phone, then sent under a key, so that it is sent once.
import { random } from "./outbox.js";
import { part, toast } from "./part.js";

const SIDE_MAX = 1600;
const PAUSES = [0, 1000, 3000, 8000];

export function pictures(page, { csrf, after, take, toEnd }) {
  const field = page.querySelector("[data-picture]");

  async function send(blob, key) {
    for (const pause of PAUSES) {
      if (pause > 0) await new Promise((done) => setTimeout(done, pause));
      try {
        const answer = await part(field.dataset.picture, {
          method: "POST",
          body: blob,
          headers: { "x-csrf": csrf, "x-key": key, "x-after": String(after()), "content-type": "application/octet-stream" },
        });
        if (answer.ok) {
          take(await answer.text());
          toEnd();
          return true;
        }
        if (answer.status === 422) {
          toast(await answer.text());
          return true;
        }
        if (answer.status < 500) break;
      } catch {
        // tried again under the same key
      }
    }
    return false;
  }

  field.addEventListener("change", async () => {
    const file = field.files[0];
    field.value = "";
    if (!file) return;
    toast("图片发送中");
    const blob = await small(file);
    const key = random();
    if (!(await send(blob, key))) toast("图片没有发出：网络不通，请稍后重新选择");
  });
}

// One's own photo.
export function photo() {
  const field = document.querySelector("[data-photo]");
  if (!field) return;
  field.closest("[data-photo-set]").hidden = false;
  field.addEventListener("change", async () => {
    const file = field.files[0];
    field.value = "";
    if (!file) return;
    try {
      const answer = await part(field.dataset.photo, {
        method: "POST",
        body: await small(file),
        headers: { "x-csrf": field.dataset.csrf, "content-type": "application/octet-stream" },
      });
      if (answer.ok) location.reload();
      else toast(answer.status === 422 ? await answer.text() : "照片没有保存，请再试一次");
    } catch {
      toast("没有网络，照片没有保存");
    }
  });
}

// As it is when the browser cannot read it: the server says what is wrong with it.
async function small(file) {
  try {
    const picture = await createImageBitmap(file);
    const by = Math.min(1, SIDE_MAX / Math.max(picture.width, picture.height));
    if (by === 1 && file.size < 500_000 && file.type !== "image/webp") return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * by));
    canvas.height = Math.max(1, Math.round(picture.height * by));
    const paint = canvas.getContext("2d");
    paint.fillStyle = "#fff";
    paint.fillRect(0, 0, canvas.width, canvas.height);
    paint.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return (await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85))) ?? file;
  } catch {
    return file;
  }
}
