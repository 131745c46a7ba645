from . import collection_hold, collection_invoice_copies
