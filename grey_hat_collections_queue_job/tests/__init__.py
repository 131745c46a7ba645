from . import test_jobs_of_cases, test_jobs_of_letters
