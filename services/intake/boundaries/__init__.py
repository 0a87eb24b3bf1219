"""Import the boundaries of areas from a GeoJSON file."""

from services.intake.boundaries.importing import Boundaries, Shape, bind, is_geojson, planned

__all__ = ["Boundaries", "Shape", "bind", "is_geojson", "planned"]
