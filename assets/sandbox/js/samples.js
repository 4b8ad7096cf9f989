// Things to send when there is nothing at hand: a drawn photo, a short clip, places, articles, cards. All invented.

export const PLACES = [
  { label: "杭州市拱墅区莫干山路 1418 号城北商场", near: "禾豆星城北店附近", location_x: "30.326100", location_y: "120.112600" },
  { label: "绍兴市越城区若耶路 66 号", near: "禾豆星若耶店附近", location_x: "29.981500", location_y: "120.581300" },
  { label: "杭州市西湖区文三路小学门口", near: "放学的地方", location_x: "30.276800", location_y: "120.130900" },
];

export const LINKS = [
  { title: "儿童手表怎么选？看完这篇就够了", description: "定位、防水、续航三项对照", url: "https://example.com/articles/watch-guide" },
  { title: "学校让不让戴手表，各地怎么说", description: "开学前家长最关心的问题", url: "https://example.com/articles/school-rules" },
];

export const MINI_PROGRAMS = [
  { title: "豆芽 5 Pro · 樱花粉", pagepath: "pages/product/detail?id=5pro-pink" },
  { title: "我的优惠券", pagepath: "pages/coupon/list" },
];

const [WIDTH, HEIGHT] = [720, 960];
let drawn = 0;

const between = (low, high) => low + Math.random() * (high - low);

function watch(pen, hue, tilt) {
  pen.save();
  pen.translate(WIDTH / 2, HEIGHT / 2);
  pen.rotate(tilt);
  pen.fillStyle = `hsl(${hue} 62% 62%)`;
  for (const y of [-400, 150]) {
    pen.beginPath();
    pen.roundRect(-105, y, 210, 250, 46);
    pen.fill();
  }
  pen.shadowColor = "rgb(0 0 0 / .35)";
  pen.shadowBlur = 42;
  pen.fillStyle = `hsl(${hue} 50% 44%)`;
  pen.beginPath();
  pen.roundRect(-185, -205, 370, 410, 92);
  pen.fill();
  pen.shadowBlur = 0;
  pen.fillStyle = "#10151f";
  pen.beginPath();
  pen.roundRect(-152, -172, 304, 344, 64);
  pen.fill();
  pen.fillStyle = "#fff";
  pen.textAlign = "center";
  pen.font = "600 84px system-ui, sans-serif";
  pen.fillText("16:35", 0, 14);
  pen.fillStyle = `hsl(${hue} 80% 78%)`;
  pen.font = "500 34px system-ui, sans-serif";
  pen.fillText("豆芽 5 Pro", 0, 84);
  pen.restore();
}

function draw(canvas, hue, time = 0) {
  const pen = canvas.getContext("2d");
  const water = pen.createLinearGradient(0, 0, 0, HEIGHT);
  water.addColorStop(0, "#c8ecf4");
  water.addColorStop(1, "#2b86b3");
  pen.fillStyle = water;
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  watch(pen, hue, Math.sin(time) * .12 - .1);
  for (let bubble = 0; bubble < 46; bubble += 1) {
    const [x, y, size] = [(bubble * 197 + time * 30) % WIDTH, HEIGHT - ((bubble * 331 + time * 190) % HEIGHT), 5 + (bubble * 13) % 22];
    pen.beginPath();
    pen.arc(x, y, size, 0, Math.PI * 2);
    pen.fillStyle = "rgb(255 255 255 / .22)";
    pen.fill();
    pen.strokeStyle = "rgb(255 255 255 / .55)";
    pen.lineWidth = 2;
    pen.stroke();
  }
}

function canvasOf(hue) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  draw(canvas, hue, between(0, 9));
  return canvas;
}

const jpeg = (canvas) => new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", .86));

/** A photo of a watch under water; each one has another colour, so that two are never mixed up. */
export function samplePhoto() {
  drawn += 1;
  return jpeg(canvasOf((320 + drawn * 67) % 360));
}

/** The cover of the sample clip. */
export const samplePoster = () => jpeg(canvasOf(200));

/** A clip of about a second, recorded from the drawing. */
export async function sampleVideo() {
  const type = ["video/mp4", "video/webm"].find((candidate) => window.MediaRecorder?.isTypeSupported(candidate));
  if (!type) throw new Error("这个浏览器录不了示例视频，请选择一个文件");
  const canvas = canvasOf(200);
  const recorder = new MediaRecorder(canvas.captureStream(24), { mimeType: type, videoBitsPerSecond: 900_000 });
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const ended = new Promise((resolve) => { recorder.onstop = resolve; });
  recorder.start();
  const began = performance.now();
  await new Promise((resolve) => {
    const frame = () => {
      const seconds = (performance.now() - began) / 1000;
      draw(canvas, 200, seconds * 2);
      if (seconds < 1.2) requestAnimationFrame(frame);
      else resolve();
    };
    frame();
  });
  recorder.stop();
  await ended;
  for (const track of recorder.stream.getTracks()) track.stop();
  return new Blob(parts, { type });
}
