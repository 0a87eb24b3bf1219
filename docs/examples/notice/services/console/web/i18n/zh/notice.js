// 公告的中文文字。
export default {
  "event.notice.posted": "发布公告", "event.notice.confirmed": "已读公告",
  "event.notice.withdrawn": "撤下公告", "event.notice.erased": "公告信息抹除",
};
