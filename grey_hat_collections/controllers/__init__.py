from . import (
    page,
    page_actions,  # after page: what is done there
)
