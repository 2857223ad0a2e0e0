"""Files that are no good: unreadable, too large, negatives, no chest X-rays, too small."""

from xray_core.audit.findings import Finding, count_things, list_rows, report_fine
from xray_core.datasets.index import DatasetIndex
from xray_core.images.xray import WORKING_SIZE
from xray_core.numbers import word_number

# Measured: of 5,856 pictures of children and 1,219 of adults (shenzhen_montgomery, jsrt, NIH, RSNA)
# none scores less than .268; of 200 pictures of other body parts 147 do, and 2 of 40 hands.
_LEAST_CHEST_SCORE = 0.25


def find_unreadable_files(index: DatasetIndex) -> list[Finding]:
    """Return the files that cannot be read, or are too large to be."""
    kind, rows = "unreadable_files", index.unreadable
    if rows.empty:
        told = f"All {len(index.table):,} files can be read, and none is too large."
        return [report_fine(kind, "Every file can be read", told)]
    return [
        Finding(
            kind,
            "warning",
            "Unreadable or oversized files",
            f"{count_things(len(rows), 'file')} of {len(index.table):,} cannot be read or are too "
            "large. They are left out of everything here.",
            "Export or copy these files again, or take them out: other programs may fail on them.",
            len(rows),
            list_rows(
                rows, reason=rows["error"].astype(str).to_numpy(), file_bytes=rows["file_bytes"]
            ),
        )
    ]


def find_negatives(index: DatasetIndex) -> list[Finding]:
    """Return the pictures whose content is the negative of a chest radiograph."""
    kind, readable = "negatives", index.readable
    rows = readable[readable["negative"]]
    if rows.empty:
        told = f"None of {count_things(len(readable), 'picture')} shows bones dark and air bright."
        return [report_fine(kind, "No negatives", told)]
    return [
        Finding(
            kind,
            "warning",
            "Negatives",
            f"{count_things(len(rows), 'picture')} of {len(readable):,} show bones dark and air "
            "bright. Pneumoscope turns them round when it reads them; other programs do not.",
            "Invert these files, above all if one class or one split has more of them.",
            len(rows),
            list_rows(rows),
        )
    ]


def find_other_pictures(index: DatasetIndex) -> list[Finding]:
    """Return the pictures that do not look like a frontal chest radiograph."""
    kind, readable = "no_chest_xray", index.readable
    scores = readable["chest_score"]
    rows = readable[scores < _LEAST_CHEST_SCORE].sort_values("chest_score")
    if rows.empty:
        least = f" The least likely scores {word_number(scores.min())}." if len(readable) else ""
        told = (
            f"All {count_things(len(readable), 'picture')} have the light and shade of a frontal "
            f"chest X-ray.{least} Some other body parts, hands above all, have it too: the slower "
            "check with lung outlines sees more."
        )
        return [report_fine(kind, "Looks like chest X-rays", told)]
    return [
        Finding(
            kind,
            "problem",
            "Pictures that are no frontal chest X-ray",
            f"{count_things(len(rows), 'picture')} of {len(readable):,} do not have the light and "
            "shade of a frontal chest X-ray: another body part, another view, turned, or damaged.",
            "Look at each, and take out or turn what does not belong.",
            len(rows),
            list_rows(rows, chest_score=rows["chest_score"].to_numpy()),
        )
    ]


def find_small_pictures(index: DatasetIndex) -> list[Finding]:
    """Return the pictures that a model sees blown up."""
    kind, readable = "small_pictures", index.readable
    rows = readable[readable[["width", "height"]].min(axis=1) < WORKING_SIZE]
    if rows.empty:
        told = f"No picture has fewer than {WORKING_SIZE} pixels on a side."
        return [report_fine(kind, "Pictures are large enough", told)]
    return [
        Finding(
            kind,
            "warning",
            "Small pictures",
            f"{count_things(len(rows), 'picture')} of {len(readable):,} have fewer than "
            f"{WORKING_SIZE} pixels on a side and are blown up: blur may tell them from the rest.",
            "Use the originals, or see whether one class has more of them.",
            len(rows),
            list_rows(rows, width=rows["width"].to_numpy(), height=rows["height"].to_numpy()),
        )
    ]
