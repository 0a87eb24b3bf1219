"""Parse Accept-Encoding."""


def takes_gzip(accepted: str) -> bool:
    """Whether an `Accept-Encoding` header accepts gzip (named, with a weight above 0)."""
    for one in accepted.lower().split(","):
        name, *parameters = (part.strip() for part in one.split(";"))
        if name in ("gzip", "x-gzip"):
            return not any(_nothing(parameter) for parameter in parameters)
    return False


def _nothing(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return name.strip() == "q" and not value.strip().strip("0.")
