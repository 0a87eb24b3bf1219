"""Terms: the coded lists that a jurisdiction can extend, such as categories and reasons.

What is built in holds until a definition of the same list and code replaces it.
"""

from typing import Annotated, Any, ClassVar, Final, Literal, get_args

import msgspec

from events.amendment import Amendment
from events.base import event, upcast
from events.refs import Ref

TermRef = Annotated[str, Ref("term")]
List = Literal[
    "category",
    "incident_kind",
    "door",
    "decline",
    "complete",
    "fail",
    "cancel",
    "release",
    "reassign",
    "reopen",
    "override",
    "unattended",
    "correction",
    "leave",
    "stand_down",
    "retire",
    "reopen_incident",
    "trade",
    "size_class",
    "send_back",
    "source_kind",
    "match",
    "route",
    "dissolve",
    "station_kind",
    "station_service",
    "need_item",
    "difficulty",
    "difficulty_end",
    "honour",
    "channel",
]
"""category: of requests. incident_kind: of incidents. trade, size_class: of enterprises; codes of GB/T 4754
may be added. The others are reasons. send_back: to reject an enterprise, or send it back. door: why it could
not be done. decline: an offer. complete, fail, cancel, reopen: a request. release, reassign: an assignment.
override: against a rule. unattended: sent although nobody is on duty. correction: of attendance.
leave: going off duty with tasks. stand_down: a team. retire: a worker. reopen_incident: an incident.
source_kind: of source lists. match: for saying that an entry of a source list is an enterprise or not.
route: another route than the proposed one. dissolve: a chapter. station_kind, station_service: of stations;
named as in Open Referral HSDS where it has a name. need_item: what stations need,
unless it is text. difficulty: categories of difficulties.
difficulty_end: to decline, close or return a difficulty. honour: what people are nominated for.
channel: where something was published."""
LISTS: Final[tuple[List, ...]] = get_args(List)
CATEGORY: Final = "category"


