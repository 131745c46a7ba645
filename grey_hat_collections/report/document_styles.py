import base64
import mimetypes
import posixpath
import re
from functools import lru_cache

from lxml import html
from odoo import api, models, tools
from odoo.exceptions import UserError
from odoo.tools.misc import file_open

from .style_sheet import StyleSheet, embedded

LINK = re.compile(r"<link\b[^>]*>", re.I)
BUNDLES = "/web/assets/"
#: What Odoo writes into a style sheet that could not be made.
BROKEN = "## CSS error message ##"


class IrActionsReport(models.Model):
    """Our documents carry their styles, fonts included. Odoo's way is a link that the PDF program follows to the server; where
    nobody answers there, a letter without styles comes out, and leaves the house.
    """

    _inherit = "ir.actions.report"

    @api.model
    def _run_wkhtmltopdf(
        self,
        bodies,
        report_ref=False,
        header=None,
        footer=None,
        landscape=False,
        specific_paperformat_args=None,
        set_viewport_size=False,
    ):
        if self.env.context.get("collection_styles_inside"):
            bodies = [self._with_styles(body) for body in bodies]
            header = header and self._with_styles(header)
            footer = footer and self._with_styles(footer)
        return super()._run_wkhtmltopdf(
            bodies,
            report_ref=report_ref,
            header=header,
            footer=footer,
            landscape=landscape,
            specific_paperformat_args=specific_paperformat_args,
            set_viewport_size=set_viewport_size,
        )

    @api.model
    def _with_styles(self, page):
        """The page with its styles in it, and the files of add-ons that it names.

        :raises UserError: where a style sheet is not to be had
        """
        page = str(page)  # what is put beside safe HTML would be escaped

        def replace(match):
            link = html.fragment_fromstring(match[0])
            if "stylesheet" not in link.get("rel", "").lower():
                return match[0]
            sheet = self._style_sheet(link.get("href", ""))
            return f'<style type="text/css">{sheet.used_by(page)}</style>'

        return embedded(LINK.sub(replace, page), _static_file)

    @api.model
    @tools.ormcache("address", cache="assets")
    def _style_sheet(self, address):
        """The style sheet at this address of the server; the address changes when its content does."""
        if not address.startswith(BUNDLES):
            self._miss_styles(address)
        try:
            name, rtl, _kind, autoprefix = self.env["ir.asset"]._parse_bundle_name(posixpath.basename(address), False)
        except ValueError:
            self._miss_styles(address)
        bundle = self.env["ir.qweb"]._get_asset_bundle(name, js=False, rtl=rtl, autoprefix=autoprefix)
        css = (bundle.css().raw or b"").decode()
        if not css.strip() or BROKEN in css:
            self._miss_styles(name)
        return StyleSheet(css, _static_file)

    def _miss_styles(self, name):
        raise UserError(
            self.env._(
                "This document cannot be made: its styles (%s) are missing or broken. Ask an administrator to regenerate the "
                "assets (developer tools, Regenerate Assets), then try again.",
                name,
            )
        )


@lru_cache(maxsize=128)
def _static_file(address):
    """The data URI of a file of an add-on; None where there is no such file."""
    path = posixpath.normpath(re.split("[?#]", address)[0]).strip("/")
    if "/static/" not in path:
        return None
    try:
        with file_open(path, "rb") as file:
            content = file.read()
    except OSError:  # not there, or not for everybody
        return None
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
