// 公告的中文文案。
export default {
  "event.notice.posted": "发布公告", "event.notice.confirmed": "确认公告",
  "event.notice.withdrawn": "撤下公告", "event.notice.erased": "抹除公告信息",
};
