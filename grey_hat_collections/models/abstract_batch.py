import logging

import psycopg2
from odoo import models

_logger = logging.getLogger(__name__)


class CollectionBatch(models.AbstractModel):
    """Records that a scheduled action works on together: one that fails harms no other."""

    _name = "collection.batch"
    _description = "Worked On Together, Else One by One"

    def _work_on_each(self, work, report=None):
        """Do ``work`` for these records at once; where that fails, for each alone, so that one bad record harms no other.

        :param work: function of records
        :param report: function of the record that failed, and the error; it is logged in any case
        """
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                work(self)
            return
        except psycopg2.OperationalError:
            raise  # the transaction as a whole has to be tried again
        except Exception:
            _logger.warning("A batch of %s %s failed; trying them one by one", len(self), self._name, exc_info=True)
        for record in self:
            try:
                with self.env.cr.savepoint():
                    work(record)
            except psycopg2.OperationalError:
                raise
            except Exception as error:
                _logger.exception("%s could not be worked on", record)
                if report:
                    report(record, error)
