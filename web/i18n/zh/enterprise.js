// 企业的中文文案。
export default {
  "entry.mapping.enterprises": "企业台账",
  "event.enterprise.amended": "更新企业信息",
  "event.enterprise.closed": "企业注销",
  "event.enterprise.merged": "企业合并",
  "event.enterprise.moved": "企业迁移",
  "event.enterprise.registered": "登记企业",
  "event.enterprise.reopened": "企业恢复",
  "event.review.deadlines_set": "设定审核时限",
  "event.review.delegated": "审核委托",
  "event.review.escalated": "逾期上报",
  "event.review.judged": "提出审核意见",
  "event.review.opened": "送审",
  "event.review.sent_back": "退回",
  "settings.list_send_back": "企业否决或退回的原因",
  "settings.list_size_class": "企业规模",
  "settings.list_trade": "企业行业",
};
