"""Where uploads live: in memory, as long as their session."""

from starlette.formparsers import MultiPartParser


def keep_uploads_in_memory() -> None:
    """Have the web server receive uploads of any size without the disk.

    Else it writes what is larger than 1 MB into a temporary file, from where Streamlit reads it
    into memory. `maxUploadSize` in .streamlit/config.toml bounds what one upload takes.
    """
    MultiPartParser.spool_max_size = 0  # as in SpooledTemporaryFile: no limit
