// Texts about notices in English.
export default {
  "event.notice.posted": "Notice posted", "event.notice.confirmed": "Notice read",
  "event.notice.withdrawn": "Notice withdrawn", "event.notice.erased": "Notice erased",
  "page.notices": "Notices", "notices.none": "No notices yet.",
  "notices.title": "Title", "notices.confirmed": "Read by", "notices.posted_at": "Posted",
  "notices.contact": "Contact", "notice_state.posted": "Posted", "notice_state.withdrawn": "Withdrawn",
  "notices.notice.post": "Post a notice", "notices.notice.withdraw": "Withdraw",
};
