// 企业的中文文案。
export default {
  "event.enterprise.amended": "更新企业信息",
  "event.enterprise.closed": "企业注销",
  "event.enterprise.merged": "企业合并",
  "event.enterprise.moved": "企业迁移",
  "event.enterprise.registered": "登记企业",
  "event.enterprise.reopened": "企业恢复",
  "settings.list_size_class": "企业规模",
  "settings.list_trade": "企业行业",
};
