"""Odd files as they come from mail programs, spreadsheets and machines, and what is in each."""

import base64
import quopri
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile

from openpyxl import Workbook

from cancel_desk.desk.intake.errors import Kind

A = "pi_vpwd4ooAPEqyNAQe4z89WQ"
B = "pi_0GJrDGnLwkSUYr6-t2_mAA"
C = "pi_sandbox_RBMHTJ4fIkmSppDILZVCGw"
SHORT = "pi_vpwd4ooAPEqyNAQe"
KEY = "sk_prod_2o8snUjT8aOxCg7xBzYCzg"
CARD = "4111 1111 1111 1111"
LINK = "https://pay.dojo.tech:443/checkout/"


@dataclass(frozen=True)
class Case:
    """A file and all that comes of it.

    `found` are ids in their order, each with its places: `line`, `lineCcolumn`, a sheet with `!`
    before it, a mail's part with ` > ` before that. `rejected` are text, reason and place.
    """

    name: str
    file: str
    data: bytes
    found: Mapping[str, Iterable[str]] = ()  # type: ignore[assignment]
    rejected: Iterable[tuple[str, str, str]] = ()
    cleaned: int = 0
    keys: int = 0
    cards: int = 0
    refused: Kind | None = None


def mail(*lines: str, head: str = "Message-ID: <1@example.com>\nMIME-Version: 1.0") -> bytes:
    return "\r\n".join([*head.split("\n"), *lines, ""]).encode()


def part(kind: str, body: str | bytes, *headers: str, encoding: str = "8bit") -> bytes:
    data = body.encode() if isinstance(body, str) else body
    if encoding == "base64":
        data = base64.encodebytes(data)
    elif encoding == "quoted-printable":
        data = quopri.encodestring(data)
    lines = (f"Content-Type: {kind}", f"Content-Transfer-Encoding: {encoding}", *headers)
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + data


def attached(name: str, data: str | bytes, kind: str = "application/octet-stream") -> bytes:
    disposition = f'Content-Disposition: attachment; filename="{name}"'
    return part(kind, data, disposition, encoding="base64")


def several(*parts: bytes, kind: str = "mixed", boundary: str = "=_b", top: str = "") -> bytes:
    """A message of several parts, with its headers."""
    head = f"{top}MIME-Version: 1.0\r\nContent-Type: multipart/{kind}; boundary={boundary}\r\n\r\n"
    line = f"\r\n--{boundary}\r\n".encode()
    return head.encode() + line + line.join(parts) + f"\r\n--{boundary}--\r\n".encode()


def workbook(**sheets: Iterable[Iterable[object]]) -> bytes:
    """A workbook of these rows; sheets whose names end in `_hidden` are."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if name.endswith("_hidden") else "visible"
        for row in rows:
            sheet.append(list(row))
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def repacked(data: bytes, changes: Mapping[str, bytes | None], method: int = ZIP_DEFLATED) -> bytes:
    """The same ZIP file with other contents in some entries; None takes one out."""
    file = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(file, "w", method) as new:
        contents = {name: old.read(name) for name in old.namelist()} | dict(changes)
        for name, content in contents.items():
            if content is not None:
                new.writestr(name, content)
    return file.getvalue()


def sheet_xml(rows: str, head: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{head}<worksheet xmlns="http://schemas.openxmlformats.org/'
        f'spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
    ).encode()


def zipped(**entries: str) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return file.getvalue()


def compound(*names: str) -> bytes:
    """The start of an OLE file with these in its directory."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    return head + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in names)


BOOK = workbook(Orders=[["Order", "Payment"], [1001, A], [1002, B]])
SHEET = "xl/worksheets/sheet1.xml"
# What a program would make of it; entities that grow to gigabytes.
BILLION_LAUGHS = "<!DOCTYPE x [<!ENTITY a '{}'>]>".format("ha" * 10)

