"""Labels that have a value for every request, trace or user."""

from __future__ import annotations

import re

_ID = re.compile(
    r"^(?:(?:\w+_)?(?:trace|span|request|correlation|session|user|customer|transaction|message|order|container)_?id|uuid|guid|email|user_email"
    r"|user_?agent|(?:client|remote|source|src|dest|dst|destination|peer|visitor)_?(?:ip|addr(?:ess)?)|ip_address|(?:cf_)?ray(?:_?id)?|query_string|full_url|full_path|error_message|timestamp)$",
    re.IGNORECASE,
)


def is_id(label: str) -> bool:
    """Whether a label's name says that its values never end."""
    return bool(_ID.match(label))
