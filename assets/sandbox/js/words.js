// The simulator's refusals in words for people. A test finds those that are missing here.
const REFUSALS = new Map([
  ["the person follows the account already", "已经关注了这个公众号"],
  ["the person does not follow the account", "还没有关注这个公众号"],
  ["the code has expired", "这张码已经过期"],
  ["no such code", "公众号没有生成过这张码"],
  ["there is nothing with this key to tap", "这个选项已经点不到了"],
  ["no such account", "模拟器里没有这个公众号"],
  ["no such person", "模拟器里没有这个人"],
  ["text is missing", "写点什么再发"],
  ["the body is empty", "文件是空的"],
  ["larger than any upload of the platform", "文件太大，微信不收"],
  ["this kind of account has no followers", "小程序没有「关注」"],
  ["this kind of account has no parametric codes", "小程序没有带参数的公众号二维码"],
  ["this kind of account has no menu", "小程序没有公众号菜单"],
  ["advance_seconds is too large", "时间一次拨得太远了"],
]);
const PATTERNS = [
  [/^a person cannot send \w+ here$/, "这里发不了这种消息"],
  [/^a button of type \w+ cannot be tapped$/, "这种菜单在模拟器里点不开"],
];

/** What to tell a person whose act was refused with `status` and the simulator's own words. */
export function refusalWords(status, error) {
  if (typeof error === "string" && error !== "") {
    return REFUSALS.get(error) ?? PATTERNS.find(([pattern]) => pattern.test(error))?.[1] ?? `模拟器没有答应（${error}）`;
  }
  if (status === 404) return "模拟器里没有这一项，可能已经被清掉了";
  if (status === 413) return "文件太大，微信不收";
  return `模拟器没有答应（${status}）`;
}
