from . import page_pay
