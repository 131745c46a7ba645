from . import test_every_test_of_jobs, test_jobs_of_cases, test_jobs_of_letters, test_jobs_order_of_loading
