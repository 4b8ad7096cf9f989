// WeChat's own faces travel as codes in the text ("[微笑]"); shown here as the nearest emoji.
const FACES = {
  微笑: "🙂", 呲牙: "😁", 偷笑: "🤭", 愉快: "😊", 害羞: "☺️", 调皮: "😜", 得意: "😎", 色: "😍",
  捂脸: "🤦", 破涕为笑: "😂", 流泪: "😢", 大哭: "😭", 尴尬: "😅", 惊讶: "😮", 疑问: "🤔", 发怒: "😠",
  强: "👍", 弱: "👎", 握手: "🤝", 抱拳: "🙏", 胜利: "✌️", OK: "👌", 拥抱: "🤗", 鼓掌: "👏",
  玫瑰: "🌹", 爱心: "❤️", 蛋糕: "🎂", 礼物: "🎁", 太阳: "☀️", 月亮: "🌙", 咖啡: "☕", 红包: "🧧",
};

/** The codes that the picker offers, with their faces. */
export const faces = Object.entries(FACES).map(([name, face]) => ({ code: `[${name}]`, face }));

/** The face of a code, or nothing when it is only a word in brackets, like 【图片】. */
export const emojiFor = (code) => FACES[code.slice(1, -1)];
