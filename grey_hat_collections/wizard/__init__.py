from . import collection_hold, collection_invoice_copies, collection_plan_wizard
