{
    "name": "Grey Hat Collections: Pay Online",
    "summary": "Let customers pay chosen items on their page, through Odoo's payment providers",
    "version": "19.0.1.0.0",
    "category": "Accounting/Collections",
    "author": "Grey Hat Collections contributors",
    "license": "LGPL-3",
    "depends": ["grey_hat_collections", "account_payment"],
    "data": [
        "security/rules.xml",
        "security/ir.model.access.csv",
        "views/page_pay_templates.xml",
        "views/payment_transaction_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "assets": {"web.assets_frontend": ["grey_hat_collections_payment/static/src/**/*"]},
    "auto_install": True,
}
