// 公告的中文文案。
export default {
  "event.notice.posted": "发布公告", "event.notice.confirmed": "确认公告",
  "event.notice.withdrawn": "撤下公告", "event.notice.erased": "抹除公告信息",
  "page.notices": "公告", "notices.none": "还没有公告。",
  "notices.title": "标题", "notices.confirmed": "已读人数", "notices.posted_at": "发布时间",
  "notices.contact": "联系人", "notice_state.posted": "已发布", "notice_state.withdrawn": "已撤下",
  "notices.notice.post": "发布公告", "notices.notice.withdraw": "撤下",
};
