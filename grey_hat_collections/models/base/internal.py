"""What our stored fields have in common on models that every document reads: companies, partners, invoices."""

#: For employees: guests of the portal may read their company and themselves. And read together when one of them is asked for, not
#: with every other field of the record, which would ask for the user's groups once for each.
INTERNAL = {"groups": "base.group_user", "prefetch": "collection"}