TEXTS = [
    Case("a text in UTF-8", "a.txt", f"Café\n{A}".encode(), {A: ["2"]}),
    Case("with its mark", "a.csv", f"{A},x\n".encode("utf-8-sig"), {A: ["1C1"]}),
    Case("in UTF-16", "a.txt", f"x\t{A}\r\n".encode("utf-16"), {A: ["1C2"]}),
    Case("big-endian", "a.txt", b"\xfe\xff" + f"\n{A}".encode("utf-16-be"), {A: ["2"]}),
    Case("UTF-16 without its mark", "a.txt", f"£ {A}\n".encode("utf-16-le"), {A: ["1"]}),
    Case("that, big-endian", "a.txt", f"£ {A}\n".encode("utf-16-be"), {A: ["1"]}),
    Case("in UTF-32", "a.txt", f"{A}\n{B}".encode("utf-32"), {A: ["1"], B: ["2"]}),
    Case("in Windows-1252", "a.txt", f"Café £5\r\n{A}".encode("cp1252"), {A: ["2"]}),
    Case("NUL bytes in a text", "a.txt", b"x\0" * 3 + f" {A} and so on".encode(), {A: ["1"]}),
    Case("old Macintosh lines", "a.txt", f"x\r{A}\rx".encode(), {A: ["2"]}),
    Case("nothing but lines", "a.txt", b"\n\n\r\n"),
    Case("a text called a workbook", "a.xlsx", f"Order\tId\n1\t{A}".encode(), {A: ["2C2"]}),
    Case("a text called a picture", "a.png", A.encode(), {A: ["1"]}),
    Case(
        "a text with no name's end",
        "orders",
        f"{A}\n{SHORT}".encode(),
        {A: ["1"]},
        [(SHORT, "wrong length", "2")],
    ),
    Case("an order in angle brackets is no HTML", "a.txt", f"<a@b.co>\n{A}".encode(), {A: ["2"]}),
    Case(
        "XML is read as text", "a.xml", f"<?xml version='1.0'?>\n<id>{A}</id>".encode(), {A: ["2"]}
    ),
    Case("a log", "app.log", f"INFO: a\nINFO: cancel {A}\n\nINFO: b".encode(), {A: ["2"]}),
    Case("a key in a text", "a.txt", f"key: {KEY}\n{A}".encode(), {A: ["2"]}, keys=1),
    Case("a key in the file's name", f"a {KEY}", A.encode(), {A: ["1"]}),
]

TABLES = [
    Case(
        "commas",
        "a.csv",
        f"Order,Id,Shop\r\n1001,{A},Leeds\r\n1002,{B},York\r\n".encode(),
        {A: ["2C2"], B: ["3C2"]},
    ),
    Case("semicolons", "a.csv", f"Order;Sum;Id\n1001;10,00;{A}\n".encode(), {A: ["2C3"]}),
    Case("bars", "a.psv", f"Order|Name|Id\n1001|Smith, Jo|{A}\n".encode(), {A: ["2C3"]}),
    Case("bars and an empty first cell", "a.psv", f"|{A}|x\n".encode(), {A: ["1C2"]}),
    Case(
        "a Markdown table",
        "a.md",
        f"| Id | Sum |\n| --- | --- |\n| {A} | 1 |\n".encode(),
        {A: ["3C1"]},
    ),
    Case("tabs", "a.tsv", f"a\tb;c,d\t{A}\t\n".encode(), {A: ["1C3"]}),
    Case(
        "quoted, with delimiters and quotes inside",
        "a.csv",
        f'"1001","Smith, ""Jo"", 2","{A}"\n'.encode(),
        {A: ["1C3"]},
    ),
    Case(
        "a line's end between quotes",
        "a.csv",
        f'1001,"first\nsecond",{A},x\n1002,y,{B},x\n'.encode(),
        {A: ["2"], B: ["3C3"]},
        [('1001,"first', "not an id", "1")],
    ),
    Case(
        "a quote that is never closed",
        "a.csv",
        f'1001,12" plate,{A}\n1002,"x,{B}\n1003,y,{C}\n'.encode(),
        {A: ["1C3"], B: ["2C3"], C: ["3C3"]},
    ),
    Case("ragged rows", "a.csv", f"x,y,z\n{A}\n1,2,3,4,{B},6\n".encode(), {A: ["2"], B: ["3C5"]}),
    Case(
        "rows without an id are told of",
        "a.csv",
        f"Order,Id,Shop\n1001,{A},Leeds\n1002,,York\nAs agreed, 2 more, thanks\n".encode(),
        {A: ["2C2"]},
        [("1002,,York", "not an id", "3")],
    ),
    Case(
        "a row with as many delimiters in a quoted cell",
        "a.csv",
        f'1001,{A},"x, 1"\n1002,,"a, b, c"\n1003,n/a\n'.encode(),
        {A: ["1C2"]},
        [('1002,,"a, b, c"', "not an id", "2"), ("1003,n/a", "not an id", "3")],
    ),
    Case("Excel's line about the delimiter", "a.csv", f"sep=;\nx;{A}\n".encode(), {A: ["2C2"]}),
    Case("a link in a cell", "a.csv", f"1001,{LINK}{A}?a=b,x\n".encode(), {A: ["1C2"]}),
    Case(
        "a mark, UTF-16 and tabs, as Excel's Unicode text",
        "a.txt",
        f"Order\tId\r\n1001\t{A}\r\n1002\t\r\n".encode("utf-16"),
        {A: ["2C2"]},
        [("1002", "not an id", "3")],
    ),
    Case(
        "a key and a card number in cells",
        "a.csv",
        f"{KEY},{A},x\n{CARD},{B},x\n".encode(),
        {A: ["1C2"], B: ["2C2"]},
        keys=1,
        cards=1,
    ),
]

