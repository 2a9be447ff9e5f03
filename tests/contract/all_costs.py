"""Every operation whose cost docs/table.md tells, in the document's order."""

from collections.abc import Mapping

from tests.contract.costs import COSTS, Work
from tests.contract.costs_beside import COSTS_BESIDE
from tests.contract.costs_of_desk import COSTS_OF_DESK
from tests.contract.costs_of_documents import COSTS_OF_DOCUMENTS
from tests.contract.costs_of_tickets import COSTS_OF_TICKETS

ALL_COSTS: Mapping[str, Work] = {
    **COSTS,
    **COSTS_OF_TICKETS,
    **COSTS_OF_DESK,
    **COSTS_OF_DOCUMENTS,
    **COSTS_BESIDE,
}