class Names(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a term is called, by language; None if it has no name in it."""

    en: str | None = None
    zh: str | None = None


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a list."""

    names: Names = Names()
    confirm: bool = False
    """Only of categories: a request does not complete by itself, a dispatcher confirms."""
    retired: bool = False
    """No longer offered; what was recorded with it stays."""


@event("term.defined", schema=2)
class TermDefined(Amendment, frozen=True):
    """A term was defined, or defined again; the whole definition replaces the earlier one."""

    NOT_SET: ClassVar[frozenset[str]] = frozenset(("list", "code"))

    term: TermRef
    """`LIST.CODE`"""
    list: str
    code: str
    names: Names = Names()
    confirm: bool = False
    retired: bool = False


@upcast("term.defined", 1)
def _all_in_the_present(data: dict[str, Any]) -> dict[str, Any]:
    """Upgrade from schema 1, by which the last one recorded counted, however early its time."""
    return data


def term_id(list_: str, code: str) -> str:
    """Return a term's id, `LIST.CODE`. Lists have no dot in their names."""
    return f"{list_}.{code}"


def _terms(**names: tuple[str, str]) -> dict[str, Term]:
    return {code: Term(names=Names(en=en, zh=zh)) for code, (en, zh) in names.items()}


BUILT_IN: Final[dict[List, dict[str, Term]]] = {
    "category": _terms(
        grocery=("Groceries", "买菜"),
        medicine=("Medicine", "送药"),
        transport=("Transport", "接送"),
        welfare=("Welfare", "照护"),
        medical=("Medical", "医疗"),
        rescue=("Rescue", "救援"),
        shelter=("Shelter", "安置"),
        other=("Other", "其他"),
    ),
    "incident_kind": _terms(
        general=("General", "一般"),
        lockdown=("Lockdown", "封控"),
        flood=("Flood", "洪涝"),
        storm=("Storm", "风暴"),
        earthquake=("Earthquake", "地震"),
        fire=("Fire", "火灾"),
        epidemic=("Epidemic", "疫情"),
        chemical=("Chemical accident", "危化品事故"),
    ),
    "door": _terms(
        nobody_home=("Nobody at home", "家中无人"),
        wrong_address=("Wrong address", "地址不对"),
        refused=("Refused", "对方拒收"),
        unsafe=("Not safe", "现场不安全"),
        no_goods=("No goods", "没有物资"),
        other=("Other", "其他"),
    ),
    "decline": _terms(
        busy=("Busy", "正忙"),
        too_far=("Too far", "太远"),
        no_vehicle=("No vehicle", "没有车"),
        unwell=("Unwell", "身体不适"),
        other=("Other", "其他"),
    ),
    "complete": _terms(
        handed_in_person=("Handed over in person", "当面交付"),
        left_at_door=("Left at the door", "放在门口"),
        found_served=("Already served on arrival", "到场时已解决"),
    ),
    "fail": _terms(
        nobody_home=("Nobody at home", "家中无人"),
        out_of_stock=("Out of stock", "缺货"),
        address_not_found=("Address not found", "找不到地址"),
        refused_at_door=("Refused at the door", "对方拒收"),
        handed_over=("Handed to another organisation", "移交其他单位"),
    ),
    "cancel": _terms(
        no_longer_needed=("No longer needed", "不再需要"),
        solved_itself=("Resolved itself", "已自行解决"),
        neighbour_helped=("A neighbour helped", "邻居已帮忙"),
        already_served=("Already served", "此前已办结"),
        entered_twice=("Entered twice", "重复登记"),
    ),
    "release": _terms(
        no_contact=("Could not be reached", "联系不上"),
        sick=("Taken ill", "生病"),
        vehicle_fault=("Vehicle breakdown", "车辆故障"),
        sent_by_mistake=("Sent by mistake", "误派"),
        needed_elsewhere=("Needed elsewhere", "别处更需要"),
    ),
    "reassign": _terms(
        no_contact=("Could not be reached", "联系不上"),
        sick=("Taken ill", "生病"),
        vehicle_fault=("Vehicle breakdown", "车辆故障"),
        too_far=("Too far", "太远"),
        on_other_task=("On another task", "正在执行其他任务"),
        shift_over=("Shift over", "已下班"),
    ),
    "reopen": _terms(
        goods_missing=("Goods missing", "物资不齐"),
        not_served=("Not actually served", "实际未办成"),
        ended_by_mistake=("Ended by mistake", "误结束"),
    ),
    "override": _terms(
        life_safety=("Life is in danger", "危及生命"),
        same_trip=("Same trip", "顺路"),
        nobody_else=("Nobody else available", "没有其他人可派"),
    ),
    "unattended": _terms(
        called_in=("Members are being called in", "正在召集队员"),
        told_by_phone=("Told by phone", "已电话通知"),
        nobody_else=("Nobody else available", "没有其他人可派"),
    ),
    "correction": _terms(
        forgotten_check_out=("Forgot to check out", "忘记签退"),
        forgotten_check_in=("Forgot to check in", "忘记签到"),
        wrong_time=("Wrong time", "时间有误"),
        wrong_area=("Wrong area", "区域有误"),
        other=("Other", "其他"),
    ),
    "leave": _terms(
        shift_over=("My shift is over", "已下班"),
        unwell=("Unwell", "身体不适"),
        vehicle=("Vehicle broke down", "车辆故障"),
        other=("Other", "其他"),
    ),
    "stand_down": _terms(
        task_over=("Task over", "任务结束"),
        merged_team=("Merged into another team", "并入其他队伍"),
        quarantined=("Quarantined", "隔离"),
    ),
    "retire": _terms(
        left=("Left", "已离开本地"),
        duplicate=("Registered twice", "重复登记"),
        infected=("Infected", "已感染"),
        unreachable=("Unreachable", "联系不上"),
    ),
    "reopen_incident": _terms(
        ended_by_mistake=("Ended by mistake", "误结束"),
        not_over=("Not actually over", "实际未结束"),
    ),
    "trade": _terms(
        courier=("Courier and parcel services", "快递物流"),
        food_delivery=("Food delivery", "外卖配送"),
        ride_hailing=("Ride-hailing", "网约车"),
        transport=("Road transport", "道路运输"),
        ecommerce=("E-commerce", "电子商务"),
        internet=("Internet services", "互联网服务"),
        property=("Property management", "物业服务"),
        intermediary=("Intermediary services", "中介服务"),
        other=("Other", "其他"),
    ),
    "size_class": _terms(
        large=("Large", "大型"),
        medium=("Medium", "中型"),
        small=("Small", "小型"),
        micro=("Micro", "微型"),
    ),
    "send_back": _terms(
        incomplete=("Details missing", "资料不全"),
        wrong_code=("Code is wrong", "信用代码有误"),
        wrong_trade=("Trade is wrong", "行业有误"),
        wrong_area=("Area is wrong", "所属区域有误"),
        wrong_numbers=("Numbers are wrong", "人数有误"),
        duplicate=("Entered twice", "重复登记"),
        not_trading=("Not trading any more", "已停止经营"),
        not_new_sector=("Not of the new trades", "不属于新就业群体企业"),
        other=("Other", "其他"),
    ),
    "source_kind": _terms(
        registry=("Registry export", "登记名录"),
        platform=("Platform list", "平台名单"),
        tax=("Tax list", "税务名单"),
    ),
    "match": _terms(
        same_firm=("The same firm under another name or form", "同一企业，名称或形式不同"),
        renamed=("The firm was renamed", "企业已更名"),
        wrong_code=("A code is wrong", "代码有误"),
        other_firm=("Two firms of like names", "名称相近的两家企业"),
        other_place=("In another place", "不在同一地点"),
        to_ask=("To be asked", "待核实"),
    ),
    "route": _terms(
        asked=("Asked for by the enterprise", "企业要求"),
        leading=("Leading enterprise of its trade", "行业龙头企业"),
        no_secretary=("Nobody can lead it", "没有合适的负责人"),
        far_away=("Too far from the others", "与其他企业相距过远"),
        other=("Other", "其他"),
    ),
    "dissolve": _terms(
        enterprise_ended=("The enterprise closed or moved away", "企业注销或迁出"),
        too_few=("Too few members", "党员人数不足"),
        regrouped=("Regrouped", "调整设置"),
        other=("Other", "其他"),
    ),
    "station_kind": _terms(
        youth=("Youth station", "青年驿站"),
        talent=("Talent station", "人才驿站"),
        red=("Red station", "红色驿站"),
        service_centre=("Service centre", "党群服务中心"),
        rest=("Rest stop", "歇脚点"),
        warming=("Warming centre", "取暖点"),
        shelter=("Emergency shelter", "应急避难场所"),
        hotel=("Hotel", "酒店"),
        clinic=("Clinic", "诊疗点"),
        hospital=("Hospital", "医院"),
        other=("Other", "其他"),
    ),
    "station_service": _terms(
        rest=("Place to rest", "休息"),
        drinking_water=("Drinking water", "饮水"),
        charging=("Phone charging", "手机充电"),
        battery_swap=("Battery charging and swapping", "电动车换电"),
        toilet=("Toilet", "卫生间"),
        microwave=("Heating meals", "热饭"),
        meals=("Meals", "用餐"),
        first_aid=("First aid", "应急药箱"),
        wifi=("Wi-Fi", "无线网络"),
        tools=("Tools and repair", "工具维修"),
        umbrella=("Umbrellas", "雨伞"),
        reading=("Books and papers", "图书报刊"),
        legal_advice=("Legal advice", "法律咨询"),
        counselling=("Counselling", "心理咨询"),
        lodging=("Temporary housing", "临时住宿"),
        medical_care=("Medical care", "医疗"),
        pets=("Pets welcome", "可携带宠物"),
    ),
    "need_item": _terms(
        water=("Drinking water", "饮用水"),
        food=("Food", "食品"),
        blankets=("Blankets", "毛毯"),
        medicine=("Medicine", "药品"),
        masks=("Masks", "口罩"),
        power_banks=("Power banks", "充电宝"),
        people=("Helpers", "人手"),
    ),
    "difficulty": _terms(
        pay=("Pay and wages", "劳动报酬"),
        contract=("Contracts and dismissal", "劳动合同"),
        insurance=("Insurance and injury", "社保与工伤"),
        platform_rules=("Rules and penalties of a platform", "平台规则与扣罚"),
        access=("Entry, parking and roads", "进门、停车与道路"),
        charging=("Charging and rest", "充电与休息"),
        housing=("Housing", "住房"),
        schooling=("Children's schooling", "子女入学"),
        health=("Health", "看病就医"),
        legal=("Legal advice", "法律咨询"),
        staff=("Finding staff", "招工用工"),
        funds=("Loans and funds", "融资资金"),
        premises=("Premises and permits", "场地与审批"),
        supplies=("Supplies", "物资"),
        labour=("Helping hands", "人力支援"),
        machines=("Machines", "机具"),
        other=("Other", "其他"),
    ),
    "difficulty_end": _terms(
        not_ours=("Not within our remit", "不属于本单位职责"),
        no_funds=("No funds", "资金不足"),
        no_rule=("The rules do not allow it", "政策不允许"),
        not_enough=("Too little is known", "情况不清"),
        not_found=("Could not be verified", "查无此事"),
        too_busy=("No capacity", "力量不足"),
        other=("Other", "其他"),
    ),
    "honour": _terms(
        good_person=("Good person", "身边好人"),
        exemplary_volunteer=("Exemplary volunteer", "优秀志愿者"),
        exemplary_worker=("Exemplary worker", "先进个人"),
        other=("Other", "其他"),
    ),
    "channel": _terms(
        newspaper=("Newspaper", "报纸"),
        television=("Television", "电视"),
        radio=("Radio", "广播"),
        website=("Website", "网站"),
        social=("Social media", "新媒体"),
        board=("Notice board", "公示栏"),
        other=("Other", "其他"),
    ),
}
"""List -> code -> term, in the order in which they are offered."""