JSON = [
    Case(
        "an answer to GET",
        "a.json",
        f'{{\n "id": "{A}",\n "amount": {{"value": 1000}},\n "reference": "1001"\n}}'.encode(),
        {A: ["2"]},
    ),
    Case(
        "an answer to search",
        "a.json",
        f'{{"data": [\n{{"id": "{A}", "created": 1706000000000}},\n{{"id": "{B}"}}]}}'.encode(),
        {A: ["2"], B: ["3"]},
    ),
    Case(
        "a webhook, laid out",
        "a.json",
        f'{{\n"id": "evt_hnnHxIKR_Uy6bKzOO7DGAg",\n"accountId": "acc_wrr9HHrH10KHXtVxfWNPHw",\n'
        f'"data": {{\n"paymentIntentId":\n"{A}"\n}}\n}}'.encode(),
        {A: ["6"]},
    ),
    Case("names are none", "a.json", f'{{"{A}": 1, "x": {{"{B}": "{C}"}}}}'.encode(), {C: ["1"]}),
    Case(
        "webhooks, one a line",
        "a.ndjson",
        f'{{"id":"{A}"}}\n\n{{"id":"{B}"}}\n'.encode(),
        {A: ["1"], B: ["3"]},
    ),
    Case(
        "one of the lines is broken",
        "a.ndjson",
        f'{{"id":"{A}"}}\n{{"id":"{B}","x\n{{"{A}":"{C}"}}\n'.encode(),
        {A: ["1"], B: ["2"], C: ["3"]},
    ),
    Case(
        "broken off",
        "a.json",
        f'{{"data": [\n{{"id": "{A}"}},\n{{"id": "{B}", '.encode(),
        {A: ["2"], B: ["3"]},
    ),
    Case("a comma too many", "a.json", f'{{"{A}": "{B}",}}'.encode(), {A: ["1"], B: ["1"]}),
    Case(
        "escapes",
        "a.json",
        f'["\\u0070i_{A[3:]}", "https:\\/\\/x\\/{B}", "a\\n{C}\\tb"]'.encode(),
        {A: ["1"], B: ["1"], C: ["1"]},
    ),
    Case(
        "an escape that there is not",
        "a.json",
        f'["\\q {A}", "\\u00 {B}"]'.encode(),
        {A: ["1"], B: ["1"]},
    ),
    Case("half a pair", "a.json", f'["\\ud800{A}", "{B}\\udfff"]'.encode(), {A: ["1"], B: ["1"]}),
    Case(
        "a list may have been meant",
        "a.json",
        f'["1001", "{A}", 1002, "{SHORT}"]'.encode(),
        {A: ["1"]},
        [("1001", "not an id", "1"), ("1002", "not an id", "1"), (SHORT, "wrong length", "1")],
    ),
    Case(
        "a list of bare words is a text", "a.txt", f"[{A}, {B}]".encode(), {A: ["1C1"], B: ["1C2"]}
    ),
    Case(
        "what has a name and is none",
        "a.json",
        f'{{"paymentIntentId": "{SHORT}", "orderId": "1001"}}'.encode(),
        {},
        [(SHORT, "wrong length", "1")],
    ),
    Case(
        "nested too deep",
        "a.json",
        ("[" * 600 + f'{{"{A}":"{B}"}}' + "]" * 600).encode(),
        {A: ["1"], B: ["1"]},
    ),
    Case(
        "the same name twice",
        "a.json",
        f'{{"id": "{A}", "id": "{B}"}}'.encode(),
        {A: ["1"], B: ["1"]},
    ),
    Case(
        "with a mark and in UTF-16",
        "a.json",
        f'\ufeff{{"id":"{A}"}}'.encode("utf-16-le"),
        {A: ["1"]},
    ),
    Case(
        "behind each other",
        "a.json",
        f'{{"a":"{A}"}}{{"{A}":"{B}"}} {{}}\n[]'.encode(),
        {A: ["1"], B: ["1"]},
    ),
    Case(
        "text behind it",
        "a.json",
        f'{{"a":"{A}"}}, see {B}\n{C}\n'.encode(),
        {A: ["1"], B: ["1"], C: ["2"]},
    ),
    Case(
        "keys and card numbers in values",
        "a.json",
        f'{{"k": "{KEY}", "c": ["{CARD}"], "n": 4111111111111111, "t": 1706000000006}}'.encode(),
        keys=1,
        cards=2,
    ),
]

