"""Starts MiniStack as `ministack` does, after mending what it gets wrong about AWS and this lane relies on.

docs/deployed.md lists each of these beside what cannot be mended from outside.
"""

import json
import time

from ministack import app
from ministack.core import iam_actions
from ministack.services import lambda_svc

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

# A schedule belongs to the group its request names; the emulator takes every schedule for one of the group "default".
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html
resource_of_request = iam_actions.extract_resource_arn


def extract_resource_arn(service, method, path, headers, body, query, region, account):
    resource = resource_of_request(service, method, path, headers, body, query, region, account)
    if service != "scheduler" or ":schedule/default/" not in resource:
        return resource
    named = query.get("groupName") or json.loads(body or "{}").get("GroupName", "default")
    group = named[0] if isinstance(named, list) else named
    return resource.replace(":schedule/default/", f":schedule/{group}/")


iam_actions.extract_resource_arn = extract_resource_arn

# Fifty requests at once would start fifty processes. AWS has the machines for that; here they take turns. None of our
# functions calls one of its own, which is why waiting is safe.
PROCESSES_PER_FUNCTION = 4
LOOK_AGAIN_AFTER_SECONDS = 0.01
take_process = lambda_svc.acquire_worker


def acquire_worker(*function, **options):
    while True:
        process, reason = take_process(*function, **options, max_concurrency=PROCESSES_PER_FUNCTION)
        if process is not None:
            return process, reason
        time.sleep(LOOK_AGAIN_AFTER_SECONDS)


lambda_svc.acquire_worker = acquire_worker

# With TLS it would take port 443 of the machine as well, for a service that is not used here.
app._port_is_bindable = lambda *_: False

app.main()
