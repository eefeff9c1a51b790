"""1C: files in both directions, and nothing of the database.

In: CommerceML 2.03–2.10 and 3.1 (`commerceml_read`), 1CClientBankExchange (`clientbank_read`), through the exchange
folder (`exchange`) or one by one (`incoming`). Out: order status and payments (`commerceml_write`,
`clientbank_write`), pick lists (`enterprisedata`), call tasks (`tasks_xml`).

Everything given and taken is a frozen dataclass; see `model`, `model_documents` and the writers' own.
"""

from gateway.bank.formats.clientbank import AccountSection, BankDocument, ClientBankFile, Direction, Side
from gateway.core.problem import Problem
from gateway.onec.archive import Limits
from gateway.onec.clientbank_write import IncomingPayment
from gateway.onec.clientbank_write import write as write_client_bank
from gateway.onec.commerceml_write import OrderStatus, StatusLine, StatusParty, StatusPayment, write_orders
from gateway.onec.enterprisedata import Firm, PickLine, PickListDocument, write_pick_lists
from gateway.onec.exchange import ExchangeFolder, FileOutcome, Result
from gateway.onec.exchange_files import WriteResult, safe_name, write_atomic
from gateway.onec.incoming import Incoming, Kind, open_file, read_file
from gateway.onec.model import Catalogue, Product, Stock, StockRow, Unit, Warehouse
from gateway.onec.model_documents import CommerceML, Contact, Counterparty, OrderDocument, OrderLine
from gateway.onec.tasks_xml import TaskRecord, write_tasks
from gateway.onec.written import Written

__all__ = [
    "AccountSection",
    "BankDocument",
    "Catalogue",
    "ClientBankFile",
    "CommerceML",
    "Contact",
    "Counterparty",
    "Direction",
    "ExchangeFolder",
    "FileOutcome",
    "Firm",
    "Incoming",
    "IncomingPayment",
    "Kind",
    "Limits",
    "OrderDocument",
    "OrderLine",
    "OrderStatus",
    "PickLine",
    "PickListDocument",
    "Problem",
    "Product",
    "Result",
    "Side",
    "StatusLine",
    "StatusParty",
    "StatusPayment",
    "Stock",
    "StockRow",
    "TaskRecord",
    "Unit",
    "Warehouse",
    "WriteResult",
    "Written",
    "open_file",
    "read_file",
    "safe_name",
    "write_atomic",
    "write_client_bank",
    "write_orders",
    "write_pick_lists",
    "write_tasks",
]
