// 平台脾气: how awkward the simulated platform is. The default is faithful to the documents.
import { h } from "./dom.js";
import { api } from "./api.js";

const SWITCHES = [
  ["duplicates", "答复之后仍重复推送", [false, true]],
  ["reorder", "推送先后颠倒", [false, true]],
  ["empty_event_key", "普通关注带空的 EventKey", [false, true]],
  ["control_chars", "文字里夹控制字符", [false, true]],
  ["blanks", "CDATA 前后带空白", [false, true]],
  ["number_strings", "JSON 里的数字写成字符串", [false, true]],
  ["single_object", "JSON 里只有一项的列表写成对象", [false, true]],
  ["retry_5xx", "服务器报 5xx 也重试", [false, true]],
  ["quota", "客服消息条数有限", ["off", "on"]],
  ["unknown_media", "不认识的媒体 id 要拒绝", ["accept", "refuse"]],
  ["unknown_template", "不认识的模板要拒绝", ["accept", "refuse"]],
];

export function quirks(toast) {
  const boxes = SWITCHES.map(([name, words, values]) => {
    const box = h("input", { type: "checkbox", role: "switch", class: "switch switch--small" });
    box.addEventListener("change", () => set({ [name]: values[Number(box.checked)] }));
    return { name, values, box, row: h("label", {}, h("span", {}, words), box) };
  });
  const show = (now) => {
    for (const { name, values, box, row } of boxes) {
      row.hidden = now[name] === undefined;
      box.checked = now[name] === values[1];
    }
  };
  async function set(changed) {
    try {
      show({ ...(await api.quirks()), ...(await api.setQuirks(changed)) });
    } catch (error) {
      toast(error.message, true);
    }
  }
  const element = h("details", { class: "records" },
    h("summary", {}, h("h2", {}, "平台脾气")), h("div", { class: "quirks" }, boxes.map(({ row }) => row)));
  element.addEventListener("toggle", () => {
    if (element.open) api.quirks().then(show, (error) => toast(error.message, true));
  });
  return element;
}
