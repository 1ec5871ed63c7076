"""Starts MiniStack as `ministack` does, after mending what it gets wrong about AWS and this lane relies on.

docs/deployed.md lists each of these beside what cannot be mended from outside.
"""

from ministack import app
from ministack.core import iam_actions

# On AWS a batch needs the permission of the single action: there is no sqs:SendMessageBatch that could be granted.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
BATCH = "Batch"
action_of_request = iam_actions.extract_iam_action


def extract_iam_action(service, *request):
    action = action_of_request(service, *request)
    if service == "sqs" and action and action.endswith(BATCH):
        return action[: -len(BATCH)]
    return action


iam_actions.extract_iam_action = extract_iam_action

# With TLS it would take port 443 of the machine as well, for a service that is not used here.
app._port_is_bindable = lambda *_: False

app.main()
