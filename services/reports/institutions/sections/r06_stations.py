"""R6: service stations, the public map, and uses."""

from services.reports.institutions.model import Figure, Section, both
from services.reports.institutions.past import is_, picked

SECTION = Section(
    code="R6",
    names=both("Service stations", "服务驿站"),
    reads=("stations", "station_uses", "needs"),
    figures=(
        Figure(
            key="stations",
            names=both("Stations", "驿站"),
            definition=both("Opened, and not withdrawn at the date", "已设立且截至该时点未撤销的驿站"),
            items=picked("stations", "since", is_("state", "active")),
        ),
        Figure(
            key="on_map",
            names=both("On the public map", "上线公众地图"),
            definition=both("Of these, those on the public map", "其中在公众地图上公布的驿站"),
            items=picked("stations", "on_map_since", lambda past, row: row.state == "active" and row.on_map),
            of="R6.stations",
        ),
        Figure(
            key="uses",
            names=both("Services given", "提供服务"),
            definition=both(
                "Uses of stations until the date, entered by keepers or scanned at the door",
                "截至该时点驿站使用次数，由站长登记或扫门口二维码记录",
            ),
            items=picked(
                "station_uses", "used_at", name=lambda past, row: past.name("stations", row.station)
            ),
        ),
        Figure(
            key="needs",
            names=both("Open needs", "待满足的需求"),
            definition=both(
                "What stations are short of or have too much of, and was not closed",
                "驿站短缺或富余、尚未关闭的物资需求",
            ),
            items=picked("needs", "since", is_("state", "open"), name="item", term="need_item"),
        ),
    ),
)
