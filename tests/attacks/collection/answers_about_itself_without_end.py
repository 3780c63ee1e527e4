"""Reply with warnings without end, unasked, and with values beyond all limits to whatever a test sets or arranges.

Against: no submission stops another.
"""
# may lose: everything
# stock: there is no such channel

# %% answer conv-parameters
import sys

messages = sys.modules["proctor.exam.wire.messages"]
answering = sys.modules["proctor.exam.candidate.candidate"]
honest = answering._Conversation._say


def say(self, body, warned=None):
    answer = honest(self, body)
    answer.warned = [messages.Warned("UserWarning", "w" * 10_000)] * 10_000
    return answer


answering._Conversation._say = say
answering._Conversation._arrange = lambda self, question: answering.Value([[0] * 1000] * 10_000)


def conv_parameters(*args, **kwargs):
    return 0
