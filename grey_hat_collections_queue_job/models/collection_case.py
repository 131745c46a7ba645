import hashlib

from odoo import models
from odoo.tools import split_every

from odoo.addons.grey_hat_collections.models.case.case_run import RETRY_MINUTES

CHANNEL = "root.collections"
#: How many cases a job works on, and the system parameter that says otherwise.
CASES_IN_A_JOB = 100
CASES_IN_A_JOB_KEY = "grey_hat_collections_queue_job.cases_in_a_job"


class CollectionCase(models.Model):
    """The daily run, shared out: a few cases of one company are a job, which any host may take up."""

    _inherit = "collection.case"

    def _run_in_batches(self):
        """Ask for jobs instead of working here. All of them at once: part of them now and part of them in the next turn
        would divide the cases anew while the first jobs are at work.
        """
        jobs = self.env["queue.job"]
        if jobs._collections_unavailable(CHANNEL):
            super()._run_in_batches()
            return
        size = self._cases_in_a_job()
        chunks = {}
        for cases in self.grouped("company_id").values():
            for ids in split_every(size, cases.ids):
                chunk = self.browse(ids)
                chunks[chunk._job_key()] = chunk
        asked = jobs._collections_asked_for(chunks)
        for key, chunk in chunks.items():
            if key not in asked:
                chunk._ask_for_job()
        self.env["ir.cron"]._commit_progress(len(self))

    def _job_key(self):
        """What identifies the work on these cases of one company on its present day."""
        which = hashlib.sha256(",".join(map(str, self.ids)).encode()).hexdigest()
        return f"collection.case/{self.company_id._collection_today()}/{which}"

    def _ask_for_job(self, minutes=0):
        """Ask for a job that works on these cases of one company, in so many minutes."""
        company = self.company_id
        self.with_context(company_id=company.id).with_delay(  # the job shows to managers of the queue in that company
            identity_key=self._job_key(),
            description=self.env._(
                "Collections: daily run of %(day)s, %(count)s cases of %(company)s",
                day=company._collection_today(),
                count=len(self),
                company=company.name,
            ),
            eta=minutes * 60,
        )._run_as_job()

    def _run_as_job(self):
        """Job: work on these cases, all in one transaction with the job itself; come back for those that were locked."""
        cases = self.exists()
        if cases._run_batch():
            cases._ask_for_job(RETRY_MINUTES)

    def _cases_in_a_job(self):
        parameters = self.env["ir.config_parameter"].sudo()  # read by rules, shown to nobody
        value = parameters.get_param(CASES_IN_A_JOB_KEY, "")
        return max(1, int(value)) if value.isdigit() else CASES_IN_A_JOB
