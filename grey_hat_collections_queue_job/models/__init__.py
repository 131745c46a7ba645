from . import collection_case, collection_letter, queue_job
