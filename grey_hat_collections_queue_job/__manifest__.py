{
    "name": "Grey Hat Collections: Several Hosts",
    "summary": "Share the daily run and the sending of letters over several Odoo hosts, as jobs of OCA's job queue",
    "version": "19.0.1.0.0",
    "category": "Accounting/Collections",
    "author": "Grey Hat Collections contributors",
    "license": "LGPL-3",
    "depends": ["grey_hat_collections", "queue_job"],
    "data": [
        "data/ir_config_parameter_data.xml",
        "data/queue_job_data.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}
