"""Links that open a station in a map: AMap, Baidu, and whatever the phone has for `geo:`."""

from typing import Final
from urllib.parse import quote

from services.locations.datum import gcj02_to_bd09, wgs84_to_gcj02

_DIGITS: Final = 6


def links(name: str, lat: float, lon: float) -> dict[str, str]:
    """Return the links by map, each with the point in that map's own datum."""
    gcj_lon, gcj_lat = wgs84_to_gcj02(lon, lat)
    bd_lon, bd_lat = gcj02_to_bd09(gcj_lon, gcj_lat)
    text = quote(name, safe="")
    return {
        "amap": (
            f"https://uri.amap.com/marker?position={_pair(gcj_lon, gcj_lat)}&name={text}&coordinate=gaode"
        ),
        "baidu": (
            f"https://api.map.baidu.com/marker?location={_pair(bd_lat, bd_lon)}"
            f"&title={text}&content={text}&output=html&coord_type=bd09ll"
        ),
        "geo": f"geo:{_pair(lat, lon)}?q={_pair(lat, lon)}({text})",
    }


def _pair(one: float, other: float) -> str:
    return f"{one:.{_DIGITS}f},{other:.{_DIGITS}f}"