HTML = [
    Case(
        "a page",
        "a.html",
        f"<!DOCTYPE html><html><head><title>x</title><style>{B}</style><script>'{B}'</script>"
        f"</head><body><!-- {B} --><p>Pay</p>\n<p>cancel {A} now</p></body></html>".encode(),
        {A: ["3"]},
    ),
    Case(
        "a link", "a.html", f'<p>one</p><a href="{LINK}{A}?x=1">Pay</a> <p>two'.encode(), {A: ["2"]}
    ),
    Case(
        "a link that shows its id is one",
        "a.html",
        f'<a href="{LINK}{A}">{A}</a>'.encode(),
        {A: ["1"]},
    ),
    Case(
        "a link that shows another id",
        "a.html",
        f'<p><a href="{LINK}{A}">{B}</a>'.encode(),
        {B: ["1"], A: ["1"]},
    ),
    Case(
        "a link inside a link",
        "a.html",
        f'<p><a href="https://safe.example/?url=https%3A%2F%2Fx%2F{A}%3F&amp;y=1">x</a>'.encode(),
        {A: ["1"]},
    ),
    Case(
        "a link around blocks, and one never closed",
        "a.html",
        f'<a href="{LINK}{A}"><div>Pay</div></a><div><a href="/{B}">x</div><p>y'.encode(),
        {A: ["1"], B: ["2"]},
    ),
    Case(
        "no other attribute counts", "a.html", f'<p id="{A}" title="{B}"><img src="{C}">'.encode()
    ),
    Case(
        "a table's rows and columns",
        "a.html",
        f"<table><tr><th>Order<th>Id</tr><tr><td>1001</td><td>{A}</td></tr>"
        f"<tr><td><td></tr><tr><td>1002<td>{B}</table>".encode(),
        {A: ["2C2"], B: ["4C2"]},
    ),
    Case(
        "a row without an id",
        "a.html",
        f"<table><tr><td>1001<td>{A}<td>x<tr><td>1002<td><td>York</table>".encode(),
        {A: ["1C2"]},
        [("1002 York", "not an id", "2")],
    ),
    Case(
        "cells over several columns and rows",
        "a.html",
        f"<table><tr><td colspan=3>x<td>{A}<tr><td rowspan=2>y<td>{B}"
        f"<tr><td>{C}<td>z</table>".encode(),
        {A: ["1C4"], B: ["2C2"], C: ["3C2"]},
    ),
    Case(
        "a cell with paragraphs, as word processors write",
        "a.html",
        f"<table><tr><td><p>1001<p>x<td><p class=x>{A}</p><p>y</p></table>".encode(),
        {A: ["1C2"]},
    ),
    Case(
        "tables in tables, as mails are laid out",
        "a.html",
        f"<table><tr><td>Hello<br>{A}<table><tr><td>1<td>{B}</table>bye {C}</table>".encode(),
        {A: ["2"], B: ["3C2"], C: ["4"]},
    ),
    Case(
        "an id in pieces that show as one",
        "a.html",
        f"<p><b>{A[:5]}</b>{A[5:9]}<wbr><span>{A[9:]}</span></p>".encode(),
        {A: ["1"]},
    ),
    Case(
        "an id broken by a line's end is none",
        "a.html",
        f"<p>{A[:20]}<br>{A[20:]}".encode(),
        {},
        [(A[:20], "wrong length", "1"), (A[20:], "not an id", "2")],
    ),
    Case(
        "spaces and hidden characters",
        "a.html",
        f"<p>&nbsp;{A}&nbsp;</p><p>{B[:9]}&shy;{B[9:]}&#8203;</p>".encode(),
        {A: ["1"], B: ["2"]},
        cleaned=2,
    ),
    Case("preformatted", "a.html", f"<pre>x\n{A}\n\n{B}</pre>".encode(), {A: ["2"], B: ["3"]}),
    Case(
        "nothing is closed",
        "a.html",
        f"<body><p>{A}<div>{B}<b> {C}".encode(),
        {A: ["1"], B: ["2"], C: ["2"]},
    ),
    Case(
        "a tag that is never closed",
        "a.html",
        f'<p>{A}<a href="{LINK}{B}'.encode(),
        {A: ["1"], B: ["1"]},
    ),
    Case(
        "a comment that is never closed",
        "a.html",
        f"<p>{A}<!-- x\n{B}".encode(),
        {A: ["1"], B: ["2"]},
    ),
    Case("a script that is never closed", "a.html", f"<p>{A}<script>x\n'{B}'".encode(), {A: ["1"]}),
    Case(
        "what only browsers of old read",
        "a.html",
        f"<p><![if !mso]>{A}<![endif]><![CDATA[ {B} ]]><![x[</p><p>{C}".encode(),
        {A: ["1"], C: ["2"]},
    ),
    Case(
        "a workbook in HTML with an old name",
        "a.xls",
        f"<html><body><table><tr><td>1</td><td>{A}</td></tr></table>".encode("utf-16"),
        {A: ["1C2"]},
    ),
    Case(
        "keys in text and link",
        "a.html",
        f'<p>{KEY}</p><p><a href="https://x/?k={KEY}">{A}</a> {CARD}'.encode(),
        {A: ["2"]},
        keys=2,
        cards=1,
    ),
]

