"""Every sample of the four standards folders, brought as a file: read to the kopeck, or refused for the right reason.

The folders hold schemas and certificates too; those have tests of their own. Any other file that is not in the table
fails the test, so that the table stays complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.bank.formats import clientbank_read
from gateway.bank.formats.clientbank_statement import is_statement
from gateway.bank.formats.reading import read, statement_format
from gateway.bank.statement import Entry, StatementHead
from gateway.bank.statements import Frames
from gateway.core.errors import Corrupt
from tests.standards import need

FOLDERS = ("bxd", "directbank", "iso20022", "clientbank")
NO_SAMPLES = (".xsd", ".pem", ".md", ".csv", ".zip")


@dataclass(frozen=True)
class Read:
    """What a sample holds.

    Attributes:
        money_in, money_out: kopecks (or hundredths of its own currency), all lines.
        warnings: of its lines, by name.
        adds_up: in how many of its statements the lines lead from the opening to the closing balance; several
            samples were trimmed by whoever published them.
    """

    format: str
    statements: int
    lines: int
    money_in: int
    money_out: int
    warnings: str
    adds_up: int = 0


SAMPLES: dict[str, Read | str] = {
    "bxd/samples/nordea-recorded/download_file_list.request.xml": "file.not_statement",
    "bxd/samples/nordea-recorded/download_file_list.response.xml": "file.not_statement",
    "bxd/samples/nordea-recorded/upload_file_error.request.xml": "file.not_statement",
    "bxd/samples/nordea-recorded/upload_file_error.response.xml": "file.not_statement",
    "bxd/samples/sepafm/danske/get_bank_cert.xml": "file.not_statement",
    "bxd/samples/sepafm/danske/get_bank_certificate_not_ok.xml": "file.not_statement",
    "bxd/samples/sepafm/nordea/df_tito.xml": "file.not_statement",
    "bxd/samples/sepafm/nordea/dfl.xml": "file.not_statement",
    "bxd/samples/sepafm/nordea/download_file_list_no_content.xml": "file.not_statement",
    "bxd/samples/sepafm/nordea/gc.xml": "file.not_statement",
    "bxd/samples/sepafm/nordea/invalid-body_altered.xml": "file.not_statement",
    "bxd/samples/sepafm/nordea/uf.xml": "file.not_statement",
    "bxd/samples/sepafm/samlink/dfl.xml": "file.not_statement",
    "directbank/clientbank-text/kilylabs-one_day.cp1251.txt": Read("1c-text", 1, 13, 4000000, 4118400, "", 1),
    "directbank/clientbank-text/xini1-sample1.txt": Read("1c-text", 2, 4, 2020, 2020, "currency_foreign", 2),
    "directbank/clientbank-text/xini1-sample2.txt": "file.payment_orders",
    "directbank/samples/1c/PayDocRu.xml": "file.not_statement",
    "directbank/samples/1c/Probe.xml": "file.not_statement",
    "directbank/samples/1c/Settings.xml": "file.not_statement",
    "directbank/samples/1c/Statement.xml": Read("directbank.statement", 1, 1, 0, 1400, ""),
    "directbank/samples/1c/StatementRequest.xml": "file.not_statement",
    "directbank/samples/1c-http/GetPackList.request.http.txt": "file.not_statement",
    "directbank/samples/1c-http/GetPackList.response.http.txt": "file.not_statement",
    "directbank/samples/1c-http/Logon.request.http.txt": "file.not_statement",
    "directbank/samples/1c-http/Logon.response.http.txt": "file.not_statement",
    "directbank/samples/1c-http/SendPack.request.http.txt": "file.not_statement",
    "directbank/samples/1c-http/SendPack.response.http.txt": "file.not_statement",
    "directbank/samples/alfa/GetPackList.response.xml": "file.not_statement",
    "directbank/samples/alfa/Logon.response.xml": "file.not_statement",
    "directbank/samples/alfa/SendPack.response.xml": "file.not_statement",
    "directbank/samples/alfa/SendPack.statement-request.body.xml": "file.not_statement",
    "iso20022/mt940/betterplace-sepa_snippet.sta": Read("mt940", 2, 11, 143074572, 357406911, "currency_foreign", 1),
    "iso20022/mt940/cmxl-mt940.sta": Read("mt940", 3, 16, 7243674, 6010944, "currency_foreign", 3),
    "iso20022/mt940/jejik-abnamro.sta": Read("mt940", 2, 10, 0, 34593, "currency_foreign"),
    "iso20022/mt940/jejik-ing.sta": Read("mt940", 1, 7, 468, 5027, "currency_foreign"),
    "iso20022/mt940/jejik-postfinance.sta": Read("mt940", 1, 4, 23930, 7990, "currency_foreign"),
    "iso20022/mt940/mBank-mt940.sta": Read("mt940", 1, 3, 3, 0, "currency_foreign", 1),
    "iso20022/mt940/sberbank-171011_01234945.sta": Read("mt940", 1, 3, 0, 943700, "currency_foreign", 1),
    "iso20022/mt940/self-provided-february_30.sta": Read("mt940", 1, 1, 0, 600, "currency_foreign", 1),
    "iso20022/samples/alfalink-h2h/camt.060-statement-request.xml": "file.not_statement",
    "iso20022/samples/genkgo/camt052.v2.xml": Read("camt", 1, 1, 0, 20000000, "currency_foreign"),
    "iso20022/samples/genkgo/camt052.v8.xml": Read("camt", 1, 1, 0, 20000000, "currency_foreign"),
    "iso20022/samples/genkgo/camt053.v2.five.decimals.xml": Read("camt", 1, 1, 885, 0, "currency_foreign"),
    "iso20022/samples/genkgo/camt053.v2.minimal.xml": Read("camt", 1, 1, 885, 0, "currency_foreign"),
    "iso20022/samples/genkgo/camt053.v2.multi.statement.json": "file.not_statement",
    "iso20022/samples/genkgo/camt053.v2.multi.statement.xml": Read("camt", 2, 2, 885, 700, "currency_foreign", 2),
    "iso20022/samples/genkgo/camt053.v2.wrong.xml": "bank.malformed",
    "iso20022/samples/genkgo/camt053.v4.xml": Read("camt", 1, 1, 885, 0, "currency_foreign"),
    "iso20022/samples/genkgo/camt054.v2.xml": Read(
        "camt", 1, 1, 0, 20000000, "currency_foreign details_without_amounts"
    ),
    "iso20022/samples/genkgo/camt054.v4.xml": Read("camt", 1, 1, 0, 20000000, "currency_foreign details_unbalanced"),
    "iso20022/samples/genkgo/camt054.v8-with-UETR.xml": Read("camt", 1, 1, 0, 20000000, "currency_foreign"),
    "iso20022/samples/genkgo/camt53.only-Dt-with-DtTm.xml": Read("camt", 1, 0, 0, 0, ""),
    "iso20022/samples/libeufin/gls_camt053.xml": Read("camt", 1, 4, 410, 310, "currency_foreign returned"),
    "iso20022/samples/libeufin/postfinance_camt054.xml": Read(
        "camt", 1, 4, 1353, 300, "amount_from_details currency_foreign"
    ),
    "clientbank/samples/all-fields-1.03.utf8.txt": Read("1c-text", 2, 4, 2020, 2020, "currency_foreign", 2),
    "clientbank/samples/vtb-1.02-one-day.cp1251.txt": Read("1c-text", 1, 13, 4000000, 4118400, "", 1),
}


def _samples(folder: Path) -> set[str]:
    root = folder.parent
    found = {path.relative_to(root) for path in folder.rglob("*") if path.is_file()}
    return {
        path.as_posix() for path in found if path.suffix not in NO_SAMPLES and not {"wsdl", "xsd"} & set(path.parts)
    }


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_table_names_every_sample_there_is(folder: str) -> None:
    assert _samples(need(folder)) == {name for name in SAMPLES if name.split("/")[0] == folder}


def outcome(content: bytes) -> Read | str:
    name = statement_format(content)
    if not name:
        return "file.not_statement"
    if name == "1c-text" and not is_statement(clientbank_read.read(content)):
        return "file.payment_orders"
    frames = Frames()
    try:
        parts = list(frames.watch(read(name, content)))
    except Corrupt as refused:
        return refused.code
    lines = [part for part in parts if isinstance(part, Entry)]
    heads = {(part.account, part.statement_id) for part in parts if isinstance(part, StatementHead)}
    assert len(heads) == len(frames.frames)
    adds_up = 0
    for frame in frames.frames:
        opening, closing = frame.balance(("OPBD", "PRCD")), frame.balance(("CLBD",), last=True)
        if opening and closing and frame.countable:
            adds_up += opening[0].kopecks + frame.moved == closing[0].kopecks
    return Read(
        name,
        len(heads),
        len(lines),
        sum(line.amount.kopecks for line in lines if line.incoming),
        sum(line.amount.kopecks for line in lines if not line.incoming),
        " ".join(sorted({warning for line in lines for warning in line.warnings})),
        adds_up,
    )


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_read_or_refused_exactly(name: str) -> None:
    assert outcome(need(name).read_bytes()) == SAMPLES[name]
