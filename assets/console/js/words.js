// What scripts say, in the language of the page. The Chinese text is the key; `{0}` is what is put in.
const english = {
  "取消": "Cancel",
  "选好的图片": "The chosen picture",
  "请输入“{0}”": "Type “{0}”",
  "继续": "Go on",
  "{0}？": "{0}?",
  "已复制": "Copied",
  "浏览器不允许直接复制，请选中后按 Ctrl-C。": "The browser does not allow copying. Select the text and press Ctrl-C.",
  "{0} 位": "{0}",
  "放弃填写的内容？": "Discard what you typed?",
  "还没有保存，离开后不会保留。": "It is not saved and will be lost.",
  "放弃": "Discard",
  "继续填写": "Keep editing",
  "展开导航": "Expand navigation",
  "收起导航": "Collapse navigation",
  "已选全部，不只本页": "All selected, not only this page",
  "已选 {0} 位": "{0} selected",
};

export function ours(text, put = "") {
  const said = document.documentElement.lang === "en" ? (english[text] ?? text) : text;
  return said.replace("{0}", () => put);
}
