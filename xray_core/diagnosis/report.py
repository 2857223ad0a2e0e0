"""A diagnosis in words and as a record."""

from xray_core.diagnosis.diagnosis import Diagnosis
from xray_core.lungs.zones import EvidenceShares
from xray_core.model_card import ExplainedBy


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


def describe_cutoffs(diagnosis: Diagnosis) -> str:
    """Return in a sentence where one answer ends and the next begins; empty without cutoffs."""
    cutoffs = diagnosis.cutoffs
    if cutoffs is None:
        return ""
    if cutoffs.low <= 0 and cutoffs.high > 1:
        return (
            f"“Cannot tell” of every picture: the model has too few validation pictures to promise "
            f"that at most {format_percent(cutoffs.error_rate)} of each class get the wrong "
            f"answer. Allow more."
        )
    low, high = format_percent(min(cutoffs.low, 1.0), 1), format_percent(min(cutoffs.high, 1.0), 1)
    return (
        f"Normal below a probability of {low}, pneumonia from {high}, “cannot tell” in between: at "
        f"most {format_percent(cutoffs.error_rate)} of the pneumonias, and of the normals, among "
        f"the validation pictures got the wrong answer."
    )


def say_probability(diagnosis: Diagnosis) -> str:
    """Return the probability, and the limits that decided the verdict, in a few words."""
    if diagnosis.cutoffs is None:
        probability, threshold = compare_to_threshold(diagnosis)
        return f"{probability}; threshold {threshold}"
    probability, low, high = (
        format_percent(min(share, 1.0), 1)
        for share in (diagnosis.probability, diagnosis.cutoffs.low, diagnosis.cutoffs.high)
    )
    return f"{probability}; normal below {low}, pneumonia from {high}"


def describe_scale(explained_by: ExplainedBy) -> str:
    """Return what the colours of a heatmap stand for, as a sentence."""
    return {
        "grad_cam": "Log-odds that a spot adds for pneumonia, by Grad-CAM.",
        "hires_cam": "Log-odds that a spot adds for pneumonia, by HiResCAM.",
        "occlusion": "By how much covering a spot lowers the log-odds of pneumonia.",
    }[explained_by]


def describe_evidence(diagnosis: Diagnosis) -> str:
    """Return a few sentences on where the evidence for pneumonia lies, and how that was found."""
    method = {
        "grad_cam": "",
        "hires_cam": "",
        "occlusion": " A region is evidence where covering it lowers the log-odds.",
    }[diagnosis.explained_by]
    return _describe_shares(diagnosis) + method


def _describe_shares(diagnosis: Diagnosis) -> str:
    shares = diagnosis.evidence
    if shares is None:
        if diagnosis.verdict != "pneumonia":
            return "No positive evidence: nothing in this picture speaks for pneumonia."
        return "No region of this picture speaks for pneumonia: do not rely on this verdict."
    if shares.outside > 0.5:
        return (
            f"Most of the evidence for pneumonia ({format_percent(shares.outside)}) lies outside "
            f"the lungs: do not rely on this verdict."
        )
    subject = {
        "pneumonia": "Evidence for pneumonia lies",
        "normal": "The evidence for pneumonia stays below the threshold; what there is lies",
        "cannot tell": "The evidence does not decide; what there is for pneumonia lies",
    }[diagnosis.verdict]
    return (
        f"{subject} mainly in the {_name_main_zones(shares)}; "
        f"{_name_share(shares.outside)} lies outside the lungs."
    )


def to_json_record(file: str, diagnosis: Diagnosis) -> dict[str, object]:
    """Return one X-ray's answer under names that scripts may rely on.

    Where no evidence speaks for pneumonia, ``zones`` and ``evidence_in_lungs`` are None; where the
    model knows no doubt, so are ``normal_below``, ``pneumonia_from`` and ``error_rate``.

    Args:
        file: what the user calls the picture, such as its path.
    """
    shares, cutoffs = diagnosis.evidence, diagnosis.cutoffs
    return {
        "file": file,
        "model": diagnosis.model_id,
        "probability": round(diagnosis.probability, 6),
        "verdict": diagnosis.verdict,
        "threshold": round(diagnosis.threshold, 6),
        "normal_below": cutoffs and round(cutoffs.low, 6),
        "pneumonia_from": cutoffs and round(cutoffs.high, 6),
        "error_rate": cutoffs and cutoffs.error_rate,
        "concerns": [concern.reason for concern in diagnosis.concerns],
        "zones": shares and {name: round(share, 6) for name, share in shares.zones.items()},
        "evidence_in_lungs": shares and round(shares.in_lungs, 6),
    }


def find_main_zones(shares: EvidenceShares) -> tuple[str, ...]:
    """Return the strongest zones that together hold half of the evidence in the lungs."""
    main: list[str] = []
    held = 0.0
    for name, share in sorted(shares.zones.items(), key=lambda zone: -zone[1]):
        if not share or held >= shares.in_lungs / 2:
            break
        main.append(name)
        held += share
    return tuple(main)


def _name_main_zones(shares: EvidenceShares) -> str:
    zones = find_main_zones(shares)
    named = [f"{name} zone ({format_percent(shares.zones[name])})" for name in zones]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


def _name_share(share: float) -> str:
    return "none" if share == 0 else format_percent(share).replace("< ", "less than ")