MAILS = [
    Case(
        "a plain mail",
        "a.eml",
        mail("Subject: Refund", "", "Hello", "", f"cancel {A}", "Bob"),
        {A: ["3"]},
    ),
    Case("called a text", "a.txt", mail("", A), {A: ["1"]}),
    Case("without what mails have", "a.eml", f"Subject: x\n\n{A}\n".encode(), {A: ["1"]}),
    Case(
        "a note that starts like a mail", "a.txt", f"To: Bob\nFor: 5\n\n{A}\n".encode(), {A: ["4"]}
    ),
    Case("from a mailbox", "a.mbox", b"From x@y Mon\n" + mail("", A), {A: ["1"]}),
    Case(
        "in the subject",
        "a.eml",
        mail(f"Subject: cancel {A},\r\n {B}", "", "x"),
        {A: ["Subject > 1"], B: ["Subject > 1"]},
    ),
    Case(
        "in an encoded subject",
        "a.eml",
        mail(
            f"Subject: =?utf-8?B?{base64.b64encode(f'£5 {A}'.encode()).decode()}?=\r\n"
            f" =?iso-8859-1?Q?_=A35_{B[:9].replace('_', '=5F')}?=\r\n"
            f" =?utf-8?q?{B[9:].replace('_', '=5F')}?=",
            "",
            "x",
        ),
        {A: ["Subject > 1"], B: ["Subject > 1"]},
    ),
    Case(
        "a subject that is badly encoded",
        "a.eml",
        mail(f"Subject: =?utf-8?B?xx?= {A} =?x-none?Q?a?= =?utf-8?B?a?=", "", "x"),
        {A: ["Subject > 1"]},
    ),
    Case(
        "what programs wrote to each other",
        "a.eml",
        mail(
            "References: <CPi_Ab12Cd34Ef56Gh78Ij90Kl12@x> <4111111111111111@x>",
            f"X-Note: {A}",
            "",
            "x",
        ),
        {A: ["X-Note > 1"]},
    ),
    Case(
        "quoted-printable, broken inside ids",
        "a.eml",
        part(
            "text/plain; charset=utf-8",
            f"x\n{'y' * 60} {A}\n{LINK}?a={B}=\n",
            "MIME-Version: 1.0",
            encoding="quoted-printable",
        ),
        {A: ["2"], B: ["3"]},
    ),
    Case(
        "base64",
        "a.eml",
        part("text/plain", f"\n{A}\n", "MIME-Version: 1.0", encoding="base64"),
        {A: ["2"]},
    ),
    Case(
        "an encoding that there is not",
        "a.eml",
        part("text/plain", A, "MIME-Version: 1.0", encoding="x-rot13"),
        {A: ["1"]},
    ),
    Case(
        "said to be in what it is not",
        "a.eml",
        part("text/plain; charset=us-ascii", f"£5 {A}".encode("cp1252"), "MIME-Version: 1.0"),
        {A: ["1"]},
    ),
    Case(
        "a character set that there is not",
        "a.eml",
        part("text/plain; charset=x-\0none", f"£5 {A}", "MIME-Version: 1.0"),
        {A: ["1"]},
    ),
    Case(
        "a character set that is none",
        "a.eml",
        part("text/plain; charset=punycode", f"x {A}-abc", "MIME-Version: 1.0"),
        {},
        [(f"{A}-abc", "wrong length", "1")],
    ),
    Case(
        "UTF-16 in base64",
        "a.eml",
        part(
            "text/plain; charset=utf-16-le",
            A.encode("utf-16-le"),
            "MIME-Version: 1.0",
            encoding="base64",
        ),
        {A: ["1"]},
    ),
    Case(
        "text and HTML say the same",
        "a.eml",
        several(
            part("text/plain", f"Hello\n{A}"),
            part("text/html", f"<p>{A}<p>{B}"),
            kind="alternative",
        ),
        {A: ["2", "HTML > 1"], B: ["HTML > 2"]},
    ),
    Case(
        "several texts",
        "a.eml",
        several(
            part("text/plain", A),
            part("text/html", B),
            part("text/plain", f"--\n{C}"),
            part("text/html", f"<p>{A}"),
        ),
        {A: ["1", "HTML 2 > 1"], B: ["HTML > 1"], C: ["2 > 2"]},
    ),
    Case(
        "attachments",
        "a.eml",
        several(
            part("text/plain", "see there"),
            attached("orders.csv", f"Order,Id,Shop\n1001,{A},x\n", "text/csv"),
            attached("orders.xlsx", BOOK),
            attached("logo.png", b"\x89PNG\r\n\x1a\n\0\0", "image/png"),
            attached("data.json", f'{{"{A}": "{C}"}}', "application/json"),
            attached("scan.pdf", b"%PDF-1.7", "application/pdf"),
            attached("smime.p7s", bytes(99), "application/pkcs7-signature"),
            attached("empty.txt", b""),
        ),
        {
            A: ["orders.csv > 2C2", "orders.xlsx > Orders!2C2"],
            B: ["orders.xlsx > Orders!3C2"],
            C: ["data.json > 1"],
        },
        [("scan.pdf", "not read", "scan.pdf > 1")],
    ),
    Case(
        "an attachment with an encoded name",
        "a.eml",
        several(
            part("text/plain", "x"),
            part(
                "text/plain",
                A,
                "Content-Disposition: attachment;\r\n filename*=utf-8''%C3%9Cbersicht.txt",
            ),
            part('text/plain; name="=?utf-8?Q?=C3=9C.txt?="', B),
        ),
        {A: ["Übersicht.txt > 1"], B: ["Ü.txt > 1"]},
    ),
    Case(
        "names in a character set that there can't be",
        "a.eml",
        several(
            part("text/plain; charset*=x\0y''utf-8", A),
            part("text/plain", B, "Content-Disposition: attachment; filename*=x\0y''a.txt"),
        ),
        {A: ["1"], B: ["2 > 1"]},
    ),
    Case(
        "a key in an attachment's name",
        "a.eml",
        several(part("text/plain", A), attached(f"a {KEY}", b"%PDF-")),
        {A: ["1"]},
        [(f"a {'█' * len(KEY)}", "not read", f"a {'█' * len(KEY)} > 1")],
        keys=1,
    ),
    Case(
        "a forwarded mail",
        "a.eml",
        several(
            part("text/plain", A),
            b"Content-Type: message/rfc822\r\n\r\n"
            + several(
                part("text/plain", B),
                attached("x.csv", f"{C},1,2"),
                boundary="in",
                top="Subject: Order\r\n 1\r\n",
            ),
        ),
        {A: ["1"], B: ["Order 1 > 1"], C: ["Order 1 / x.csv > 1C1"]},
    ),
    Case(
        "an attached mail",
        "a.eml",
        several(part("text/plain", A), attached("old.eml", mail(f"Subject: {B}", "", C))),
        {A: ["1"], B: ["old.eml / Subject > 1"], C: ["old.eml > 1"]},
    ),
    Case(
        "not as it should be: no boundary",
        "a.eml",
        mail("Content-Type: multipart/mixed", "", "--x", "", A),
        {A: ["3"]},
    ),
    Case(
        "not as it should be: never closed",
        "a.eml",
        several(part("text/plain", A), part("text/html", f"<p>{B}")).rpartition(b"\r\n--")[0],
        {A: ["1"], B: ["HTML > 1"]},
    ),
    Case(
        "not as it should be: no text behind the headers",
        "a.eml",
        mail(f"Subject: {A}").rstrip(),
        {A: ["Subject > 1"]},
    ),
    Case(
        "headers that nobody could read",
        "a.eml",
        mail("From: <", "Content-Type: text/plain; charset*=", "Message-ID: (*)<", "", A),
        {A: ["1"]},
    ),
    Case(
        "a page saved with all that belongs to it",
        "a.mht",
        several(
            part("text/html", f'<a href=3D"{LINK}{A}">x</a>', encoding="7bit"),
            part("image/gif", b"GIF89a", encoding="base64"),
            kind="related",
        ),
        {A: ["HTML > 1"]},
    ),
    Case(
        "keys in header, text, HTML and attachment",
        "a.eml",
        several(
            part("text/plain", f"{'x' * 60} {KEY}", encoding="quoted-printable"),
            part("text/html", f"<p>{KEY[:9]}<b>{KEY[9:]}</b></p>"),
            attached("x.csv", f"a,{KEY},b"),
            top=f"X-Api-Key: {KEY}\r\nSubject: {CARD}\r\n",
        ),
        keys=4,
        cards=1,
    ),
]

