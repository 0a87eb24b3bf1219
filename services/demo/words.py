"""Labels of the board, in English and Chinese."""

from typing import Final

ROLES: Final = {
    "courier": "courier 快递员",
    "rider": "rider 骑手",
    "driver": "driver 司机",
    "property_staff": "property 物业",
    "volunteer": "volunteer 志愿者",
    "medic": "medic 医护",
}
PRESENCE: Final = {
    "available": "free 待命",
    "on_break": "break 休息",
    "assigned": "sent 已派",
    "en_route": "way 途中",
    "on_scene": "there 现场",
}
PRIORITIES: Final = {1: "P1 life 危及生命", 2: "P2 urgent 紧急", 3: "P3 needed 一般", 4: "P4 comfort 不急"}
TEAMS: Final = {"forming": "forming 组建", "active": "active 启用", "stood_down": "stood down 解散"}
LEDGER: Final = {
    "received": "received 收到",
    "open": "open 待派",
    "assigned": "assigned 已派",
    "in_progress": "in progress 进行中",
    "done": "done 办结",
    "failed": "failed 未办成",
    "cancelled": "cancelled 取消",
    "merged": "merged 合并",
}
EVENTS: Final = {
    "worker.registered": "登记",
    "worker.reported": "报到",
    "worker.checked_in": "签到",
    "worker.checked_out": "签退",
    "worker.presence_set": "状态",
    "worker.taken_back": "撤销",
    "team.formed": "组队",
    "team.joined": "入队",
    "team.left": "离队",
    "team.leader_appointed": "任队长",
    "team.activated": "启用",
    "team.stood_down": "解散",
    "incident.declared": "宣布",
    "incident.closed": "结束",
    "request.opened": "求助",
    "request.acknowledged": "知悉",
    "request.amended": "修改",
    "request.completed": "办结",
    "request.cancelled": "取消",
    "request.failed": "未办成",
    "request.merged": "合并",
    "request.reopened": "重开",
    "assignment.offered": "询问",
    "assignment.accepted": "接单",
    "assignment.declined": "拒单",
    "assignment.expired": "超时",
    "assignment.dispatched": "派出",
    "assignment.progressed": "进展",
    "assignment.done": "完成",
    "assignment.released": "撤回",
    "area.defined": "区域",
}
