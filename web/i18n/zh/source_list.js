// 比对名单的中文文案。
export default {
  "entry.mapping.source-list": "比对名单",
  "event.source_list.declared": "登记一期比对名单",
  "event.source_list.withdrawn": "撤销一期比对名单",
  "event.entry.listed": "收录名单条目",
  "event.entry.struck": "划去名单条目",
  "event.match.judged": "认定名单条目",
  "event.match.undone": "撤回意见",
  "settings.list_source_kind": "比对名单的类别",
  "settings.list_match": "比对意见的理由",
};
