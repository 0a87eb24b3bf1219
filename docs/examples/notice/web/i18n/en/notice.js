// Texts about notices in English.
export default {
  "event.notice.posted": "Notice posted", "event.notice.confirmed": "Notice read",
  "event.notice.withdrawn": "Notice withdrawn", "event.notice.erased": "Notice erased",
};