BOOKS = [
    Case("a workbook", "a.xlsx", BOOK, {A: ["Orders!2C2"], B: ["Orders!3C2"]}),
    Case("called a text", "a.csv", BOOK, {A: ["Orders!2C2"], B: ["Orders!3C2"]}),
    Case(
        "every sheet, hidden or not",
        "a.xlsx",
        workbook(One=[[A]], Two_hidden=[[], [None, None, B]], Three=[["x"], [], [], [C]]),
        {A: ["One!1C1"], B: ["Two_hidden!2C3"], C: ["Three!4C1"]},
    ),
    Case(
        "all in one cell",
        "a.xlsx",
        workbook(S=[["x, y; z", f"see {A},\n{B}\r\nand\t{C}"]]),
        {A: ["S!1C2"], B: ["S!1C2"], C: ["S!1C2"]},
    ),
    Case(
        "what cells may hold",
        "a.xlsx",
        workbook(S=[[1.5, True, "=1+1", "#N/A", f"{LINK}{A}?x"], [1001.0, None, B]]),
        {A: ["S!1C5"], B: ["S!2C3"]},
    ),
    Case(
        "rows without an id",
        "a.xlsx",
        workbook(S=[["Order", "Id"], [1001, A], [1002], [1003, "n/a"], [None, SHORT]]),
        {A: ["S!2C2"]},
        [
            ("1002", "not an id", "S!3"),
            ("1003 n/a", "not an id", "S!4"),
            (SHORT, "wrong length", "S!5"),
        ],
    ),
    Case(
        "a line's end as the format writes it",
        "a.xlsx",
        workbook(S=[["x", f"{A}_x000D_"]]),
        {A: ["S!1C2"]},
    ),
    Case(
        "a formula's value",
        "a.xlsx",
        repacked(
            BOOK,
            {
                SHEET: sheet_xml(
                    f'<row r="3"><c r="C3" t="str"><f>"x"</f><v>{A}</v></c>'
                    f'</row><row r="5"><c t="inlineStr"><is><t>{B}</t></is>'
                    "</c></row>"
                )
            },
        ),
        {A: ["Orders!3C3"], B: ["Orders!5C1"]},
    ),
    Case(
        "a sheet that lies about its size",
        "a.xlsx",
        repacked(
            BOOK,
            {
                SHEET: sheet_xml(f'<row r="9"><c r="D9" t="str"><v>{A}</v></c></row>').replace(
                    b"<sheetData>", b'<dimension ref="A1"/><sheetData>'
                )
            },
        ),
        {A: ["Orders!9C4"]},
    ),
    Case(
        "very wide rows",
        "a.xlsx",
        workbook(S=[["x" * 30_000, "y" * 30_000, "z" * 30_000, A]]),
        {A: ["S!1C4"]},
    ),
    Case(
        "keys and card numbers in cells, also as numbers",
        "a.xlsx",
        workbook(S=[[KEY, A], [4111111111111111, CARD], ["4111", "1111", "1111", "1111"]]),
        {A: ["S!1C2"]},
        keys=1,
        cards=2,
        rejected=[("█" * 19, "not an id", "S!3")],
    ),
    Case(
        "a key as a sheet's name",
        "a.xlsx",
        workbook(**{KEY: [[A]]}),
        {A: [f"{'█' * len(KEY)}!1C1"]},
    ),
]

