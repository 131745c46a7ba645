"""What the stories about jobs are told with: a queue, and somebody who takes up its jobs as a job runner has them taken up."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields

from odoo.addons.grey_hat_collections.tests.common import MONDAY, CollectionCommon
from odoo.addons.queue_job.controllers.main import RunJobController


class JobsCommon(CollectionCommon):
    """Scheduled actions ask for jobs; nothing happens before :meth:`_take_up_jobs`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Job = cls.env["queue.job"].sudo()  # it belongs to managers of the queue
        # batches of three are as good a story as batches of a hundred
        cls.env["ir.config_parameter"].sudo().set_param("grey_hat_collections_queue_job.cases_in_a_job", "3")

    def _jobs(self, channel=None, **values):
        """The jobs in the queue, the first asked for first."""
        self.env.invalidate_all()
        domain = [(name, "=", value) for name, value in values.items()]
        if channel:
            domain.append(("channel", "=", channel))
        return self.Job.search(domain, order="date_created, id")

    def _overdue_customers(self, count, **values):
        return self.Case.union(*(self._overdue_customer(f"Customer {number}", **values) for number in range(count)))

    def _take_up_jobs(self, day=MONDAY, clock="05:00", **server):
        """Take up each job whose time has come, in the way of queue_job's own controller.

        :param server: how the mail server behaves (see :meth:`_send`)
        """
        with self._on(day, clock), self._mail_server(**server), self.enter_registry_test_mode():
            for uuid in self._due_jobs().mapped("uuid"):
                self._take_up(uuid)
        self.env.invalidate_all()

    def _due_jobs(self):
        now = fields.Datetime.now()
        return self._jobs(state="pending").filtered(lambda job: not job.eta or job.eta <= now)

    def _take_up(self, uuid):
        """What one host does when the job runner asks it to run a job."""
        # cursors of tests are nested: what an inner one has committed must not be rolled back with the outer
        with self._cursor() as env, patch.object(env.cr, "rollback"):
            stored = env["queue.job"].search([("uuid", "=", uuid)])
            stored.write({"state": "enqueued", "date_enqueued": fields.Datetime.now()})
            env.cr.commit()
            job = RunJobController._acquire_job(env, uuid)
            if job:
                RunJobController._runjob(env, job)
            env.cr.commit()

    @contextmanager
    def _cursor(self):
        """The environment of a scheduled action in a cursor of its own, which may be committed."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})
