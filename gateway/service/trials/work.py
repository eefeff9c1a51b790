"""One back-test from files to files: what goes in, and the loop that decides and writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from gateway.matching.facts import PaymentIn
from gateway.matching.index import InvoiceCard
from gateway.matching.trial import PolicyOn, Trial
from gateway.matching.trial import as_open as opened
from gateway.matching.trial_summary import Summary, Tally
from gateway.payments.registries.model import Registry
from gateway.service.trials import folder, invoice_files, statements
from gateway.service.trials.bad_rows import BadRows
from gateway.service.trials.decisions_file import DecisionsFile

Stopped = Callable[[], bool]
_TOLD_EVERY = 200


@dataclass(frozen=True, slots=True)
class Material:
    """What a back-test works on.

    Attributes:
        source: what it is, as a person would name it.
        invoices: read while they are walked.
        payments: in order of arrival; may be walked once.
        count: how many payments there are.
        taken_back: payments the bank took back; not among them.
    """

    source: str
    invoices: Iterable[InvoiceCard]
    payments: Iterable[PaymentIn]
    count: int
    registries: Sequence[Registry]
    taken_back: Tally = field(default_factory=Tally)


def of_folder(directory: Path, bad: BadRows, stopped: Stopped) -> Material:
    """A folder in the exchange format.

    Raises:
        Refused: `trial.file_missing`, `trial.not_json_lines`.
    """
    folder.check(directory)
    payments = folder.Payments(directory, bad, stopped=stopped)
    invoices = folder.invoices(directory, bad, stopped=stopped)
    return Material(str(directory), invoices, payments, len(payments), folder.registries(directory, bad))


def of_files(
    statement_files: Sequence[Path],
    invoice_lists: Sequence[Path],
    columns: Mapping[str, str],
    bad: BadRows,
    registries: Sequence[Registry] = (),
) -> Material:
    """Files of a bank and lists of invoices; a folder stands for all files in it.

    Args:
        registries: what explains the payouts of partners.

    Raises:
        Refused, Corrupt: as the readers say.
    """
    named, lists = _spread(statement_files), _spread(invoice_lists)
    incoming = statements.payments(named, bad)
    invoices = invoice_files.invoices(lists, columns, bad)
    source = ", ".join(path.name for path in chain(named, lists))
    payments = incoming.payments
    return Material(source, invoices, payments, len(payments), registries, incoming.taken_back)


def _spread(paths: Sequence[Path]) -> list[Path]:
    """Files, with those of a folder in the place of the folder."""
    found: list[Path] = []
    for path in paths:
        found += sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]
    return found


def prepare(
    material: Material, policy_on: PolicyOn, *, as_open: bool, progress: Callable[[int], None] = lambda _: None
) -> Trial:
    """Read the invoices.

    Args:
        as_open: take every invoice as open with its whole amount, whatever became of it later.
        progress: told now and then how many invoices are read.

    Raises:
        Refused: as the readers say.
    """
    read = _counted(material.invoices, _seldom(progress))
    return Trial(map(opened, read) if as_open else read, material.registries, policy_on)


def back_test(
    trial: Trial,
    material: Material,
    out: Path,
    bad: BadRows,
    *,
    progress: Callable[[int], None] = lambda _: None,
    stopped: Stopped = lambda: False,
) -> Summary:
    """Decide every payment and write the decisions to `out` as they are made.

    Args:
        progress: told now and then how many payments are decided.
        stopped: asked before each payment; what was decided until then is written, whole.

    Raises:
        OSError: `out` cannot be written.
    """
    trial.summary.stopped = stopped()  # the reading may have ended early, too
    with DecisionsFile(out) as decisions:
        for payment, decision in trial.run(material.payments, progress=_seldom(progress), stopped=stopped):
            decisions.write(payment, decision)
    progress(trial.summary.payments.count)
    trial.summary.bad_rows = bad.count
    return trial.summary


def _counted(invoices: Iterable[InvoiceCard], progress: Callable[[int], None]) -> Iterator[InvoiceCard]:
    for number, invoice in enumerate(invoices, start=1):
        yield invoice
        progress(number)


def _seldom(progress: Callable[[int], None]) -> Callable[[int], None]:
    def tell(count: int) -> None:
        if count % _TOLD_EVERY == 0:
            progress(count)

    return tell


def inputs_of(directory: Path | None, *files: Sequence[Path]) -> Iterator[Path]:
    """Every file a back-test reads."""
    if directory is not None:
        yield from (directory / name for name in (folder.INVOICES, folder.PAYMENTS, folder.REGISTRIES))
    for paths in files:
        yield from _spread(paths)
