"""The actions that buttons answer with."""


def open_dialog(title, model, context, view_id=False):
    """Open a dialog.

    :param str title: in the user's language
    :param str model: whose form it is
    :param dict context: the values it begins with, as ``default_…``
    :param view_id: which form; the first one by default
    """
    return {
        "type": "ir.actions.act_window",
        "name": title,
        "res_model": model,
        "view_mode": "form",
        "views": [(view_id, "form")],
        "target": "new",
        "context": context,
    }


def open_form(record, title=None):
    """Show one record.

    :param title: in the user's language; what the record is called by default
    """
    record.ensure_one()
    return {
        "type": "ir.actions.act_window",
        "name": title or record.display_name,
        "res_model": record._name,
        "res_id": record.id,
        "view_mode": "form",
        "views": [(False, "form")],
    }