REFUSED = [
    Case("empty", "a.txt", b"", refused=Kind.EMPTY),
    Case("a PDF", "a.txt", b"%PDF-1.4\n" + A.encode(), refused=Kind.PDF),
    Case("a picture", "a.csv", b"\x89PNG\r\n\x1a\n" + bytes(99), refused=Kind.PICTURE),
    Case("a photo", "a.jpg", b"\xff\xd8\xff\xe0" + bytes(99), refused=Kind.PICTURE),
    Case("a ZIP file", "a.zip", zipped(orders_csv=A), refused=Kind.ARCHIVE),
    Case("an empty ZIP file", "a.xlsx", zipped(), refused=Kind.ARCHIVE),
    Case("a damaged ZIP file", "a.zip", zipped(orders_csv=A)[:60], refused=Kind.ARCHIVE),
    Case("gzip", "a.gz", b"\x1f\x8b\x08" + bytes(20), refused=Kind.ARCHIVE),
    Case("a document", "a.docx", zipped(word__document_xml=A), refused=Kind.DOCUMENT),
    Case("rich text", "a.rtf", b"{\\rtf1 " + A.encode(), refused=Kind.DOCUMENT),
    Case(
        "OpenDocument",
        "a.ods",
        zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
        refused=Kind.OTHER_WORKBOOK,
    ),
    Case(
        "OpenDocument's texts",
        "a.odt",
        zipped(mimetype="application/vnd.oasis.opendocument.text"),
        refused=Kind.DOCUMENT,
    ),
    Case(
        "a workbook in binary", "a.xlsb", zipped(xl__workbook_bin="x"), refused=Kind.OTHER_WORKBOOK
    ),
    Case(
        "an old workbook", "a.xls", compound("Root Entry", "Workbook"), refused=Kind.OTHER_WORKBOOK
    ),
    Case("an older one", "a.xls", compound("Root Entry", "Book"), refused=Kind.OTHER_WORKBOOK),
    Case(
        "a password",
        "a.xlsx",
        compound("Root Entry", "EncryptionInfo", "EncryptedPackage"),
        refused=Kind.LOCKED_WORKBOOK,
    ),
    Case(
        "Outlook's own",
        "a.msg",
        compound("Root Entry", "__substg1.0_0037001F"),
        refused=Kind.OUTLOOK,
    ),
    Case("an old document", "a.doc", compound("WordDocument"), refused=Kind.DOCUMENT),
    Case("a program", "a.txt", b"\x7fELF\2\1\1" + bytes(99), refused=Kind.OTHER),
    Case("a workbook cut short", "a.xlsx", BOOK[:-200], refused=Kind.DAMAGED_WORKBOOK),
    Case(
        "a workbook with a byte changed",
        "a.xlsx",
        repacked(BOOK, {}, ZIP_STORED).replace(b"<sheetData", b"<sheetDatb"),
        refused=Kind.DAMAGED_WORKBOOK,
    ),
    Case(
        "a workbook with broken XML",
        "a.xlsx",
        repacked(BOOK, {SHEET: b"<worksheet><sheetData"}),
        refused=Kind.DAMAGED_WORKBOOK,
    ),
    Case(
        "a workbook without its parts",
        "a.xlsx",
        repacked(BOOK, {"[Content_Types].xml": None}),
        refused=Kind.DAMAGED_WORKBOOK,
    ),
    Case(
        "a workbook without sheets",
        "a.xlsx",
        repacked(BOOK, {SHEET: None}),
        refused=Kind.OTHER_WORKBOOK,
    ),
    Case(
        "a number that is none",
        "a.xlsx",
        repacked(BOOK, {SHEET: sheet_xml('<row r="1"><c r="A1"><v>x</v></c></row>')}),
        refused=Kind.DAMAGED_WORKBOOK,
    ),
    Case(
        "a row beyond all rows",
        "a.xlsx",
        repacked(BOOK, {SHEET: sheet_xml('<row r="99999999999"><c><v>1</v></c></row>')}),
        refused=Kind.UNSAFE_WORKBOOK,
    ),
    Case(
        "entities",
        "a.xlsx",
        repacked(BOOK, {SHEET: sheet_xml("", BILLION_LAUGHS)}),
        refused=Kind.UNSAFE_WORKBOOK,
    ),
    Case(
        "entities in another encoding",
        "a.xlsx",
        repacked(BOOK, {SHEET: sheet_xml("", BILLION_LAUGHS).decode().encode("utf-16")}),
        refused=Kind.UNSAFE_WORKBOOK,
    ),
    Case(
        "entities in a part that has no name",
        "a.xlsx",
        repacked(BOOK, {"xl/media/x.png": sheet_xml("", BILLION_LAUGHS)}),
        refused=Kind.UNSAFE_WORKBOOK,
    ),
    Case(
        "packed a thousandfold",
        "a.xlsx",
        repacked(BOOK, {"xl/media/x.bin": bytes(20_000_000)}),
        refused=Kind.UNSAFE_WORKBOOK,
    ),
    Case(
        "packed as no program does",
        "a.xlsx",
        repacked(BOOK, {}, ZIP_LZMA),
        refused=Kind.UNSAFE_WORKBOOK,
    ),
    Case(
        "thousands of entries",
        "a.xlsx",
        repacked(BOOK, {f"xl/{number}": b"" for number in range(5001)}),
        refused=Kind.UNSAFE_WORKBOOK,
    ),
]

CASES = [*TEXTS, *TABLES, *JSON, *HTML, *MAILS, *BOOKS, *REFUSED]
