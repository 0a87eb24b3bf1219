// 单位与岗位的中文文案。
export default {
  "entry.mapping.units-and-posts": "单位与岗位",
  "event.unit.established": "成立单位",
  "event.unit.renamed": "单位更名",
  "event.unit.moved": "调整单位隶属",
  "event.unit.charged": "明确单位职责",
  "event.unit.dissolved": "撤销单位",
  "event.post.created": "设立岗位",
  "event.post.renamed": "岗位更名",
  "event.post.moved": "调整岗位",
  "event.post.charged": "明确岗位职责",
  "event.post.relieved": "解除岗位职责",
  "event.post.appointed": "任职",
  "event.post.vacated": "离任",
  "event.post.abolished": "撤销岗位",
  "event.holder.erased": "抹除任职人姓名",
};
