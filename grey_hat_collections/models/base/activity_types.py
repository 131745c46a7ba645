"""Activities that the subjects of a case ask for and the daily run reads, in a file that every model may read."""

CALLBACK_XMLID = "grey_hat_collections.mail_activity_type_callback"
CALL_AGAIN_XMLID = "grey_hat_collections.mail_activity_type_call_again"
NUMBER_XMLID = "grey_hat_collections.mail_activity_type_number"
PROMISE_CALL_XMLID = "grey_hat_collections.mail_activity_type_promise"
REMNANT_XMLID = "grey_hat_collections.mail_activity_type_remnant"
REPLY_XMLID = "grey_hat_collections.mail_activity_type_reply"
