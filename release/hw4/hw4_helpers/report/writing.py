"""What students wrote, Markdown with formulas, as HTML that loads nothing."""

import base64
import html
import mimetypes
import re
from pathlib import Path

#: Code, which stays as it is, or a formula: $$…$$, \\[…\\], $…$, \\(…\\).
_PIECES = re.compile(
    r"(?P<code>```.*?```|~~~.*?~~~|`[^`\n]+`)"
    r"|\$\$(?P<block>.+?)\$\$|\\\[(?P<block2>.+?)\\\]"
    r"|(?<![\\$])\$(?!\s)(?P<inline>[^$`\n]+?)(?<!\s)\$(?!\d)|\\\((?P<inline2>.+?)\\\)",
    re.DOTALL,
)


def written(markdown: str, attachments: dict, folder: Path) -> str:
    """HTML. Formulas are MathML; pictures, attached or in ``folder``, are inside; HTML tags show as text."""
    import mistune

    formulas: list[str] = []

    def keep(found: re.Match) -> str:
        if found["code"]:
            return found[0]
        block = found["block"] or found["block2"]
        formulas.append(_formula(block or found["inline"] or found["inline2"], is_block=bool(block)))
        return f"HW4FORMULA{len(formulas) - 1}END"

    renderer = mistune.HTMLRenderer(escape=True, allow_harmful_protocols=["attachment:"])
    convert = mistune.create_markdown(renderer=renderer, plugins=["table", "strikethrough"])
    page = str(convert(_PIECES.sub(keep, markdown)))
    page = re.sub(r"<h([1-4])(.*?)</h\1>", _lower, page, flags=re.DOTALL)
    page = re.sub(r"<img [^>]*>", lambda found: _picture(found[0], attachments, folder), page)
    return re.sub(r"HW4FORMULA(\d+)END", lambda found: formulas[int(found[1])], page)


def _formula(latex: str, is_block: bool) -> str:
    from latex2mathml.converter import convert

    latex = re.sub(r"\{(aligned|split)\}", "{align*}", latex)  # environments that the converter knows by this name
    try:
        formula = convert(latex.strip(), display="block" if is_block else "inline")
        formula = formula.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "")  # HTML knows it without
        return f"<span class=wide>{formula}</span>" if is_block else formula
    except Exception:  # whatever it makes of what somebody typed
        return f"<code>{html.escape(latex)}</code>"


def _lower(heading: re.Match) -> str:
    """Headings of the text stand below those of the page."""
    level = int(heading[1]) + 2
    return f"<h{level}{heading[2]}</h{level}>"


def _picture(tag: str, attachments: dict, folder: Path) -> str:
    """The picture itself in place of its address; its description where it is not here."""
    found = {name: html.unescape(value) for name, value in re.findall(r'(\w+)="([^"]*)"', tag)}
    address, alt = found.get("src", ""), html.escape(found.get("alt") or "picture without a description")
    if address.startswith("data:image/"):
        return tag
    kind, data = next(iter(attachments.get(address.removeprefix("attachment:"), {}).items()), ("", ""))
    file = folder / address
    if not data and ":" not in address and file.is_file():
        kind, data = mimetypes.guess_type(file.name)[0] or "", base64.b64encode(file.read_bytes()).decode("ascii")
    if not kind.startswith("image/"):
        return f"<em>[{alt}: not in the notebook]</em>"
    return f'<img alt="{alt}" src="data:{kind};base64,{"".join(data).strip()}">'
