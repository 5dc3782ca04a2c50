"""A dashboard stored in one API version, shown in another.

v0alpha1 and v1beta1 are the classic dashboard JSON (v1beta1 migrated), v2alpha1 and v2beta1 the schema of elements and
layouts. Between the two families v2beta1 is the hub. Covered: panels, library panels, rows, queries, variables,
annotations, links, times. What has no counterpart on the other side (tabs, automatic grids) is laid out plainly.
"""

from __future__ import annotations

from typing import Any

from sync.migration import migrated
from sync.sandbox.conversion_alpha import alpha_from_beta, beta_from_alpha
from sync.sandbox.conversion_to_v1 import v1_from_v2
from sync.sandbox.conversion_to_v2 import v2_from_v1


def convert(spec: dict[str, Any], *, stored: str, wanted: str) -> dict[str, Any]:
    """Convert a spec from the version that it is stored in to the one wanted; may change `spec`."""
    if stored == wanted:
        return spec
    if not stored.startswith("v2"):
        if wanted == "v0alpha1":
            return spec
        classic = migrated(spec) if stored == "v0alpha1" else spec
        if wanted == "v1beta1":
            return classic
        beta = v2_from_v1(classic)
        return beta if wanted == "v2beta1" else alpha_from_beta(beta)
    beta = beta_from_alpha(spec) if stored == "v2alpha1" else spec
    if wanted == "v2beta1":
        return beta
    return alpha_from_beta(beta) if wanted == "v2alpha1" else v1_from_v2(beta)
