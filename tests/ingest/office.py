"""Small office documents, made part by part, so that a test shows the XML it is about."""

import io
import zipfile
from collections.abc import Mapping, Sequence

_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_ODF = " ".join(f'xmlns:{name}="{_OFFICE}:{name}:1.0"' for name in ("office", "text", "table", "style", "meta"))
_ODF += f' xmlns:draw="{_OFFICE}:drawing:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP of these members."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def relationships(*targets: tuple[str, str], kinds: str = _RELATED) -> str:
    """A part of relationships from kinds and targets, whose ids are r0, r1 and so on."""
    made = "".join(
        f'<Relationship Id="r{number}" Type="{kinds}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets)
    )
    return f'<Relationships xmlns="{_PACKAGE}">{made}</Relationships>'


def core(title: str) -> str:
    """Core properties that hold a title."""
    return f'<c:coreProperties xmlns:c="urn:c" xmlns:dc="urn:dc"><dc:title>{title}</dc:title></c:coreProperties>'


def custom(fields: Mapping[str, str]) -> str:
    """Custom properties."""
    made = "".join(f'<property name="{name}"><v:lpwstr>{value}</v:lpwstr></property>' for name, value in fields.items())
    return f'<Properties xmlns="urn:p" xmlns:v="urn:v">{made}</Properties>'


def word_root(name: str, content: str) -> str:
    """A part of WordprocessingML."""
    return f'<w:{name} xmlns:w="{_W}" xmlns:r="{_RELATED}" xmlns:mc="{_MC}">{content}</w:{name}>'


def docx(body: str, **parts: str) -> bytes:
    """A DOCX of this body; other parts by their kind, such as `styles` or `footnotes`, by their content."""
    title = parts.pop("title", "")
    fields = parts.pop("fields", custom({}))
    names = {"header": "hdr", "footer": "ftr"}
    return zipped(
        {
            "_rels/.rels": relationships(
                ("officeDocument", "word/document.xml"),
                ("metadata/core-properties", "docProps/core.xml"),
                ("custom-properties", "docProps/custom.xml"),
            ),
            "docProps/core.xml": core(title),
            "docProps/custom.xml": fields,
            "word/document.xml": word_root("document", f"<w:body>{body}</w:body>"),
            "word/_rels/document.xml.rels": relationships(*((kind.rstrip("12"), f"{kind}.xml") for kind in parts)),
            **{
                f"word/{kind}.xml": word_root(names.get(kind.rstrip("12"), kind), content)
                for kind, content in parts.items()
            },
        }
    )


def paragraph(text: str, style: str = "", properties: str = "") -> str:
    """A paragraph of one run."""
    styled = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f'<w:p><w:pPr>{styled}{properties}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def slide(shapes: str, attributes: str = "") -> str:
    """One slide."""
    tree = f"<p:cSld><p:spTree>{shapes}</p:spTree></p:cSld>"
    return f'<p:sld xmlns:p="{_P}" xmlns:a="{_A}" xmlns:r="{_RELATED}" {attributes}>{tree}</p:sld>'


def shape(texts: str | Sequence[str], kind: str = "", place: tuple[int, int] | None = None, index: str = "") -> str:
    """A shape of these paragraphs, which stands in for something of that kind."""
    stands_for = f'<p:ph type="{kind}" idx="{index}"/>' if kind or index else ""
    at = f'<a:xfrm><a:off x="{place[0]}" y="{place[1]}"/></a:xfrm>' if place else ""
    filled = "".join(
        text if text.startswith("<") else f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>"
        for text in ([texts] if isinstance(texts, str) else texts)
    )
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="1" name="s"/><p:nvPr>{stands_for}</p:nvPr></p:nvSpPr>'
        f"<p:spPr>{at}</p:spPr><p:txBody>{filled}</p:txBody></p:sp>"
    )


def pptx(*slides: str, title: str = "", parts: Mapping[str, str] | None = None) -> bytes:
    """A PPTX of these slides; the relationships of the first one are a part of `parts`, if it has any."""
    names = [f"slides/slide{number}.xml" for number in range(1, len(slides) + 1)]
    ids = "".join(f'<p:sldId id="{256 + number}" r:id="r{number}"/>' for number in range(len(slides)))
    return zipped(
        {
            "_rels/.rels": relationships(
                ("officeDocument", "/ppt/presentation.xml"), ("metadata/core-properties", "docProps/core.xml")
            ),
            "docProps/core.xml": core(title),
            "ppt/presentation.xml": (
                f'<p:presentation xmlns:p="{_P}" xmlns:r="{_RELATED}"><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>'
            ),
            "ppt/_rels/presentation.xml.rels": relationships(*(("slide", name) for name in names)),
            **{f"ppt/{name}": one for name, one in zip(names, slides, strict=True)},
            **(parts or {}),
        }
    )


def odt(body: str, styles: str = "", title: str = "", common: str = "", fields: str = "") -> bytes:
    """An ODT of this text, with automatic styles and what its part of common styles holds."""
    parts = {
        "content": f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body>",
        "styles": common,
        "meta": f"<office:meta><dc:title>{title}</dc:title>{fields}</office:meta>",
    }
    made = {
        f"{name}.xml": f"<office:document-{name} {_ODF}>{content}</office:document-{name}>"
        for name, content in parts.items()
    }
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", **made})
