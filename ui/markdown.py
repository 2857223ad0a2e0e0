"""Text that came from elsewhere, inside Markdown."""


def escape_markdown(text: str) -> str:
    r"""Return the text so that Markdown shows every character of it.

    >>> print(escape_markdown("no *.png"))
    no \*.png
    """
    return "".join("\\" + letter if letter in r"\`*_{}[]<>#|~$:" else letter for letter in text)
