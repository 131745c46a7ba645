{
    "name": "Grey Hat Collections: Privacy Lookup",
    "summary": "Find in Odoo's Privacy Lookup what collections say of a person, and clear it there",
    "version": "19.0.1.0.0",
    "category": "Accounting/Collections",
    "author": "Grey Hat Collections contributors",
    "license": "LGPL-3",
    "depends": ["grey_hat_collections", "privacy_lookup"],
    "auto_install": True,
}
