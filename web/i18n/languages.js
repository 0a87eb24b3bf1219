// The languages of the pages. To add one, add a folder of catalogues next to this file and a line here.
// tag: BCP 47, for the attribute lang; format: locale of dates and numbers; list: separator of list items;
// script: width of words, which sets the widths of narrow columns.
export const LANGUAGES = [
  { code: "zh", tag: "zh-CN", format: "zh-CN", name: "中文", short: "中文", list: "、", script: "wide" },
  { code: "en", tag: "en", format: "en-GB", name: "English", short: "EN", list: ", ", script: "narrow" },
];
/** The language of the service's own sentences, and the default for browsers in other languages. */
export const REFERENCE = "en";
