// Texts about enterprises in English.
export default {
  "entry.mapping.enterprises": "Enterprises",
  "event.enterprise.amended": "Enterprise amended",
  "event.enterprise.closed": "Enterprise closed",
  "event.enterprise.merged": "Enterprise merged",
  "event.enterprise.moved": "Enterprise moved",
  "event.enterprise.registered": "Enterprise registered",
  "event.enterprise.reopened": "Enterprise reopened",
  "event.review.deadlines_set": "Deadlines of reviews set",
  "event.review.delegated": "Review delegated",
  "event.review.escalated": "Silence gone up",
  "event.review.judged": "Verdict given",
  "event.review.opened": "Sent for review",
  "event.review.sent_back": "Sent back",
  "settings.list_send_back": "Reasons to reject an enterprise or send it back",
  "settings.list_size_class": "Size classes of enterprises",
  "settings.list_trade": "Trades of enterprises",
};
