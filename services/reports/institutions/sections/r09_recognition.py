"""R9: nominations, awards, what was published, and brands of trades."""

from services.reports.institutions.model import Figure, Section, both
from services.reports.institutions.past import is_, picked

SECTION = Section(
    code="R9",
    names=both("Recognition", "选树表彰与品牌"),
    reads=("nominations", "awards", "publications", "brands"),
    figures=(
        Figure(
            key="nominations",
            names=both("Nominations", "推荐"),
            definition=both("Made until the date, and not withdrawn", "截至该时点提出且未撤回的推荐"),
            items=picked(
                "nominations",
                "made_at",
                is_("state", "nominated", "approved", "rejected", "awarded"),
                name="honour",
                term="honour",
                owner="post",
            ),
        ),
        Figure(
            key="awards",
            names=both("Awards", "表彰"),
            definition=both("Given until the date, and not revoked", "截至该时点授予且未撤销的表彰"),
            items=picked("awards", "granted_at", is_("state", "valid"), name="title", owner="post"),
        ),
        Figure(
            key="published",
            names=both("Published items", "宣传报道"),
            definition=both(
                "Published until the date, and not retracted; those that lost a name count",
                "截至该时点已发布且未撤下的报道，隐去姓名的仍计入",
            ),
            items=picked("publications", "published_at", is_("state", "published"), name="topic"),
        ),
        Figure(
            key="brands",
            names=both("Brands of trades", "行业品牌"),
            definition=both("Registered, and not retired at the date", "已登记且截至该时点未停用的品牌"),
            items=picked("brands", "since", is_("state", "in_use")),
        ),
    ),
)
