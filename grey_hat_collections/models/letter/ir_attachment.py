import time
from pathlib import Path

from odoo import api, models
from odoo.exceptions import UserError

from ..base.passing import FileNotWhole

#: What opens a file to those who may not see its record, makes another one of it, or takes it elsewhere.
OPENING = frozenset({"access_token", "public", "res_field", "res_id", "res_model", "type", "url"})
#: How often, and after how many seconds each time, a file is looked at again that somebody else is writing.
LOOKS, LOOK_SECONDS = 10, 0.1


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _get_path(self, bin_data, sha):
        """Odoo takes a file of which a part is there for another file with the same checksum: two who store the same content at
        once, as workers do that send letters with the same enclosure, would be refused.
        """
        for _look in range(LOOKS):
            try:
                return super()._get_path(bin_data, sha)
            except UserError as error:
                there = Path(self._full_path(f"{sha[:2]}/{sha}")).read_bytes()
                if len(there) > len(bin_data) or not bin_data.startswith(there):
                    raise
                begun = error
            time.sleep(LOOK_SECONDS)
        raise FileNotWhole(str(begun)) from begun

    @api.model_create_multi
    def create(self, vals_list):
        """Whoever adds a file to one of our records adds it for those who see the record."""
        attachments = super().create(vals_list)
        attachments._check_closed()
        return attachments

    def write(self, vals):
        """What has left the house stays what it was; no file of ours is opened to others."""
        self._check_no_proof()
        result = super().write(vals)
        if OPENING.intersection(vals):
            self._check_closed()
        return result

    def copy_data(self, default=None):
        """A copy of what has left the house could be anybody's."""
        self._check_no_proof()
        return super().copy_data(default)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_proof(self):
        self._check_no_proof()

    def _of_collections(self):
        """Those that belong to our records. sudo: a file is protected from those who may not see its record, too."""
        return self.sudo().filtered(lambda one: (one.res_model or "").startswith("collection."))

    def _check_closed(self):
        """No person opens a file of ours to others, makes a link of it, or puts it in the place of a field."""
        if self.env.su:
            return
        for one in self._of_collections():
            if one.public or one.url or one.access_token or one.res_field or one.type != "binary":
                raise UserError(
                    self.env._(
                        "“%s” belongs to a collections record: it can be neither a link nor public. Attach it as a plain file.",
                        one.name,
                    )
                )

    @api.model
    def _proofs(self):
        """Which field of a model holds the file that left the house, as proof of what others have got.

        :rtype: dict[str, str]
        """
        return {"collection.letter": "attachment_id", "collection.mail.piece": "attachment_id"}

    def _of_what_left(self):
        """Those of these files of one model that have left the house, or tell what has."""
        model = self[:1].res_model
        field = self._proofs().get(model)
        if not field:
            return self.browse()
        # sudo: a file is protected from those who may not see its record, too
        return self.env[model].sudo().search([(field, "in", self.ids)])[field]

    def _check_no_proof(self):
        """No person changes what left the house, or what a field of ours holds: that goes by its record."""
        files = self.browse() if self.env.su else self._of_collections()
        for of_model in files.grouped("res_model").values():
            held = of_model.filtered("res_field") | of_model._of_what_left()
            if held:
                held.sudo(False).check_access("read")  # who may not see it learns no more
                raise UserError(
                    self.env._(
                        "“%s” is the record of what was sent or agreed and cannot be changed. Attach another file instead.",
                        held[0].name,
                    )
                )
