"""How much of a zip is unpacked at most, counted while it is read."""

import os
from dataclasses import dataclass
from typing import BinaryIO

from xray_core.errors import DatasetError

# ChestX-ray14, one of the largest sets that people keep as a folder, has 112,120 pictures in 45 GB.
MAX_MEMBERS = 200_000
MAX_TOTAL_BYTES = 60_000_000_000

# The table of contents is read at once: 46 bytes and the path for each file; here 335 for the most.
MAX_DIRECTORY_BYTES = 64 * 2**20

# Deflate packs zeros 1032-fold. Of 120 X-rays from three sets, as bare grey values, it packed none
# more than 3-fold; of 80 lung masks, which are two flat shades, none more than 133-fold.
MAX_RATIO = 200

# A blank picture packs 1000-fold and does no harm while it is small.
UNRATED_BYTES = 4 * 2**20

FREE_SHARE = 0.9  # a full disk would take other programs down

REPACK = "Pack the folder of X-rays again with the zip function of your system."


class BoundedFile:
    """The zip's own bytes, counted, and never more of them at once than memory bears."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.file_bytes = file.seek(0, os.SEEK_END)
        self.bytes_read = 0

    def read(self, size: int = -1) -> bytes:
        if size > MAX_DIRECTORY_BYTES:
            raise too_many_members()
        data = self._file.read(size if size >= 0 else MAX_DIRECTORY_BYTES)
        # zipfile builds a heavy object for each entry of the table of contents before it tells how
        # many there are; each begins with this mark.
        if data.count(b"PK\1\2") > MAX_MEMBERS:
            raise too_many_members()
        self.bytes_read += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True


@dataclass
class Budget:
    """How many bytes may come out of the whole zip."""

    zip_bytes: int
    free_bytes: int
    spent_bytes: int = 0

    def check_room(self, wanted_bytes: int) -> None:
        if wanted_bytes > MAX_TOTAL_BYTES:
            raise DatasetError(
                f"Expected at most {MAX_TOTAL_BYTES / 1e9:.0f} GB of X-rays in the zip, got "
                f"{wanted_bytes / 1e9:.0f} GB or more. Pack them into several zips."
            )
        if wanted_bytes > self.free_bytes:
            raise DatasetError(
                f"Expected room for {wanted_bytes / 1e9:.1f} GB or more, got a disk with "
                f"{self.free_bytes / 1e9:.1f} GB to spare. Free some space and try again."
            )

    def spend(self, chunk_bytes: int) -> None:
        self.spent_bytes += chunk_bytes
        self.check_room(self.spent_bytes)
        if self.spent_bytes > MAX_RATIO * self.zip_bytes + UNRATED_BYTES:
            raise DatasetError(
                f"Expected X-rays, which a zip makes a few times smaller, got a zip of "
                f"{self.zip_bytes / 1e6:.1f} MB that swells more than {MAX_RATIO}-fold. {REPACK}"
            )


def too_many_members() -> DatasetError:
    """Return the error that refuses a zip of too many files or folders."""
    return DatasetError(
        f"Expected at most {MAX_MEMBERS:,} files and as many folders in the zip, got more. "
        f"Pack them into several zips."
    )
