// The languages of the pages. To add one: a folder of catalogues beside this file, and a line here.
// tag: BCP 47, for lang="" and text; format: for dates and numbers; list: what stands between items;
// script: how much room a word takes, which sets the widths of narrow columns.
export const LANGUAGES = [
  { code: "zh", tag: "zh-CN", format: "zh-CN", name: "中文", short: "中文", list: "、", script: "wide" },
  { code: "en", tag: "en", format: "en-GB", name: "English", short: "EN", list: ", ", script: "narrow" },
];
/** What the service's own sentences are in, and what readers of other languages see. */
export const REFERENCE = "en";
