// Texts about chapters and coverage in Chinese.
export default {
  "event.chapter.dissolved": "组织已撤销",
  "event.chapter.formed": "组织已成立",
  "event.chapter.joined": "企业加入组织",
  "event.chapter.left": "企业退出组织",
  "event.chapter.merged": "组织已合并",
  "event.chapter.proposed": "已建议组建方式",
  "event.chapter.renewed": "组织已换届",
  "event.formation.set": "组建规则已设置",
  "event.member.erased": "党员姓名已删除",
  "event.member.left": "党员离开组织",
  "event.member.named": "已记录党员姓名",
  "settings.list_dissolve": "撤销组织的原因",
  "settings.list_route": "不按建议方式组建的理由",
};
