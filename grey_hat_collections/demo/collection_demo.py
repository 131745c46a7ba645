from odoo import models


class CollectionDemo(models.AbstractModel):
    """Customers with a story each, made by posting real invoices and payments with dates relative to today."""

    _name = "collection.demo"
    _description = "Demonstration Data of Collections"
