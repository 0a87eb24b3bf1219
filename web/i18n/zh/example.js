// The example of an empty service: names of places and teams, and needs.
export default {
  "example.name": "示例（虚构）",
  "example.area.01": "北街道",
  "example.area.01-01": "北苑社区",
  "example.area.01-02": "山脚社区",
  "example.area.02": "南街道",
  "example.area.02-01": "河边社区",
  "example.person": "队员 {n}",
  "example.team": "北街道小队",
  "example.incident": "示例封控",
  "example.need.1": "胰岛素今晚用完",
  "example.need.2": "一家三口需要买菜",
  "example.need.3": "胸痛，无法行走",
  "example.need.4": "明天要去做透析",
  "example.need.5": "昨天起敲门无人应答",
};
