"""What a client says that it takes."""


def takes_gzip(accepted: str) -> bool:
    """Whether an `Accept-Encoding` names gzip, and not with weight 0."""
    for one in accepted.lower().split(","):
        name, *parameters = (part.strip() for part in one.split(";"))
        if name in ("gzip", "x-gzip"):
            return not any(_nothing(parameter) for parameter in parameters)
    return False


def _nothing(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return name.strip() == "q" and not value.strip().strip("0.")
