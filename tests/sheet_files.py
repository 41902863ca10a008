"""Writes small spreadsheets, .xlsx and .ods, byte for byte the same each time."""

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from io import BytesIO
from xml.sax.saxutils import escape

Value = str | int | float | bool | date | time
Rows = Sequence[Sequence[Value]]

_NS = "http://schemas.openxmlformats.org"
_MAIN = f"{_NS}/spreadsheetml/2006/main"
_RELS = f"{_NS}/package/2006/relationships"
_DOC = f"{_NS}/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HIDDEN = ' state="hidden"'
_BEFORE = date(1899, 12, 30)


def xlsx(**sheets: Rows) -> bytes:
    """Return a workbook with these sheets; one whose name begins with _ is hidden."""
    numbers = range(1, len(sheets) + 1)
    names = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="r{number}"'
        f"{_HIDDEN if name.startswith('_') else ''}/>"
        for number, name in enumerate(sheets, 1)
    )
    relations = "".join(
        f'<Relationship Id="r{number}" Type="{_DOC}/worksheet" Target="worksheets/s{number}.xml"/>'
        for number in numbers
    )
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/s{number}.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        for number in numbers
    )
    formats = "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 22, 20))
    return _zipped({
        "[Content_Types].xml": f'<Types xmlns="{_NS}/package/2006/content-types">'
        '<Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>'
        f"{overrides}</Types>",
        "_rels/.rels": f'<Relationships xmlns="{_RELS}"><Relationship Id="r1"'
        f' Type="{_DOC}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOC}"><sheets>{names}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELS}">{relations}<Relationship'
        f' Id="r0" Type="{_DOC}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts><font/></fonts><fills><fill/></fills>'
        "<borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs>"
        f"<cellXfs>{formats}</cellXfs></styleSheet>",
        **{
            f"xl/worksheets/s{number}.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>'
            f"{''.join(_xlsx_rows(rows))}</sheetData></worksheet>"
            for number, rows in enumerate(sheets.values(), 1)
        },
    })  # fmt: skip


def _xlsx_rows(rows: Rows) -> Iterator[str]:
    for number, row in enumerate(rows, 1):
        cells = (
            _xlsx_cell(f"{chr(65 + column)}{number}", value) for column, value in enumerate(row)
        )
        yield f'<row r="{number}">{"".join(cells)}</row>'


def _xlsx_cell(place: str, value: Value) -> str:
    if isinstance(value, str):
        text = f"<is><t>{escape(value)}</t></is>"
        return f'<c r="{place}" t="inlineStr">{text}</c>' if value else ""
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    style, number = _as_number(value)
    return f'<c r="{place}" s="{style}"><v>{number}</v></c>'


def _as_number(value: float | date | time) -> tuple[int, float]:
    """Return the number that a spreadsheet keeps for a value, and the style that shows it."""
    if isinstance(value, datetime):
        return 2, (value - datetime.combine(_BEFORE, time())).total_seconds() / 86400
    if isinstance(value, date):
        return 1, (value - _BEFORE).days
    if isinstance(value, time):
        return 3, (value.hour * 60 + value.minute) / 1440
    return 0, value


def ods(rows: Rows) -> bytes:
    """Return an OpenDocument spreadsheet with one sheet."""
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = f'xmlns:office="{urn}:office:1.0" xmlns:table="{urn}:table:1.0"'
    body = "".join(
        f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return _zipped({
        "mimetype": kind,
        "META-INF/manifest.xml": f'<m:manifest xmlns:m="{urn}:manifest:1.0"><m:file-entry'
        f' m:full-path="/" m:media-type="{kind}"/></m:manifest>',
        "content.xml": f'<office:document-content {spaces} xmlns:text="{urn}:text:1.0">'
        "<office:body><office:spreadsheet>"
        f'<table:table table:name="Sheet1">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>",
    })  # fmt: skip


def _ods_cell(value: Value) -> str:
    text = f"<text:p>{escape(str(value))}</text:p>"
    if isinstance(value, date):
        kind = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    elif isinstance(value, time):
        kind = f'office:value-type="time" office:time-value="PT{value:%HH%MM%SS}"'
    elif isinstance(value, bool):
        kind = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, str):
        kind = 'office:value-type="string"'
    else:
        kind = f'office:value-type="float" office:value="{value}"'
    return f"<table:table-cell {kind}>{text}</table:table-cell>"


def _zipped(files: dict[str, str]) -> bytes:
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            about = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            if name != "mimetype":
                about.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(about, text)
    return data.getvalue()
