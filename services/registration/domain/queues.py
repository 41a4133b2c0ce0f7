"""What of registration waits for a person: the queues."""

from shared.kernel.queues import Queue

# The client charter has no promise for refunds: an employer's claim is answered as soon as a complaint is (assumed).
REFUND = Queue("refund", subject="refund", scope="registration:refund:decide", charter="complaint")
ALL = (REFUND,)
