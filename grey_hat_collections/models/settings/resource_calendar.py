from odoo import api, models


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        """The days of a company are counted on the clock of its working hours."""
        result = super().write(vals)
        if not {"attendance_ids", "leave_ids", "global_leave_ids", "two_weeks_calendar", "tz"}.isdisjoint(vals):
            self.env.registry.clear_cache()  # see res.company._collection_zone_name and _collection_open_days
        return result


class ResourceCalendarAttendance(models.Model):
    _inherit = "resource.calendar.attendance"

    @api.model_create_multi
    def create(self, vals_list):
        attendances = super().create(vals_list)
        self.env.registry.clear_cache()  # see res.company._collection_open_days
        return attendances

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        if leaves._closes_a_company():
            self.env.registry.clear_cache()  # see res.company._collection_open_days
        return leaves

    def write(self, vals):
        closed = self._closes_a_company()
        result = super().write(vals)
        if closed or self._closes_a_company():
            self.env.registry.clear_cache()  # see res.company._collection_open_days
        return result

    def unlink(self):
        closed = self._closes_a_company()
        result = super().unlink()
        if closed:
            self.env.registry.clear_cache()
        return result

    def _closes_a_company(self):
        """Whether there is a public holiday among these; days off of one person close no company."""
        return any(not leave.resource_id for leave in self)
