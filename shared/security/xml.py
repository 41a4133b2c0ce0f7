"""XML from outside: read without entities, document types, the network, or more depth than any message of ours has.

What an element says is its whole text: comments and processing instructions are no part of it and cut nothing off, and
where elements stand in it no text is made up of what is left.
"""

from collections.abc import Iterator

from lxml import etree

_DOCTYPE = b"<!DOCTYPE"


class XmlRefused(ValueError):
    """The bytes are no XML, or XML of a kind that is not read; it repeats nothing of them."""


def read_xml(body: bytes) -> etree._Element:
    """The root element; raises XmlRefused. The caller bounds the size; 256 levels and the parser's limits hold here.

    What has a document type is refused before anything is parsed. Only encodings in which ASCII stands as it is are
    read: in UTF-16 no search for bytes would find a document type.
    """
    if b"\0" in body:
        raise XmlRefused("It is not UTF-8.")
    if _DOCTYPE in body:
        raise XmlRefused("A document type is not accepted.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise XmlRefused("It is not well-formed XML.") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlRefused("A document type is not accepted.")
    return root


def children(parent: etree._Element, name: str) -> list[etree._Element]:
    """The children of a name, in the namespace of their parent."""
    return parent.findall(f"{{{etree.QName(parent).namespace}}}{name}")


def descendants(parent: etree._Element, *path: str) -> Iterator[etree._Element]:
    """The elements at the end of a path of names."""
    if not path:
        yield parent
        return
    for child in children(parent, path[0]):
        yield from descendants(child, *path[1:])


def text_at(parent: etree._Element, *path: str) -> str | None:
    """What stands in the one element at the end of a path; None where there is none, or several, or nothing in it."""
    found = list(descendants(parent, *path))
    return text_of(found[0]) if len(found) == 1 else None


def text_of(element: etree._Element) -> str | None:
    """What stands in an element; None for nothing, and for elements, of which no text is made."""
    text = "" if len(element) else (element.text or "").strip()
    return text or None
