"""A diagnosis in words and as a record."""

from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.lungs.zones import EvidenceShares


def format_percent(share: float, decimals: int = 0) -> str:
    """Return a share or probability as people read it; never a rounded 0 % or 100 %.

    >>> format_percent(0.624), format_percent(0.0004), format_percent(0.9996), format_percent(0.0)
    ('62 %', '< 1 %', '> 99 %', '0 %')
    """
    half_a_step = 0.5 * 10.0 ** (-2 - decimals)
    if 0 < share <= half_a_step:
        return f"< {10.0**-decimals:.{decimals}f} %"
    if 1 - half_a_step <= share < 1:
        return f"> {100 - 10.0**-decimals:.{decimals}f} %"
    return f"{100 * share:.{decimals}f} %"


def compare_to_threshold(diagnosis: Diagnosis) -> tuple[str, str]:
    """Return probability and threshold as percentages, fine enough to tell them apart."""
    pairs = [
        (
            format_percent(diagnosis.probability, decimals),
            format_percent(diagnosis.threshold, decimals),
        )
        for decimals in (0, 1, 2)
    ]
    return next((pair for pair in pairs if pair[0] != pair[1]), pairs[-1])


def describe_evidence(diagnosis: Diagnosis) -> str:
    """Return one or two sentences on where the evidence for pneumonia lies."""
    shares = diagnosis.evidence
    if shares is None:
        if diagnosis.verdict == "normal":
            return "No positive evidence: nothing in this picture speaks for pneumonia."
        return "No region of this picture speaks for pneumonia: do not rely on this verdict."
    if shares.outside > 0.5:
        return (
            f"Most of the evidence for pneumonia ({format_percent(shares.outside)}) lies outside "
            f"the lungs: do not rely on this verdict."
        )
    subject = (
        "Evidence for pneumonia lies"
        if diagnosis.verdict == "pneumonia"
        else "The evidence for pneumonia stays below the threshold; what there is lies"
    )
    return (
        f"{subject} mainly in the {_name_main_zones(shares)}; "
        f"{_name_share(shares.outside)} lies outside the lungs."
    )


def to_json_record(file: str, diagnosis: Diagnosis) -> dict[str, object]:
    """Return one X-ray's answer under names that scripts may rely on.

    Where no evidence speaks for pneumonia, ``zones`` and ``evidence_in_lungs`` are None.

    Args:
        file: what the user calls the picture, such as its path.
    """
    shares = diagnosis.evidence
    return {
        "file": file,
        "model": diagnosis.model_id,
        "probability": round(diagnosis.probability, 6),
        "verdict": diagnosis.verdict,
        "threshold": round(diagnosis.threshold, 6),
        "zones": shares and {name: round(share, 6) for name, share in shares.zones.items()},
        "evidence_in_lungs": shares and round(shares.in_lungs, 6),
    }


def _name_main_zones(shares: EvidenceShares) -> str:
    """Return the strongest zones that together hold half of the evidence in the lungs."""
    ranked = sorted(shares.zones.items(), key=lambda zone: -zone[1])
    count, held = 0, 0.0
    while held < shares.in_lungs / 2:
        held += ranked[count][1]
        count += 1
    named = [f"{name} zone ({format_percent(share)})" for name, share in ranked[:count]]
    return named[0] if count == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


def _name_share(share: float) -> str:
    return "none" if share == 0 else format_percent(share).replace("< ", "less than ")
